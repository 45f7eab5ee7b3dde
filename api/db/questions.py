"""Matches as a person reads them: the films that wait for an answer, beside what they may be."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, select

from api.db.connection import Connection
from api.db.film_filters import LISTED, MATCH_STATE, on_watchlist_of, title_begins
from api.db.links import Links, title_page
from api.db.paging import Paging, page_of
from api.db.tables import film_matches, film_people, films, people
from api.errors import NotFound
from api.schemas.films import FilmRef, MatchState
from api.schemas.matches import Candidate, Match, MatchedFilm
from api.schemas.pages import Page

SortBy = Literal["title", "year", "tried_at"]

WAITING: tuple[MatchState, ...] = ("review", "not_found", "error")
IS_LOCKED = func.coalesce(film_matches.c.locked, False)


class QuestionFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which matches a list shows: those that wait in one of `states`, or those that a person `decided`.

    A film that none of the members who are `followed` lists any more does not wait; it is shown with its `member`.
    """

    followed: tuple[str, ...]
    states: tuple[MatchState, ...] = ()
    decided: bool = False
    member: str | None = None
    q: str | None = None


class QuestionOrder(msgspec.Struct, frozen=True):
    """How a list is sorted; films alike keep one order over all pages, and what has no value comes last."""

    by: SortBy
    descending: bool = False


async def listing(
    db: Connection, filters: QuestionFilters, order: QuestionOrder, paging: Paging, links: Links
) -> Page[Match]:
    """The matches that the filters let through, each with its candidates."""
    chosen = and_(*_conditions(filters))
    total = (await db.execute(select(func.count()).select_from(LISTED).where(chosen))).scalar_one()
    query = _rows(links).where(chosen).order_by(*_keys(order)).limit(paging.rows(total)).offset(paging.offset)
    return page_of(await _matches(db, query, links), total, paging)


async def by_slug(db: Connection, slug: str, links: Links) -> Match:
    """The match of the film with this slug; raises NotFound."""
    return await by_id(db, await film_id_of(db, slug), links)


async def by_id(db: Connection, film_id: int, links: Links) -> Match:
    """The match of the film with this id, which must be there."""
    [found] = await _matches(db, _rows(links).where(films.c.id == film_id), links)
    return found


async def film_id_of(db: Connection, slug: str) -> int:
    """The film with this slug; raises NotFound."""
    film_id: int | None = (await db.execute(select(films.c.id).where(films.c.slug == slug))).scalar_one_or_none()
    if film_id is None:
        raise NotFound("film", slug)
    return film_id


async def same_title(db: Connection, match: Match, links: Links) -> list[FilmRef]:
    """Other films that are taken for the same TMDB title."""
    if match.tmdb_id is None:
        return []
    film, other = films.c, film_matches.c
    query = (
        select(film.slug, film.title, film.year, links.poster(film.poster_path), links.film(film.slug))
        .select_from(films.join(film_matches))
        .where(other.media_type == match.media_type, other.tmdb_id == match.tmdb_id, film.slug != match.film.slug)
        .order_by(film.sort_title, film.id)
        .limit(10)
    )
    return [FilmRef(*row) for row in await db.execute(query)]


def _rows(links: Links) -> Select[Any]:
    """All that is told of a match, and the film's id."""
    film, match = films.c, film_matches.c
    poster, url = links.poster(film.poster_path).label("poster_url"), links.film(film.slug).label("url")
    return select(
        film.id,
        film.slug,
        film.title,
        film.year,
        poster,
        url,
        film.lid,
        film.original_title,
        film.runtime_minutes,
        MATCH_STATE.label("state"),
        IS_LOCKED.label("locked"),
        *(match[name] for name in ("media_type", "tmdb_id", "method", "confidence", "message", "tried_at")),
        match.candidates,
        match.evidence,
    ).select_from(LISTED)


def _conditions(filters: QuestionFilters) -> list[ColumnElement[bool]]:
    found = [*title_begins(filters.q), IS_LOCKED.is_(filters.decided)]
    if filters.member is not None:
        found.append(on_watchlist_of([filters.member], films.c.id))
    states = filters.states or (() if filters.decided else WAITING)
    if states:
        found.append(MATCH_STATE.in_(states))
    if not filters.decided and filters.member is None:
        found.append(on_watchlist_of(filters.followed, films.c.id))
    return found


def _keys(order: QuestionOrder) -> list[ColumnElement[Any]]:
    columns: dict[SortBy, ColumnElement[Any]] = {
        "title": films.c.sort_title,
        "year": films.c.year,
        "tried_at": film_matches.c.tried_at,
    }
    keys = [columns[order.by], *([films.c.sort_title] if order.by != "title" else []), films.c.id]
    if order.descending:
        keys = [key.desc() for key in keys]
    return [keys[0].nulls_last(), *keys[1:]]


async def _matches(db: Connection, query: Select[Any], links: Links) -> list[Match]:
    rows = (await db.execute(query)).all()
    directors = await _directors(db, [row.id for row in rows if row.media_type])
    return [_match(row, directors.get(row.id, []), links) for row in rows]


async def _directors(db: Connection, film_ids: Sequence[int]) -> dict[int, list[str]]:
    """Who made these films, as TMDB says of their titles."""
    part = film_people.c
    found: dict[int, list[str]] = {}
    query = select(part.film_id, people.c.name).select_from(film_people.join(people))
    makers = query.where(part.film_id.in_(film_ids), part.role.in_(("director", "creator"))).order_by(part.position)
    for film_id, name in await db.execute(makers):
        found.setdefault(film_id, []).append(name)
    return found


def _match(row: Any, directors: list[str], links: Links) -> Match:
    """`directors` are TMDB's; what Letterboxd's page said goes before what TMDB says."""
    evidence: Mapping[str, Any] = row.evidence or {}
    film = MatchedFilm(
        row.slug,
        row.title,
        row.year,
        row.poster_url,
        row.url,
        lid=row.lid,
        original_title=evidence.get("original_title") or row.original_title,
        directors=list(evidence.get("directors") or directors),
        runtime_minutes=evidence.get("runtime") or row.runtime_minutes,
    )
    return Match(
        film=film,
        state=row.state,
        media_type=row.media_type,
        tmdb_id=row.tmdb_id,
        url=title_page(row.media_type, row.tmdb_id) if row.media_type and row.tmdb_id else None,
        method=row.method,
        confidence=row.confidence,
        message=row.message,
        locked=row.locked,
        tried_at=row.tried_at,
        candidates=[_candidate(each, links) for each in row.candidates or []],
    )


def _candidate(row: Mapping[str, Any], links: Links) -> Candidate:
    """A row of `film_matches.candidates`; one that an older Marquee wrote knows less."""
    return Candidate(
        media_type=row["media_type"],
        tmdb_id=row["tmdb_id"],
        title=row["title"],
        original_title=row.get("original_title"),
        year=row.get("year"),
        directors=list(row.get("directors") or []),
        runtime_minutes=row.get("runtime"),
        poster_url=links.poster_of(row.get("poster_path")),
        url=title_page(row["media_type"], row["tmdb_id"]),
        why=row.get("why"),
        why_not=row.get("why_not"),
    )
