"""What a list of films may be asked for: its filters and its order, as parameters of the query."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter
from msgspec import Meta
from msgspec.structs import replace

from api.db import members
from api.db.connection import Connection
from api.db.film_filters import Available, FilmFilters, RatingSource
from api.db.text import fold
from api.dependencies import LARGEST_ID, Moment, moment
from api.errors import Invalid
from api.schemas.films import MatchState, OfferKind
from api.schemas.members import USERNAME
from api.settings import Settings

Id = Annotated[int, Meta(ge=0, le=LARGEST_ID)]
Year = Annotated[int, Meta(ge=1800, le=2200)]
Minutes = Annotated[int, Meta(ge=0, le=10_000)]
"""Bounds stand here for the document, and again where a value may be left out: only there they are kept."""
Name = Annotated[str, Meta(max_length=200)]
Username = Annotated[str, Meta(pattern=USERNAME)]
NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)

Members = Annotated[
    list[Username] | None,
    QueryParameter(max_items=50, description="Usernames: films on the watchlist of one of these members; see `match`."),
]
ExcludeSeenBy = Annotated[
    list[Username] | None,
    QueryParameter(max_items=50, description="Usernames: without the films that one of these members has watched."),
]
Match = Annotated[
    str,
    QueryParameter(
        pattern=r"^(any|all|at_least:[1-9][0-9]?)$",
        description="How many of the members must want a film: `any` one, `all`, or `at_least:2`.",
    ),
]
Seed = Annotated[
    int, QueryParameter(ge=0, le=LARGEST_ID, description="Which random order; the same seed gives the same one.")
]
LeastRating = Annotated[
    float | None,
    QueryParameter(
        ge=0.5, le=5, description="Films rated so many stars or more by all, as `rating_source` says; none unrated."
    ),
]
WhoseRating = Annotated[
    RatingSource,
    QueryParameter(description="Whose rating counts; `any`: Letterboxd’s, TMDB’s (halved) where that is unknown."),
]
FilmSortBy = Annotated[
    Literal["title", "year", "runtime", "rating", "popularity", "added", "arrived", "position", "random"],
    QueryParameter(description="What to sort by; `position` is the place on the watchlist of the one `member`."),
]
WatchlistSortBy = Annotated[
    Literal["position", "title", "year", "runtime", "rating", "popularity", "added", "arrived", "random"],
    QueryParameter(description="What to sort by."),
]


class FilmRating(msgspec.Struct, frozen=True):
    """The least rating that a film must have, in stars, and whose rating that is."""

    least: float | None
    source: RatingSource


def provide_film_rating(rating_min: LeastRating = None, rating_source: WhoseRating = "any") -> FilmRating:
    return FilmRating(rating_min, rating_source)


def provide_film_rating_by_its_name(
    film_rating_min: LeastRating = None, rating_source: WhoseRating = "any"
) -> FilmRating:
    return FilmRating(film_rating_min, rating_source)


def provide_filters(
    settings: NamedDependency[Settings],
    countries: NamedDependency[tuple[str, ...]],
    film_rating: NamedDependency[FilmRating],
    match_state: Annotated[
        list[MatchState] | None,
        QueryParameter(name="state", max_items=10, description="States of the match with TMDB."),
    ] = None,
    provider: Annotated[
        list[Id] | None,
        QueryParameter(max_items=100, description="Ids of providers: films with an open offer of one of them."),
    ] = None,
    my_services: Annotated[
        bool,
        QueryParameter(
            description="Films on a service of the first `member`, else of the owner: without extra payment, "
            "unless `offer` asks for other kinds."
        ),
    ] = False,
    offer: Annotated[
        list[OfferKind] | None, QueryParameter(max_items=10, description="Films with an open offer of these kinds.")
    ] = None,
    available: Annotated[
        Available | None,
        QueryParameter(
            description="`true`: with an open offer in one of the countries, as `provider`, `offer` and `my_services` "
            "ask; `false`: without, where every country was checked; `unknown`: without, where one never was."
        ),
    ] = None,
    genre: Annotated[
        list[Name] | None,
        QueryParameter(max_items=50, description="Names, or TMDB ids, of genres; unknown ones match nothing."),
    ] = None,
    director: Annotated[
        list[Name] | None,
        QueryParameter(
            max_items=50,
            description="Names, or TMDB ids, of directors or of a series’ creators; unknown ones match nothing.",
        ),
    ] = None,
    language: Annotated[
        list[Annotated[str, Meta(pattern="^[a-zA-Z]{2}$")]] | None,
        QueryParameter(max_items=50, description="Original languages (ISO 639-1)."),
    ] = None,
    origin: Annotated[
        list[Annotated[str, Meta(pattern="^[a-zA-Z]{2}$")]] | None,
        QueryParameter(max_items=50, description="Countries that films come from (ISO 3166-1)."),
    ] = None,
    year_min: Annotated[Year | None, QueryParameter(ge=1800, le=2200, description="Of this year or later.")] = None,
    year_max: Annotated[Year | None, QueryParameter(ge=1800, le=2200, description="Of this year or earlier.")] = None,
    decade: Annotated[
        int | None, QueryParameter(ge=1800, le=2200, multiple_of=10, description="By its first year: 1990.")
    ] = None,
    runtime_min: Annotated[
        Minutes | None, QueryParameter(ge=0, le=10_000, description="At least so many minutes.")
    ] = None,
    runtime_max: Annotated[
        Minutes | None, QueryParameter(ge=0, le=10_000, description="At most so many minutes.")
    ] = None,
    added_since: Annotated[
        Moment | None,
        QueryParameter(max_length=40, description="On a watchlist since this date (UTC), or time with its zone."),
    ] = None,
    arrived_since: Annotated[
        Moment | None,
        QueryParameter(
            max_length=40, description="With an offer first seen at or after this date (UTC), or time with its zone."
        ),
    ] = None,
    q: Annotated[
        str | None, QueryParameter(max_length=200, description="Beginnings of words of the title or original title.")
    ] = None,
) -> FilmFilters:
    """What is asked for; whose watchlists and services count is for the route to see. Raises Invalid."""
    first, last = _years(year_min, year_max, decade)
    _demand_order("runtime", runtime_min, runtime_max)
    genre_ids, genres = _ids_and_names(genre)
    director_ids, directors = _ids_and_names(director)
    return FilmFilters(
        countries=countries,
        states=tuple(match_state or ()),
        providers=tuple(provider or ()),
        services_of=settings.letterboxd_username[0] if my_services else None,
        offers=tuple(offer or ()),
        available=available,
        genre_ids=genre_ids,
        genres=tuple(each.strip().lower() for each in genres),
        director_ids=director_ids,
        directors=tuple(fold(each) for each in directors),
        languages=tuple(each.lower() for each in language or ()),
        origins=tuple(each.upper() for each in origin or ()),
        year_min=first,
        year_max=last,
        runtime_min=runtime_min,
        runtime_max=runtime_max,
        rating_min=film_rating.least,
        rating_source=film_rating.source,
        added_since=_moment("added_since", added_since),
        arrived_since=_moment("arrived_since", arrived_since),
        q=q,
    )


FILTERS = {
    "filters": Provide(provide_filters, sync_to_thread=False),
    "film_rating": Provide(provide_film_rating, sync_to_thread=False),
}
FILTERS_BESIDE_STARS = FILTERS | {"film_rating": Provide(provide_film_rating_by_its_name, sync_to_thread=False)}
"""The filters of a list in which `rating_min` means the stars of a member: the film's rating is `film_rating_min`."""


async def of_members(
    db: Connection, filters: FilmFilters, wanted: Sequence[str] | None, match: str, settings: Settings
) -> FilmFilters:
    """The filters for what these members want; raises Invalid for one whom nobody follows."""
    names = await known_members(db, "member", wanted, settings)
    if not names:
        if match != "any":
            raise Invalid([("match", "says how many of the members must want a film; name them by `member`")])
        return filters
    needed = 1 if match == "any" else len(names) if match == "all" else int(match.partition(":")[2])
    services_of = filters.services_of and names[0]
    return replace(filters, members=names, needed=needed, services_of=services_of)


async def without_seen(
    db: Connection, filters: FilmFilters, seen_by: Sequence[str] | None, settings: Settings
) -> FilmFilters:
    """The filters without what these members have seen; raises Invalid for one whom nobody follows."""
    names = await known_members(db, "exclude_seen_by", seen_by, settings)
    return replace(filters, exclude_seen_by=names) if names else filters


async def known_members(
    db: Connection, field: str, usernames: Sequence[str] | None, settings: Settings
) -> tuple[str, ...]:
    """The names as they are kept, each once; raises Invalid for one whom nobody follows."""
    names = tuple(dict.fromkeys(name.lower() for name in usernames or ()))
    others = [name for name in names if name not in settings.letterboxd_username]
    if others and set(others) - (await members.ids(db, others)).keys():
        raise Invalid([(field, "is nobody whom Marquee follows")])
    return names


def _years(year_min: int | None, year_max: int | None, decade: int | None) -> tuple[int | None, int | None]:
    _demand_order("year", year_min, year_max)
    if decade is None:
        return year_min, year_max
    first, last = max(decade, year_min or decade), min(decade + 9, year_max or decade + 9)
    if first > last:
        raise Invalid([("decade", "has no year between year_min and year_max")])
    return first, last


def _demand_order(name: str, smallest: Any, largest: Any) -> None:
    if smallest is not None and largest is not None and smallest > largest:
        raise Invalid([(f"{name}_min", f"is more than {name}_max")])


def _ids_and_names(values: Sequence[str] | None) -> tuple[tuple[int, ...], tuple[str, ...]]:
    ids = tuple(int(value) for value in values or () if NUMBER.fullmatch(value))
    return ids, tuple(value for value in values or () if not NUMBER.fullmatch(value))


def _moment(field: str, text: str | None) -> datetime | None:
    return None if text is None else moment(field, text)
