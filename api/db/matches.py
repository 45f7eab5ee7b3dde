"""Matches: the link from a film to its TMDB title, how it was proved, and what still waits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, func, null, select, tuple_

from api.db import corrections
from api.db.chunks import in_chunks
from api.db.connection import Connection
from api.db.corrections import CorrectionNews, TitleKey
from api.db.tables import availability_checks, film_matches, films

QUESTIONS = ("review", "not_found")


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
    method: str | None = None
    confidence: str | None
    locked: bool
    tried_at: datetime | None
    details_checked_at: datetime | None
    offers_checked_at: datetime | None

    @property
    def title_key(self) -> TitleKey | None:
        return (self.media_type, self.tmdb_id) if self.media_type and self.tmdb_id else None


class MatchNews(msgspec.Struct, kw_only=True):
    """How the search for a film's TMDB title ended.

    `evidence` is what the film's page told, for a person who is asked; `because` says why a former title is given up,
    where `message` does not.
    """

    state: str
    media_type: str | None = None
    tmdb_id: int | None = None
    imdb_id: str | None = None
    method: str | None = None
    confidence: str | None = None
    candidates: list[dict[str, Any]] = msgspec.field(default_factory=list)
    evidence: dict[str, Any] | None = None
    message: str | None = None
    because: str | None = None
    proof_tried_at: datetime | None = None

    @property
    def title_key(self) -> TitleKey | None:
        return (self.media_type, self.tmdb_id) if self.media_type and self.tmdb_id else None


async def work(db: Connection, film_ids: Sequence[int], countries: Sequence[str]) -> list[FilmWork]:
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
        .add_columns(state, match.media_type, match.tmdb_id, match.method, match.confidence, locked, match.tried_at)
        .add_columns(film.details_checked_at, checks.c.oldest, checks.c.countries)
        .select_from(films)
        .outerjoin(film_matches)
        .outerjoin(checks, checks.c.film_id == film.id)
        .where(film.id.in_(film_ids))
    )


async def is_unchanged(db: Connection, work: FilmWork) -> bool:
    """Whether the film's title, its proof and its lock are as `work` says; to ask in the write that relies on it."""
    match = film_matches.c
    columns = match.media_type, match.tmdb_id, match.confidence, match.locked
    row = (await db.execute(select(*columns).where(match.film_id == work.film_id))).one_or_none()
    return row is not None and tuple(row) == (work.media_type, work.tmdb_id, work.confidence, work.locked)


async def is_taken(db: Connection, key: TitleKey, film_id: int) -> bool:
    """Whether another film than this one is this title already: no two films are the same."""
    match = film_matches.c
    others = select(match.film_id).where(
        match.media_type == key[0], match.tmdb_id == key[1], match.film_id != film_id, match.state == "found"
    )
    return (await db.execute(others.limit(1))).first() is not None


async def record(db: Connection, film_id: int, news: MatchNews, now: datetime) -> bool:
    """Take down how the search for a film's title ended; False where a person's choice is locked, which stays.

    A title that is another one now, or none, is a correction: it is noted, and what the former title brought goes.
    Whoever else was taken for a title that is proven to be this film's is matched again.
    """
    match = film_matches.c
    former = (
        await db.execute(select(match.media_type, match.tmdb_id, match.locked).where(match.film_id == film_id))
    ).one_or_none()
    if former is None or former.locked:
        return False
    changed = (former.media_type, former.tmdb_id) != (news.media_type, news.tmdb_id)
    await db.execute(film_matches.update().where(match.film_id == film_id).values(_values(news, now, changed)))
    if changed and former.tmdb_id is not None:
        await _correct(db, film_id, (former.media_type, former.tmdb_id), news, now)
    if news.confidence == "proven" and news.title_key:
        await doubt_others(db, [news.title_key])
    return True


def _values(news: MatchNews, now: datetime, changed: bool) -> dict[str, Any]:
    values = msgspec.structs.asdict(news)
    del values["because"]
    if not changed and news.proof_tried_at is None:
        del values["proof_tried_at"]
    values["evidence"] = null() if news.evidence is None else news.evidence
    return values | {"tried_at": now, "matched_at": now if news.state == "found" else None}


async def _correct(db: Connection, film_id: int, former: TitleKey, news: MatchNews, now: datetime) -> None:
    """Note that Marquee was wrong about this film, and take back what was shown by mistake."""
    because = news.because or news.message or ""
    change = CorrectionNews(former=former, new=news.title_key, method=news.method, because=because)
    await corrections.make(db, {film_id: change}, now)


async def confirm(db: Connection, film_id: int, key: TitleKey, method: str, now: datetime) -> None:
    """Take the title that a film has for proven by `method`; nothing happens where it is another one, or locked."""
    match = film_matches.c
    same = (match.film_id == film_id) & (match.media_type == key[0]) & (match.tmdb_id == key[1])
    proof = {"state": "found", "method": method, "confidence": "proven", "candidates": [], "evidence": null()}
    written = await db.execute(
        film_matches.update()
        .where(same, match.locked.is_(False))
        .values(**proof, message=None, tried_at=now, matched_at=func.coalesce(match.matched_at, now))
    )
    if written.rowcount:
        await doubt_others(db, [key])


async def learn_imdb_id(db: Connection, film_id: int, imdb_id: str | None) -> None:
    """Note the IMDb id of a film's title where none is known."""
    match = film_matches.c
    if imdb_id:
        unknown = (match.film_id == film_id) & match.imdb_id.is_(None)
        await db.execute(film_matches.update().where(unknown).values(imdb_id=imdb_id))


async def doubt_others(db: Connection, keys: Sequence[TitleKey]) -> None:
    """Have the films matched again that were taken, without proof, for one of these titles: they are another film's."""
    match = film_matches.c
    unproven = match.locked.is_(False) & match.confidence.is_distinct_from("proven")
    for chunk in in_chunks(keys):
        same = tuple_(match.media_type, match.tmdb_id).in_(chunk)
        await db.execute(film_matches.update().where(same, unproven).values(tried_at=None))


async def tell(db: Connection, film_id: int, message: str | None) -> None:
    """Say something about a match that stays as it is, or (None) that there is nothing to say any more."""
    match = film_matches.c
    differs = match.message.is_distinct_from(message)
    await db.execute(film_matches.update().where(match.film_id == film_id, differs).values(message=message))


async def record_error(
    db: Connection, film_id: int, message: str, now: datetime, candidates: list[dict[str, Any]] | None = None
) -> None:
    """Note that matching this film did not work this time; a known match stays, as do candidates without new ones."""
    waiting = film_matches.c.state.in_(("pending", "error")) & film_matches.c.locked.is_(False)
    values: dict[str, Any] = {"state": "error", "message": message, "tried_at": now}
    if candidates is not None:
        values["candidates"] = candidates
    await db.execute(film_matches.update().where(film_matches.c.film_id == film_id, waiting).values(values))


async def doubt(db: Connection, film_id: int) -> None:
    """Have a film whose title or year changed matched again, unless an id or a person settled what it is."""
    match = film_matches.c
    settled = match.locked | match.confidence.is_not_distinct_from("proven")
    await db.execute(film_matches.update().where(match.film_id == film_id, ~settled).values(tried_at=None))


async def unread_decisions(db: Connection, most: int = 50) -> list[int]:
    """The films whose title a person chose, and of which TMDB was not asked yet, or did not answer."""
    match = film_matches.c
    query = (
        select(match.film_id)
        .join(films)
        .where(match.locked, match.tmdb_id.is_not(None), match.message.is_(None), films.c.details_checked_at.is_(None))
        .limit(most)
    )
    return list((await db.execute(query)).scalars())
