"""Housekeeping: what Marquee did by itself to keep its data right and young."""

from typing import Annotated, Literal

from arq.connections import ArqRedis
from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_202_ACCEPTED

from api.answers import FOLLOWS, FROM_DATA
from api.db import housekeeping
from api.db.engine import Database
from api.db.paging import Paging
from api.dependencies import SortOrder
from api.errors import Unavailable
from api.problems import documented
from api.queue import enqueue_housekeeping, ping
from api.schemas.housekeeping import Keeping
from api.schemas.pages import Page

SortBy = Annotated[Literal["started_at"], QueryParameter(description="What to sort by.")]


@get("/", operation_id="listHousekeeping", summary="List housekeeping", responses=documented())
async def list_housekeeping(
    database: NamedDependency[Database],
    paging: NamedDependency[Paging],
    sort_by: SortBy = "started_at",
    sort_order: SortOrder = "desc",
) -> Page[Keeping]:
    """Each time that the house was kept, newest first: what was proved, renewed and dropped."""
    async with database.read() as db:
        return await housekeeping.listing(db, paging, descending=sort_order == "desc")


@post(
    "/",
    operation_id="startHousekeeping",
    summary="Keep the house now",
    status_code=HTTP_202_ACCEPTED,
    responses=documented(),
)
async def start_housekeeping(database: NamedDependency[Database], queue: NamedDependency[ArqRedis | None]) -> Keeping:
    """Keep the house now; where that is under way, the answer is the running one, with `already_running`."""
    if queue is None:
        raise Unavailable("Redis", "REDIS_URL is not set")
    await ping(queue)
    async with database.write() as db:
        keeping = await housekeeping.start(db, "manual")
    if not keeping.already_running:
        await enqueue_housekeeping(queue, keeping.id)
    return keeping


housekeeping_router = Router(
    "/housekeeping",
    route_handlers=[list_housekeeping, start_housekeeping],
    tags=["housekeeping"],
    opt={FOLLOWS: FROM_DATA},
)
