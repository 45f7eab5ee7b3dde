"""Matches: the link from a film to its TMDB title, how it was proved, and what still waits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db.chunks import in_chunks
from api.db.tables import availability_checks, film_matches, films


class FilmWork(msgspec.Struct, kw_only=True, frozen=True):
    """What the worker must know of a film to decide what is due; times are None where it was never done.

    `tried_at` is also None where what the film was matched by has changed since. `offers_checked_at` is the oldest
    check over the countries asked for, None where one of them was never checked.
    """

    film_id: int
    slug: str
    title: str
    year: int | None
    lid: str | None
    letterboxd_id: int | None
    state: str
    media_type: str | None
    tmdb_id: int | None
    locked: bool
    tried_at: datetime | None
    details_checked_at: datetime | None
    offers_checked_at: datetime | None

    @property
    def title_key(self) -> tuple[str, int] | None:
        return (self.media_type, self.tmdb_id) if self.media_type and self.tmdb_id else None


class MatchNews(msgspec.Struct, kw_only=True):
    """How the search for a film's TMDB title ended."""

    state: str
    media_type: str | None = None
    tmdb_id: int | None = None
    imdb_id: str | None = None
    method: str | None = None
    confidence: str | None = None
    candidates: list[dict[str, Any]] = msgspec.field(default_factory=list)
    message: str | None = None


async def work(db: AsyncConnection, film_ids: Sequence[int], countries: Sequence[str]) -> list[FilmWork]:
    """What is known of each of these films, in their order."""
    found: dict[int, FilmWork] = {}
    for chunk in in_chunks(film_ids):
        for *values, oldest, checked in await db.execute(_work(chunk, countries)):
            complete = oldest if checked == len(countries) else None
            named = zip(FilmWork.__struct_fields__, [*values, complete], strict=True)
            found[values[0]] = FilmWork(**dict(named))
    return [found[film_id] for film_id in film_ids if film_id in found]


def _work(film_ids: Sequence[int], countries: Sequence[str]) -> Select[Any]:
    """FilmWork's columns, the oldest check, and how many countries were checked."""
    film, match, check = films.c, film_matches.c, availability_checks.c
    checks = (
        select(check.film_id, func.min(check.checked_at).label("oldest"), func.count().label("countries"))
        .where(check.film_id.in_(film_ids), check.country.in_(countries))
        .group_by(check.film_id)
        .subquery()
    )
    state, locked = func.coalesce(match.state, "pending"), func.coalesce(match.locked, False)
    return (
        select(film.id, film.slug, film.title, film.year, film.lid, film.letterboxd_id)
        .add_columns(state, match.media_type, match.tmdb_id, locked, match.tried_at)
        .add_columns(film.details_checked_at, checks.c.oldest, checks.c.countries)
        .select_from(films)
        .outerjoin(film_matches)
        .outerjoin(checks, checks.c.film_id == film.id)
        .where(film.id.in_(film_ids))
    )


async def is_unchanged(db: AsyncConnection, work: FilmWork) -> bool:
    """Whether the film still has the title and the lock that `work` says; to ask in the write that relies on it."""
    match = film_matches.c
    row = (
        await db.execute(select(match.media_type, match.tmdb_id, match.locked).where(match.film_id == work.film_id))
    ).one_or_none()
    return row is not None and tuple(row) == (work.media_type, work.tmdb_id, work.locked)


async def record(db: AsyncConnection, film_id: int, news: MatchNews, now: datetime) -> bool:
    """Take down how the search for a film's title ended; False where a person's choice is locked, which stays."""
    values = msgspec.structs.asdict(news) | {"tried_at": now, "matched_at": now if news.state == "found" else None}
    written = await db.execute(
        film_matches.update().where(film_matches.c.film_id == film_id, film_matches.c.locked.is_(False)).values(values)
    )
    return written.rowcount > 0


async def record_error(
    db: AsyncConnection, film_id: int, message: str, now: datetime, candidates: list[dict[str, Any]] | None = None
) -> None:
    """Note that matching this film did not work this time; a known match stays, as do candidates without new ones."""
    waiting = film_matches.c.state.in_(("pending", "error")) & film_matches.c.locked.is_(False)
    values: dict[str, Any] = {"state": "error", "message": message, "tried_at": now}
    if candidates is not None:
        values["candidates"] = candidates
    await db.execute(film_matches.update().where(film_matches.c.film_id == film_id, waiting).values(values))


async def doubt(db: AsyncConnection, film_id: int) -> None:
    """Have a film whose title or year changed matched again, unless an id or a person settled what it is."""
    match = film_matches.c
    settled = match.locked | match.confidence.is_not_distinct_from("proven")
    await db.execute(film_matches.update().where(match.film_id == film_id, ~settled).values(tried_at=None))
