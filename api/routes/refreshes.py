"""Refreshes: asking for one, watching it, ending it."""

from typing import Annotated

from arq.connections import ArqRedis
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_202_ACCEPTED

from api.db import refreshes
from api.db.engine import Database
from api.db.paging import Paging
from api.dependencies import LARGEST_ID, known_member
from api.errors import Unavailable
from api.guards import demand_json
from api.problems import documented
from api.queue import enqueue_refresh
from api.schemas.pages import Page
from api.schemas.refreshes import Refresh, RefreshRequest
from api.settings import Settings

POLL_SECONDS = "2"
RefreshId = Annotated[int, PathParameter(ge=0, le=LARGEST_ID)]


@post(
    "/",
    operation_id="startRefresh",
    summary="Start a refresh",
    status_code=HTTP_202_ACCEPTED,
    guards=[demand_json],
    responses=documented(404, 413, 415),
)
async def start_refresh(
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    settings: NamedDependency[Settings],
    data: JSONBody[RefreshRequest | None] = None,
) -> Response[Refresh]:
    """Ask for a refresh of some members, or of all configured ones; `Location` is where to watch it.

    Where all of them are being refreshed already, the answer is the running one, with `already_running`.
    """
    order = data or RefreshRequest()
    if queue is None:
        raise Unavailable("Redis", "REDIS_URL is not set")
    async with database.write() as db:
        wanted = order.members or settings.letterboxd_username
        usernames = list(dict.fromkeys([await known_member(db, name, settings) for name in wanted]))
        run = await refreshes.start(db, usernames, trigger="manual", force=order.force)
    if not run.already_running:
        await _hand_over(database, queue, run.id)
    return Response(run, headers={"Location": f"/api/v1/refreshes/{run.id}", "Retry-After": POLL_SECONDS})


@get("/", operation_id="listRefreshes", summary="List refreshes", responses=documented())
async def list_refreshes(database: NamedDependency[Database], paging: NamedDependency[Paging]) -> Page[Refresh]:
    """The refreshes, newest first."""
    async with database.read() as db:
        return await refreshes.listing(db, paging)


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


async def _hand_over(database: Database, queue: ArqRedis, refresh_id: int) -> None:
    """Give a new run to a worker; where that fails it is as if nobody had asked. Raises Unavailable."""
    try:
        await enqueue_refresh(queue, refresh_id, attempt=0)
    except Unavailable:
        async with database.write() as db:
            await refreshes.forget(db, refresh_id)
        raise


refreshes_router = Router(
    "/refreshes",
    route_handlers=[start_refresh, list_refreshes, get_current_refresh, get_refresh, cancel_refresh],
    tags=["refreshes"],
)
