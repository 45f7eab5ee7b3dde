"""Sources: what Marquee knows of every page family of every member, and since when."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.db import sources
from api.db.engine import Database
from api.db.paging import Paging, cut
from api.dependencies import MemberFilter, SortOrder, known_member_filter
from api.problems import documented
from api.schemas.pages import Page
from api.schemas.sources import Source
from api.settings import Settings

SortBy = Annotated[Literal["member"], QueryParameter(description="What to sort by: the member, then the source.")]
GRACE = timedelta(hours=1)
WITHOUT_SCHEDULE = timedelta(days=7)


@get("/", operation_id="listSources", summary="List sources", responses=documented())
async def list_sources(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    paging: NamedDependency[Paging],
    member: MemberFilter = None,
    sort_by: SortBy = "member",
    sort_order: SortOrder = "asc",
) -> Page[Source]:
    """The state of every source: fresh or not, what went wrong, and when it is tried again."""
    async with database.read() as db:
        name = await known_member_filter(db, member, settings)
        found = await sources.listing(db, member=name, stale_before=stale_before(settings))
    return cut(found if sort_order == "asc" else found[::-1], paging)


def stale_before(settings: Settings) -> datetime:
    """A source that was last read well before this time missed a scheduled refresh; without a schedule, a week."""
    now = datetime.now(UTC)
    schedule = settings.schedule
    return now - (schedule.period(now) + GRACE if schedule else WITHOUT_SCHEDULE)


sources_router = Router("/sources", route_handlers=[list_sources], tags=["sources"])
