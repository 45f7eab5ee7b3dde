"""Ratings: what members watched, rated and liked."""

from typing import Annotated, Literal

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec.structs import replace

from api import unread
from api.answers import FOLLOWS, FROM_DATA
from api.db import opinions
from api.db.connection import Connection
from api.db.engine import Database
from api.db.film_filters import FilmFilters
from api.db.links import Links
from api.db.opinions import OpinionFilters
from api.db.paging import Paging
from api.dependencies import Moment, SortOrder, known_member, moment
from api.errors import Invalid
from api.film_parameters import FILTERS_BESIDE_STARS, ExcludeSeenBy, without_seen
from api.problems import documented
from api.schemas.pages import Page
from api.schemas.ratings import RatedFilm
from api.settings import Settings
from api.unread import BEING_READ

SortBy = Annotated[Literal["rating", "title", "year", "rated_at"], QueryParameter(description="What to sort by.")]
TopSortBy = Annotated[Literal["rating", "title", "year"], QueryParameter(description="What to sort by.")]
Stars = Annotated[float | None, QueryParameter(ge=0.5, le=5, description="The member’s stars, from 0.5 to 5.")]
Liked = Annotated[bool | None, QueryParameter(description="Only films that are liked, or only those that are not.")]
RatedSince = Annotated[
    Moment | None,
    QueryParameter(
        max_length=40,
        description="Logged at or after this date (UTC), or time with its zone; films without a known time are none.",
    ),
]


@get(
    "/{username:str}/ratings",
    operation_id="getRatings",
    summary="Get a member's ratings",
    dependencies=FILTERS_BESIDE_STARS,
    responses=documented(404) | BEING_READ,
)
async def get_ratings(
    username: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    filters: NamedDependency[FilmFilters],
    paging: NamedDependency[Paging],
    exclude_seen_by: ExcludeSeenBy = None,
    rating_min: Stars = None,
    rating_max: Stars = None,
    liked: Liked = None,
    rated_since: RatedSince = None,
    sort_by: SortBy = "rating",
    sort_order: SortOrder = "desc",
) -> Page[RatedFilm]:
    """The films that a member watched or likes, with stars and hearts.

    `rating_min` and `rating_max` are the member's stars; how all rated a film is `film_rating_min`. How far the films
    were read, the member's source `films` says. Where nothing was ever read, the answer is the refresh that reads it
    (202), or says why there is none.
    """
    if rating_min is not None and rating_max is not None and rating_min > rating_max:
        raise Invalid([("rating_min", "is more than rating_max")])
    asked = OpinionFilters(
        rating_min=rating_min,
        rating_max=rating_max,
        liked=liked,
        rated_since=None if rated_since is None else moment("rated_since", rated_since),
    )
    async with database.read() as db:
        name = await known_member(db, username, settings)
        theirs = replace(filters, services_of=filters.services_of and name)
        chosen = await without_seen(db, theirs, exclude_seen_by, settings)
        descending = sort_order == "desc"
        found = await opinions.listing(
            db, name, chosen, asked, sort_by=sort_by, descending=descending, paging=paging, links=links
        )
        return await _or_why_not(db, name, found, settings)


@get(
    "/{username:str}/top-rated",
    operation_id="getTopRated",
    summary="Get a member's top-rated films",
    responses=documented(404) | BEING_READ,
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
    """The films that a member both rated and likes, the best first; where nothing was ever read, as for the ratings."""
    everything, loved = FilmFilters(countries=settings.country), OpinionFilters(rating_min=0.5, liked=True)
    async with database.read() as db:
        name = await known_member(db, username, settings)
        descending = sort_order == "desc"
        found = await opinions.listing(
            db, name, everything, loved, sort_by=sort_by, descending=descending, paging=paging, links=links
        )
        return await _or_why_not(db, name, found, settings)


async def _or_why_not(db: Connection, username: str, found: Page[RatedFilm], settings: Settings) -> Page[RatedFilm]:
    """A list that holds something, or that is rightly empty; raises what `unread.explain` does."""
    if not found.total and not await opinions.has_any(db, username):
        await unread.explain(db, username, "films", settings)
    return found


ratings_router = Router(
    "/members", route_handlers=[get_ratings, get_top_rated], tags=["members"], opt={FOLLOWS: FROM_DATA}
)
