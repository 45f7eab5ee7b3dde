"""Corrections: films that were taken for another TMDB title than they are."""

from typing import Annotated, Literal

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.answers import FOLLOWS, FROM_DATA
from api.db import corrections
from api.db.engine import Database
from api.db.links import Links
from api.db.paging import Paging
from api.dependencies import Moment, SortOrder, moment
from api.problems import documented
from api.schemas.corrections import Correction
from api.schemas.pages import Page

SortBy = Annotated[Literal["at"], QueryParameter(description="What to sort by.")]
Since = Annotated[
    Moment | None, QueryParameter(max_length=40, description="At or after this date (UTC), or time with its zone.")
]


@get("/", operation_id="listCorrections", summary="List corrections", responses=documented())
async def list_corrections(
    database: NamedDependency[Database],
    links: NamedDependency[Links],
    paging: NamedDependency[Paging],
    since: Since = None,
    sort_by: SortBy = "at",
    sort_order: SortOrder = "desc",
) -> Page[Correction]:
    """What Marquee or a person found to be wrong: the title that a film had, and the one that it has now.

    The offers that were shown by mistake are withdrawn with it; they count neither as arrived nor as left.
    """
    earliest = None if since is None else moment("since", since)
    async with database.read() as db:
        return await corrections.listing(
            db, since=earliest, descending=sort_order == "desc", paging=paging, links=links
        )


corrections_router = Router(
    "/corrections", route_handlers=[list_corrections], tags=["matches"], opt={FOLLOWS: FROM_DATA}
)
