"""Which films a list on TMDB shall hold, by its kind: one function per kind, so that another one is easily added."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from sqlalchemy import select

from api.db import films, opinions
from api.db.connection import Connection
from api.db.film_filters import FilmFilters
from api.db.films import Order, View
from api.db.links import Links
from api.db.opinions import OpinionFilters
from api.db.paging import Paging
from api.db.tables import source_states
from api.db.tmdb_lists import ListOrder, Title
from api.errors import Invalid
from api.schemas.tmdb_lists import UnmatchedFilm

TOLD = View(fields=("slug", "title", "year", "media_type", "tmdb_id"))
NOWHERE = Links(letterboxd="", images="")
SOURCES = {"top_rated": "films", "watchlist": "watchlist"}
"""What must have been read of a member before an empty list means anything."""
SORT_KEYS = {
    "top_rated": ("rating", "title", "year"),
    "watchlist": ("rating", "title", "year", "position", "added", "runtime", "popularity", "arrived"),
    "films": ("rating", "title", "year", "added", "runtime", "popularity", "arrived"),
}


class ListedFilm(msgspec.Struct, frozen=True):
    slug: str
    title: str
    year: int | None
    media_type: str | None
    tmdb_id: int | None


class Target(msgspec.Struct, frozen=True):
    """The titles that a list shall hold, in order and each once, and the films that cannot be on it."""

    titles: list[Title]
    not_matched: list[UnmatchedFilm]


async def target(db: Connection, username: str, order: ListOrder, countries: Sequence[str]) -> Target:
    """What this list of this member shall hold now; `countries` are those whose offers count."""
    found = await KINDS[order.kind](db, username, order, countries)
    titles = {
        (film.media_type, film.tmdb_id): Title(film.media_type, film.tmdb_id, film.title, film.year)
        for film in reversed(found)
        if film.media_type and film.tmdb_id
    }
    unmatched = [UnmatchedFilm(film.slug, film.title) for film in found if not film.tmdb_id]
    return Target([*reversed(titles.values())], unmatched)


async def is_read(db: Connection, member_id: int, kind: str) -> bool:
    """Whether what this kind of list is made of was ever read of this member."""
    table, source = source_states.c, SOURCES.get(kind)
    if source is None:
        return True
    query = select(table.good_at).where(table.member_id == member_id, table.source == source)
    return (await db.execute(query)).scalar_one_or_none() is not None


async def why_unread(db: Connection, member_id: int, kind: str) -> str | None:
    """What Letterboxd said when this was last to be read of this member; None where it was not asked yet."""
    table = source_states.c
    query = select(table.message).where(table.member_id == member_id, table.source == SOURCES.get(kind, ""))
    return (await db.execute(query)).scalar_one_or_none()


async def _top_rated(db: Connection, username: str, order: ListOrder, countries: Sequence[str]) -> list[ListedFilm]:
    loved, sort_by = OpinionFilters(rating_min=0.5, liked=True), order.sort_by
    found = await opinions.listing(
        db,
        username,
        FilmFilters(countries=tuple(countries)),
        loved,
        sort_by=sort_by,  # type: ignore[arg-type]
        descending=order.sort_order == "desc",
        paging=_whole(order),
        links=NOWHERE,
    )
    return [ListedFilm(film.slug, film.title, film.year, film.media_type, film.tmdb_id) for film in found.items]


async def _watchlist(db: Connection, username: str, order: ListOrder, countries: Sequence[str]) -> list[ListedFilm]:
    filters = FilmFilters(countries=tuple(countries))
    found = await films.watchlist(db, username, filters, _order(order), _whole(order), NOWHERE, TOLD)
    return msgspec.convert(found.items, list[ListedFilm])


async def _films(db: Connection, _username: str, order: ListOrder, _countries: Sequence[str]) -> list[ListedFilm]:
    found = await films.listing(db, _filters(order), _order(order), _whole(order), NOWHERE, TOLD)
    return msgspec.convert(found.items, list[ListedFilm])


Kind = Callable[[Connection, str, ListOrder, Sequence[str]], Awaitable[list[ListedFilm]]]
KINDS: dict[str, Kind] = {"top_rated": _top_rated, "watchlist": _watchlist, "films": _films}


def _filters(order: ListOrder) -> FilmFilters:
    """The filters as they were kept; raises Invalid where one of them is not known any more: it would let all pass."""
    if (order.filters or {}).keys() - set(FilmFilters.__struct_fields__):
        raise Invalid([("query", "was kept by another version of Marquee; give it anew")])
    return msgspec.convert(order.filters, FilmFilters)


def _order(order: ListOrder) -> Order:
    return Order(order.sort_by, order.sort_order == "desc")  # type: ignore[arg-type]


def _whole(order: ListOrder) -> Paging:
    return Paging(page_size=order.most)
