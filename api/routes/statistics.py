"""Statistics: what members watched, in numbers."""

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api import unread
from api.answers import FOLLOWS, FROM_DATA
from api.db import opinions, statistics
from api.db.engine import Database
from api.dependencies import known_member
from api.problems import documented
from api.schemas.statistics import Statistics
from api.settings import Settings
from api.unread import BEING_READ


@get(
    "/{username:str}/statistics",
    operation_id="getStatistics",
    summary="Get a member's statistics",
    responses=documented(404) | BEING_READ,
)
async def get_statistics(
    username: FromPath[str], database: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Statistics:
    """What a member watched, in numbers: ratings, decades, directors and genres.

    Where nothing was ever read, the answer is the refresh that reads it (202), or says why there is none. The member's
    source `films` says how far it was read.
    """
    async with database.read() as db:
        name = await known_member(db, username, settings)
        if not await opinions.has_any(db, name):
            await unread.explain(db, name, "films", settings)
        return await statistics.of_member(db, name)


statistics_router = Router("/members", route_handlers=[get_statistics], tags=["members"], opt={FOLLOWS: FROM_DATA})
