"""Ratings: what members watched, rated and liked."""

from typing import Annotated, Literal

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.answers import FOLLOWS, FROM_DATA
from api.db import opinions
from api.db.engine import Database
from api.db.links import Links
from api.db.opinions import OpinionFilters
from api.db.paging import Paging
from api.dependencies import SortOrder, known_member, moment
from api.problems import documented
from api.schemas.pages import Page
from api.schemas.ratings import RatedFilm
from api.settings import Settings

SortBy = Annotated[Literal["rating", "title", "year", "rated_at"], QueryParameter(description="What to sort by.")]
TopSortBy = Annotated[Literal["rating", "title", "year"], QueryParameter(description="What to sort by.")]
Stars = Annotated[float | None, QueryParameter(ge=0.5, le=5, description="Stars, from 0.5 to 5.")]
Liked = Annotated[bool | None, QueryParameter(description="Only films that are liked, or only those that are not.")]
RatedSince = Annotated[
    str | None,
    QueryParameter(
        max_length=40,
        description="Logged at or after this date (UTC), or time with its zone; films without a known time are none.",
    ),
]


@get("/{username:str}/ratings", operation_id="getRatings", summary="Get a member's ratings", responses=documented(404))
async def get_ratings(
    username: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    paging: NamedDependency[Paging],
    rating_min: Stars = None,
    rating_max: Stars = None,
    liked: Liked = None,
    rated_since: RatedSince = None,
    sort_by: SortBy = "rating",
    sort_order: SortOrder = "desc",
) -> Page[RatedFilm]:
    """The films that a member watched or likes, with stars and hearts.

    It is empty for a member of whom nothing was read yet; the member's source `films` says so, and how far it was read.
    """
    filters = OpinionFilters(
        rating_min=rating_min,
        rating_max=rating_max,
        liked=liked,
        rated_since=None if rated_since is None else moment("rated_since", rated_since),
    )
    async with database.read() as db:
        name = await known_member(db, username, settings)
        return await opinions.listing(
            db, name, filters, sort_by=sort_by, descending=sort_order == "desc", paging=paging, links=links
        )


@get(
    "/{username:str}/top-rated",
    operation_id="getTopRated",
    summary="Get a member's top-rated films",
    responses=documented(404),
)
async def get_top_rated(
    username: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    paging: NamedDependency[Paging],
    sort_by: TopSortBy = "rating",
    sort_order: SortOrder = "desc",
) -> Page[RatedFilm]:
    """The films that a member both rated and likes, the best first."""
    loved = OpinionFilters(rating_min=0.5, liked=True)
    async with database.read() as db:
        name = await known_member(db, username, settings)
        return await opinions.listing(
            db, name, loved, sort_by=sort_by, descending=sort_order == "desc", paging=paging, links=links
        )


ratings_router = Router(
    "/members", route_handlers=[get_ratings, get_top_rated], tags=["members"], opt={FOLLOWS: FROM_DATA}
)
