"""A watchlist for other programs: the movies on it that are found on TMDB, and whether it can be told at all."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, exists, func, select

from api.db.connection import Connection
from api.db.film_filters import IS_OPEN, LISTED, MATCH_STATE, ON_WATCHLIST, SUBSCRIPTION
from api.db.links import Links
from api.db.tables import availability, availability_checks, film_matches, films, members, watchlist_entries
from api.errors import EmptyList, NotReadYet
from api.schemas.lists import ListedFilm


class ListFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which films a list holds.

    `unavailable_in`: those that are known not to stream in this country without extra payment. `min_members`: those
    that so many members or more have on the watchlist.
    """

    unavailable_in: str | None = None
    min_members: int = 1


async def watchlist(
    db: Connection, username: str, filters: ListFilters, links: Links, *, may_be_empty: bool
) -> list[ListedFilm]:
    """The movies on the member's watchlist as it was last read to its end, each TMDB title once, newest first.

    Raises NotReadYet where it was never read to its end, or where films on it were not looked for yet, and EmptyList
    where it is truly empty and may not be: a program that keeps a library in step would delete what is missing.
    """
    is_read = await _read_to_the_end(db)
    for name in [username, *(is_read if filters.min_members > 1 else ())]:
        if not is_read.get(name):
            raise NotReadYet(name, "it was not read to its end yet")
    if unknown := await _unknown(db, username, filters):
        raise NotReadYet(username, f"{unknown} of its films were not looked for yet")
    rows = (await db.execute(_movies(username, filters, links))).all()
    found = {row.tmdb_id: _listed(row) for row in rows}
    if not found and not may_be_empty:
        raise EmptyList(username)
    return list(found.values())


def _movies(username: str, filters: ListFilters, links: Links) -> Select[Any]:
    film, match = films.c, film_matches.c
    return (
        select(match.tmdb_id, film.title, match.imdb_id, film.year, links.poster(film.poster_path).label("poster_url"))
        .select_from(_entries())
        .where(_on_list(username), match.state == "found", match.media_type == "movie", match.tmdb_id > 0)
        .where(*_conditions(filters))
        .order_by(watchlist_entries.c.position.nulls_last(), watchlist_entries.c.id)
    )


async def _read_to_the_end(db: Connection) -> dict[str, bool]:
    """Every member, with whether the watchlist was read to its end at least once."""
    rows = await db.execute(select(members.c.username, members.c.last_full_read_at))
    return {row.username: row.last_full_read_at is not None for row in rows}


async def _unknown(db: Connection, username: str, filters: ListFilters) -> int:
    """How many films of the list are not matched yet, or not known to stream or not."""
    unknown: ColumnElement[bool] = MATCH_STATE == "pending"
    if filters.unavailable_in is not None:
        unknown |= ~_is_checked(filters.unavailable_in) & (film_matches.c.state == "found")
    query = select(func.count()).select_from(_entries()).where(_on_list(username), unknown)
    return (await db.execute(query)).scalar_one()


def _entries() -> Any:
    return LISTED.join(watchlist_entries, watchlist_entries.c.film_id == films.c.id).join(members)


def _on_list(username: str) -> ColumnElement[bool]:
    return (members.c.username == username) & ON_WATCHLIST


def _conditions(filters: ListFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.min_members > 1:
        wanting = watchlist_entries.alias("wanting")
        number = select(func.count()).where(wanting.c.film_id == films.c.id, wanting.c.removed_at.is_(None))
        conditions.append(number.scalar_subquery() >= filters.min_members)
    if (country := filters.unavailable_in) is not None:
        offer = availability.c
        streams = exists().where(
            offer.film_id == films.c.id, offer.country == country, offer.offer.in_(SUBSCRIPTION), IS_OPEN
        )
        conditions += [_is_checked(country), ~streams]
    return conditions


def _is_checked(country: str) -> ColumnElement[bool]:
    check = availability_checks.c
    return exists().where(check.film_id == films.c.id, check.country == country)


def _listed(row: Any) -> ListedFilm:
    known = {"imdb_id": row.imdb_id, "release_year": row.year and str(row.year), "poster_url": row.poster_url}
    return ListedFilm(
        id=row.tmdb_id, tmdb_id=row.tmdb_id, title=row.title, **{name: value for name, value in known.items() if value}
    )
