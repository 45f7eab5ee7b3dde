"""Corrections: films that were taken for another TMDB title than they are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select

from api.db import availability, details
from api.db.connection import Connection
from api.db.links import Links, title_page
from api.db.paging import Paging, page_of
from api.db.tables import corrections, films
from api.schemas.corrections import Correction, TitleRef
from api.schemas.films import FilmRef
from api.schemas.pages import Page

TitleKey = tuple[str, int]


class CorrectionNews(msgspec.Struct, frozen=True, kw_only=True):
    """A film's title that was wrong: the `former` one, the `new` one or None, and how that came out.

    `method` is that of the match that is right (None where there is none), `because` a sentence for a person.
    """

    former: TitleKey
    new: TitleKey | None
    method: str | None
    because: str


async def make(db: Connection, news: Mapping[int, CorrectionNews], now: datetime) -> None:
    """Note that these films, by id, had the wrong title, and take back what was shown of each by mistake."""
    if not news:
        return
    await db.execute(corrections.insert(), [_row(film_id, change, now) for film_id, change in news.items()])
    await availability.withdraw(db, list(news), now)
    await details.forget(db, list(news))


def _row(film_id: int, change: CorrectionNews, now: datetime) -> dict[str, Any]:
    new_media_type, new_tmdb_id = change.new or (None, None)
    return {
        "film_id": film_id,
        "at": now,
        "media_type": change.former[0],
        "tmdb_id": change.former[1],
        "new_media_type": new_media_type,
        "new_tmdb_id": new_tmdb_id,
        "method": change.method,
        "because": change.because,
    }


async def listing(
    db: Connection, *, since: datetime | None, descending: bool, paging: Paging, links: Links
) -> Page[Correction]:
    """The corrections by their time; with `since`, those from then on."""
    correction = corrections.c
    chosen = [correction.at >= since] if since else []
    total = (await db.execute(select(func.count()).select_from(corrections).where(*chosen))).scalar_one()
    keys = (correction.at.desc(), correction.id.desc()) if descending else (correction.at, correction.id)
    film = films.c
    query = (
        select(correction.id, correction.at, correction.because)
        .add_columns(correction.media_type, correction.tmdb_id, correction.new_media_type, correction.new_tmdb_id)
        .add_columns(film.slug, film.title, film.year, links.poster(film.poster_path), links.film(film.slug))
        .select_from(corrections.join(films))
        .where(*chosen)
        .order_by(*keys)
        .limit(paging.rows(total))
        .offset(paging.offset)
    )
    return page_of([_correction(row) for row in await db.execute(query)], total, paging)


def _correction(row: Any) -> Correction:
    new = (row.new_media_type, row.new_tmdb_id)
    return Correction(
        id=row.id,
        at=row.at,
        film=FilmRef(*row[7:]),
        former=_title((row.media_type, row.tmdb_id)),
        to=_title(new) if all(new) else None,
        because=row.because,
    )


def _title(key: TitleKey) -> TitleRef:
    return TitleRef(*key, title_page(*key))  # type: ignore[arg-type]
