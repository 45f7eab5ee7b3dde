"""Refreshes: asking for one, watching it, ending it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from arq.connections import ArqRedis
from litestar import Response, Router, get, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_202_ACCEPTED

from api.answers import FOLLOWS, FROM_DATA
from api.db import members, refreshes
from api.db.engine import Database
from api.db.paging import Paging
from api.db.refreshes import RunError
from api.dependencies import LARGEST_ID, SortOrder, known_member
from api.errors import Unavailable
from api.guards import demand_json
from api.problems import POLL_SECONDS, documented
from api.queue import enqueue_refresh, ping
from api.schemas.pages import Page
from api.schemas.refreshes import Refresh, RefreshRequest
from api.settings import Settings

WHERE_TO_WATCH = [
    ResponseHeader("Location", documentation_only=True, value="", description="The path of the refresh."),
    ResponseHeader("Retry-After", documentation_only=True, value="", description="Seconds after which to look at it."),
]
SortBy = Annotated[Literal["created_at"], QueryParameter(description="What to sort by.")]
RefreshId = Annotated[int, PathParameter(ge=0, le=LARGEST_ID)]


@post(
    "/",
    operation_id="startRefresh",
    summary="Start a refresh",
    status_code=HTTP_202_ACCEPTED,
    guards=[demand_json],
    response_headers=WHERE_TO_WATCH,
    responses=documented(404, 413, 415),
)
async def start_refresh(
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    settings: NamedDependency[Settings],
    data: JSONBody[RefreshRequest | None] = None,
) -> Response[Refresh]:
    """Ask for a refresh of some members, or of all that are followed; `Location` is where to watch it.

    It reads everything of them, or some sources.

    Where all of them are being refreshed already, the answer is the running one, with `already_running`. Where the last
    refresh that somebody asked for began less than REFRESH_MIN_INTERVAL ago, it is 429, also with `force`. While Redis
    is away the answer is 503, whether one is running or not: nothing could go on with it.
    """
    order = data or RefreshRequest()
    if queue is None:
        raise Unavailable("Redis", "REDIS_URL is not set")
    await ping(queue)
    async with database.write() as db:
        wanted = order.members or await members.followed(db, settings.letterboxd_username)
        usernames = list(dict.fromkeys([await known_member(db, name, settings) for name in wanted]))
        pause = timedelta(seconds=settings.refresh_min_interval)
        chosen = order.sources and list(dict.fromkeys(order.sources))
        run = await refreshes.start(db, usernames, trigger="manual", force=order.force, sources=chosen, pause=pause)
    if not run.already_running:
        run = await hand_over(database, queue, run)
    return Response(run, headers={"Location": f"/api/v1/refreshes/{run.id}", "Retry-After": POLL_SECONDS})


@get("/", operation_id="listRefreshes", summary="List refreshes", responses=documented())
async def list_refreshes(
    database: NamedDependency[Database],
    paging: NamedDependency[Paging],
    sort_by: SortBy = "created_at",
    sort_order: SortOrder = "desc",
) -> Page[Refresh]:
    """The refreshes, newest first, each with a few of its failures."""
    async with database.read() as db:
        return await refreshes.listing(db, paging, descending=sort_order == "desc")


@get("/current", operation_id="getCurrentRefresh", summary="Get the newest refresh", responses=documented(404))
async def get_current_refresh(database: NamedDependency[Database]) -> Refresh:
    """The newest refresh, whether it runs or has ended."""
    async with database.read() as db:
        return await refreshes.newest(db)


@get("/{refresh_id:int}", operation_id="getRefresh", summary="Get a refresh", responses=documented(404))
async def get_refresh(refresh_id: RefreshId, database: NamedDependency[Database]) -> Refresh:
    """One refresh: how far it is, what it found, and what did not work."""
    async with database.read() as db:
        return await refreshes.by_id(db, refresh_id)


@post(
    "/{refresh_id:int}/cancel",
    operation_id="cancelRefresh",
    summary="Cancel a refresh",
    status_code=HTTP_202_ACCEPTED,
    responses=documented(404, 409),
)
async def cancel_refresh(refresh_id: RefreshId, database: NamedDependency[Database]) -> Refresh:
    """Ask for the end of a refresh; what it has read so far stays."""
    async with database.write() as db:
        return await refreshes.request_cancel(db, refresh_id)


async def hand_over(database: Database, queue: ArqRedis, run: Refresh) -> Refresh:
    """Give a new run to a worker. Where that fails the run is closed, since others may have been told of it by now.

    Raises Unavailable, unless a worker has taken it up nevertheless.
    """
    try:
        await enqueue_refresh(queue, run.id)
    except Unavailable as error:
        async with database.write() as db:
            run = await refreshes.by_id(db, run.id)
            if run.status != "queued":
                return run
            because = RunError(code=error.code, message="It could not be handed to a worker: Redis went away.")
            await refreshes.close(db, run.id, status="failed", now=datetime.now(UTC), error=because)
        raise
    return run


refreshes_router = Router(
    "/refreshes",
    route_handlers=[start_refresh, list_refreshes, get_current_refresh, get_refresh, cancel_refresh],
    tags=["refreshes"],
    opt={FOLLOWS: FROM_DATA},
)
