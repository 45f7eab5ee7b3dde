"""Lists on TMDB: which are kept, bringing them in step, and how that went."""

from typing import Annotated, Any, Literal

import msgspec
from arq.connections import ArqRedis
from litestar import Response, Router, delete, get, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from api.answers import FOLLOWS, FROM_DATA
from api.db import members, tmdb_account, tmdb_lists, tmdb_syncs
from api.db.connection import Connection
from api.db.engine import Database
from api.db.paging import Paging
from api.db.tmdb_lists import ListOrder
from api.db.tmdb_targets import SORT_KEYS
from api.dependencies import LARGEST_ID, SortOrder, known_member
from api.errors import Invalid, NotSetUp, Unavailable
from api.film_queries import filters_of
from api.guards import demand_json
from api.problems import documented
from api.queue import enqueue_tmdb_sync, ping
from api.routes.refreshes import POLL_SECONDS
from api.schemas.pages import Page
from api.schemas.tmdb_lists import TmdbList, TmdbSync, TmdbSyncRequest
from api.settings import Settings

SYNC = "Keeping lists on TMDB"
DISABLED = "TMDB_SYNC_ENABLED is not set to true"
NOBODY = "no account is connected; set TMDB_V4_ACCESS_TOKEN, or approve Marquee on TMDB"
WHERE_TO_WATCH = [
    ResponseHeader("Location", documentation_only=True, value="", description="The path of the sync."),
    ResponseHeader("Retry-After", documentation_only=True, value="", description="Seconds after which to look at it."),
]
ListId = Annotated[int, PathParameter(ge=0, le=LARGEST_ID)]
SyncId = Annotated[int, PathParameter(ge=0, le=LARGEST_ID)]
ListSortBy = Annotated[Literal["member"], QueryParameter(description="What to sort by.")]
SyncSortBy = Annotated[Literal["created_at"], QueryParameter(description="What to sort by.")]


@post(
    "/sync",
    operation_id="startTmdbSync",
    summary="Bring lists on TMDB in step",
    status_code=HTTP_202_ACCEPTED,
    guards=[demand_json],
    response_headers=WHERE_TO_WATCH,
    responses=documented(404, 413, 415),
)
async def start_sync(
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    settings: NamedDependency[Settings],
    data: JSONBody[TmdbSyncRequest | None] = None,
) -> Response[TmdbSync]:
    """Make lists on TMDB what members rated or want to see, or say in a dry run what that would change.

    `Location` is where to watch it. While TMDB_SYNC_ENABLED is off or no account is connected, the answer is 503. Runs
    are done one at a time; where the very same is waiting already, the answer is that one, with `already_running`.
    """
    order = data or TmdbSyncRequest()
    _demand_sense(order)
    redis = await _demand_ready(database, queue, settings)
    async with database.write() as db:
        wanted = await _wanted(db, order, settings)
        sync_id, is_new = await tmdb_syncs.start(db, wanted, trigger="manual", dry_run=order.dry_run)
        run = await tmdb_syncs.by_id(db, sync_id, settings.tmdb_pages)
    run.already_running = not is_new
    await enqueue_tmdb_sync(redis, sync_id)
    headers = {"Location": f"/api/v1/tmdb-lists/syncs/{sync_id}", "Retry-After": POLL_SECONDS}
    return Response(run, headers=headers)


@get("/", operation_id="listTmdbLists", summary="List the lists on TMDB", responses=documented())
async def list_tmdb_lists(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    paging: NamedDependency[Paging],
    sort_by: ListSortBy = "member",
    sort_order: SortOrder = "asc",
) -> Page[TmdbList]:
    """The lists that Marquee keeps on TMDB, by member, and how the last sync of each went."""
    async with database.read() as db:
        return await tmdb_lists.listing(db, paging, settings.tmdb_pages, descending=sort_order == "desc")


@delete(
    "/{list_id:int}",
    operation_id="forgetTmdbList",
    summary="Keep a list no more",
    status_code=HTTP_204_NO_CONTENT,
    responses=documented(404),
)
async def forget_tmdb_list(list_id: ListId, database: NamedDependency[Database]) -> None:
    """Keep this list in step no more. On TMDB it stays as it is: who does not want it there deletes it there."""
    async with database.write() as db:
        await tmdb_lists.forget(db, list_id)


@get("/syncs", operation_id="listTmdbSyncs", summary="List the syncs", responses=documented())
async def list_syncs(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    paging: NamedDependency[Paging],
    sort_by: SyncSortBy = "created_at",
    sort_order: SortOrder = "desc",
) -> Page[TmdbSync]:
    """The syncs of lists on TMDB, newest first, each with the first titles that came and went."""
    async with database.read() as db:
        return await tmdb_syncs.listing(db, paging, settings.tmdb_pages, descending=sort_order == "desc")


@get("/syncs/{sync_id:int}", operation_id="getTmdbSync", summary="Get a sync", responses=documented(404))
async def get_sync(
    sync_id: SyncId, database: NamedDependency[Database], settings: NamedDependency[Settings]
) -> TmdbSync:
    """One sync: how far it is, and every title that came and went, or would in a dry run."""
    async with database.read() as db:
        return await tmdb_syncs.by_id(db, sync_id, settings.tmdb_pages)


def _demand_sense(order: TmdbSyncRequest) -> None:
    """Raises Invalid where fields do not go together."""
    errors = []
    if order.kind == "films":
        errors += [("name", "is missing; a list of films needs one")] if order.name is None else []
    elif order.query is not None:
        errors.append(("query", "goes with the kind films only"))
    if order.sort_by is not None and order.sort_by not in SORT_KEYS[order.kind]:
        errors.append(("sort_by", f"is none of {', '.join(SORT_KEYS[order.kind])}, which this kind is sorted by"))
    if errors:
        raise Invalid(errors)


async def _demand_ready(database: Database, queue: ArqRedis | None, settings: Settings) -> ArqRedis:
    """The queue; raises NotSetUp where lists cannot be kept, and Unavailable where Redis is away."""
    if not settings.tmdb_sync_enabled:
        raise NotSetUp(SYNC, "TMDB_SYNC_ENABLED", DISABLED)
    if settings.tmdb_v4_access_token is None:
        async with database.read() as db:
            if (await tmdb_account.stored(db)).access_token is None:
                raise NotSetUp(SYNC, "TMDB_V4_ACCESS_TOKEN", NOBODY)
    if queue is None:
        raise Unavailable("Redis", "REDIS_URL is not set")
    await ping(queue)
    return queue


async def _wanted(db: Connection, order: TmdbSyncRequest, settings: Settings) -> list[tuple[int, ListOrder]]:
    """One list for each member that is meant; raises NotFound and Invalid."""
    everybody = await members.followed(db, settings.letterboxd_username)
    meant = order.members or (everybody[:1] if order.kind == "films" else everybody)
    usernames = list(dict.fromkeys([await known_member(db, name, settings) for name in meant]))
    filters: dict[str, Any] | None = None
    if order.kind == "films":
        filters = msgspec.to_builtins(await filters_of(db, order.query or "", settings))
    ids = await members.ensure(db, usernames)
    return [(member_id, _list_order(order, name, filters, settings)) for name, member_id in ids.items()]


def _list_order(order: TmdbSyncRequest, username: str, filters: dict[str, Any] | None, settings: Settings) -> ListOrder:
    return ListOrder(
        kind=order.kind,
        name=order.name or tmdb_lists.name_of(order.kind, username),
        description=order.description,
        public=order.public,
        query=order.query if order.kind != "films" else order.query or "",
        filters=filters,
        mode=order.mode,
        most=order.limit or settings.tmdb_sync_limit,
        sort_by=order.sort_by or settings.tmdb_sync_sort_by,
        sort_order=order.sort_order or settings.tmdb_sync_sort_order,
    )


tmdb_lists_router = Router(
    "/tmdb-lists",
    route_handlers=[start_sync, list_tmdb_lists, forget_tmdb_list, list_syncs, get_sync],
    tags=["tmdb lists"],
    opt={FOLLOWS: FROM_DATA},
)
