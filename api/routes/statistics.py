"""Statistics: what members watched, in numbers."""

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.answers import FOLLOWS, FROM_DATA
from api.db import statistics
from api.db.engine import Database
from api.dependencies import known_member
from api.problems import documented
from api.schemas.statistics import Statistics
from api.settings import Settings


@get(
    "/{username:str}/statistics",
    operation_id="getStatistics",
    summary="Get a member's statistics",
    responses=documented(404),
)
async def get_statistics(
    username: FromPath[str], database: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Statistics:
    """What a member watched, in numbers: ratings, decades, directors and genres.

    All are nothing for a member of whom nothing was read yet; the member's source `films` says so, and how far it was
    read.
    """
    async with database.read() as db:
        return await statistics.of_member(db, await known_member(db, username, settings))


statistics_router = Router("/members", route_handlers=[get_statistics], tags=["members"], opt={FOLLOWS: FROM_DATA})
