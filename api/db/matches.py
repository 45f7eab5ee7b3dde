"""Matches: the link from a film to its TMDB title, how it was proved, and what still waits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db.tables import availability_checks, film_matches, films


class FilmWork(msgspec.Struct, kw_only=True, frozen=True):
    """What the worker must know of a film to decide what is due; times are None where it was never done.

    `offers_checked_at` is the oldest check over the countries asked for, None where one of them was never checked.
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
    checks = (
        select(
            availability_checks.c.film_id,
            func.min(availability_checks.c.checked_at).label("oldest"),
            func.count().label("countries"),
        )
        .where(availability_checks.c.film_id.in_(film_ids), availability_checks.c.country.in_(countries))
        .group_by(availability_checks.c.film_id)
        .subquery()
    )
    match = film_matches.c
    rows = await db.execute(
        select(
            films.c.id,
            films.c.slug,
            films.c.title,
            films.c.year,
            films.c.lid,
            films.c.letterboxd_id,
            func.coalesce(match.state, "pending"),
            match.media_type,
            match.tmdb_id,
            func.coalesce(match.locked, False),
            match.tried_at,
            films.c.details_checked_at,
            checks.c.oldest,
            checks.c.countries,
        )
        .select_from(films)
        .outerjoin(film_matches)
        .outerjoin(checks, checks.c.film_id == films.c.id)
        .where(films.c.id.in_(film_ids))
    )
    names = FilmWork.__struct_fields__
    found = {}
    for *values, oldest, checked in rows:
        complete = oldest if checked == len(countries) else None
        found[values[0]] = FilmWork(**dict(zip(names, [*values, complete], strict=True)))
    return [found[film_id] for film_id in film_ids if film_id in found]


async def record(db: AsyncConnection, film_id: int, news: MatchNews, now: datetime) -> None:
    """Take down how the search for a film's title ended; a person's locked choice is never overwritten."""
    values = msgspec.structs.asdict(news) | {"tried_at": now}
    if news.state == "found":
        values["matched_at"] = now
    await db.execute(
        film_matches.update().where(film_matches.c.film_id == film_id, film_matches.c.locked.is_(False)).values(values)
    )


async def record_error(db: AsyncConnection, film_id: int, message: str, now: datetime) -> None:
    """Note that matching this film did not work this time; a known match stays."""
    waiting = film_matches.c.state.in_(("pending", "error"))
    await db.execute(
        film_matches.update()
        .where(film_matches.c.film_id == film_id, waiting)
        .values(state="error", message=message, tried_at=now)
    )
