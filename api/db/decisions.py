"""What a person decided a film is on TMDB. A decision locks the film's match, and is kept under the film's lid.

Letterboxd keeps a lid for good, so a decision outlives a rename, a deleted database that was imported anew, and waits
here for a film that Marquee does not know yet. A choice is a title, or None for "there is none on TMDB".
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db import availability, corrections, details, matches
from api.db.chunks import in_chunks
from api.db.corrections import CorrectionNews, TitleKey
from api.db.engine import insert, upsert
from api.db.tables import decisions, film_matches, films
from api.schemas.matches import KeptDecision

Choice = TitleKey | None

PERSON = "person"
ANOTHER_TITLE = "A person chose another title."
NO_TITLE = "A person said that the film is not on TMDB."


class Intake(msgspec.Struct, kw_only=True):
    """What came of an import: the films that are decided now, and how many rows ended otherwise."""

    film_ids: list[int] = []
    unchanged: int = 0
    waiting: int = 0
    kept: int = 0


class KnownFilm(msgspec.Struct, frozen=True):
    """A film that a row of an import means; `standing` is its locked choice, where it `is_locked`."""

    film_id: int
    is_locked: bool
    standing: Choice


async def decide(db: AsyncConnection, film_id: int, choice: Choice, now: datetime) -> None:
    """A person says which title this film is; from now on nothing else changes it."""
    await apply(db, film_id, choice, now)
    if lid := await _lid(db, film_id):
        await _keep(db, {lid: choice}, now)


async def apply(db: AsyncConnection, film_id: int, choice: Choice, now: datetime) -> None:
    """Make this the film's locked match. Of another title that it had, everything goes, as a correction."""
    former = await _title(db, film_id)
    media_type, tmdb_id = choice or (None, None)
    values: dict[str, object] = {
        "state": "found" if choice else "not_found",
        "media_type": media_type,
        "tmdb_id": tmdb_id,
        "method": PERSON,
        "confidence": "proven" if choice else None,
        "locked": True,
        "message": None,
        "tried_at": now,
        "matched_at": now if choice else None,
    }
    await _write(db, film_id, values if choice == former else values | {"imdb_id": None})
    if choice:
        await matches.doubt_others(db, film_id, choice)
    if former is not None and former != choice:
        await _drop(db, film_id, now)
        because = ANOTHER_TITLE if choice else NO_TITLE
        news = CorrectionNews(former=former, new=choice, method=PERSON if choice else None, because=because)
        await corrections.add(db, film_id, news, now)


async def take_back(db: AsyncConnection, film_id: int, now: datetime) -> None:
    """Unlock the film, and have it tried again as if nothing were known of it; its candidates stay.

    One that nobody decided is only tried again, and a title that was found for it stays.
    """
    match = film_matches.c
    waits = match.locked.is_(False) & (match.state != "found")
    await db.execute(film_matches.update().where(match.film_id == film_id, waits).values(tried_at=None))
    if not await _is_locked(db, film_id):
        return
    if lid := await _lid(db, film_id):
        await db.execute(decisions.delete().where(decisions.c.lid == lid))
    nothing = dict.fromkeys(
        ("media_type", "tmdb_id", "imdb_id", "method", "confidence", "message", "tried_at", "matched_at")
    )
    former = await _title(db, film_id)
    await _write(db, film_id, {**nothing, "state": "pending", "locked": False})
    if former is not None:
        await _drop(db, film_id, now)


async def kept(db: AsyncConnection, lids: Sequence[str]) -> dict[str, Choice]:
    """The decisions under these lids."""
    found: dict[str, Choice] = {}
    decision = decisions.c
    for chunk in in_chunks(lids):
        query = select(decision.lid, decision.media_type, decision.tmdb_id).where(decision.lid.in_(chunk))
        found |= {lid: _choice(media_type, tmdb_id) for lid, media_type, tmdb_id in await db.execute(query)}
    return found


async def meet(db: AsyncConnection, film_id: int, lid: str, waiting: Mapping[str, Choice], now: datetime) -> None:
    """Bring a film together with its lid, which was not known until now, and with what waits under that.

    A decision that was made for the film itself goes before one that waited.
    """
    if await _is_locked(db, film_id):
        await _keep(db, {lid: await _title(db, film_id)}, now)
    elif lid in waiting:
        await apply(db, film_id, waiting[lid], now)


async def inherit(db: AsyncConnection, film_id: int, heir_id: int, now: datetime) -> None:
    """Two films turned out to be one: the `heir` goes on with what was decided for the other, unless it has its own."""
    if await _is_locked(db, film_id) and not await _is_locked(db, heir_id):
        await decide(db, heir_id, await _title(db, film_id), now)


async def everything(db: AsyncConnection) -> list[KeptDecision]:
    """All decisions by their lids, those included that wait for their film."""
    decision = decisions.c
    rows = await db.execute(
        select(decision.lid, decision.media_type, decision.tmdb_id, films.c.title, films.c.year)
        .select_from(decisions.outerjoin(films, films.c.lid == decision.lid))
        .order_by(decision.lid)
    )
    return [
        KeptDecision(lid=lid, media_type=media_type, tmdb_id=tmdb_id, title=title, year=year)
        for lid, media_type, tmdb_id, title, year in rows
    ]


async def take_in(db: AsyncConnection, wanted: Mapping[str, Choice], *, replace: bool, now: datetime) -> Intake:
    """Make these decisions, by lid. Where another one stands, that one is kept unless `replace`."""
    lids = list(wanted)
    standing, known = await kept(db, lids), await _known(db, lids)
    standing |= {lid: film.standing for lid, film in known.items() if film.is_locked}
    intake = Intake()
    news: dict[str, Choice] = {}
    for lid, choice in wanted.items():
        stands = lid in standing
        if stands and standing[lid] != choice and not replace:
            intake.kept += 1
            continue
        is_news = not stands or standing[lid] != choice
        if is_news:
            news[lid] = choice
        if (film := known.get(lid)) is None:
            intake.waiting += 1
        elif is_news:
            await apply(db, film.film_id, choice, now)
            intake.film_ids.append(film.film_id)
        else:
            intake.unchanged += 1
    await _keep(db, news, now)
    return intake


async def _keep(db: AsyncConnection, choices: Mapping[str, Choice], now: datetime) -> None:
    rows = [
        {"lid": lid, "media_type": choice and choice[0], "tmdb_id": choice and choice[1], "decided_at": now}
        for lid, choice in choices.items()
    ]
    await upsert(db, decisions, rows, ("lid",))


async def _known(db: AsyncConnection, lids: Sequence[str]) -> dict[str, KnownFilm]:
    found: dict[str, KnownFilm] = {}
    match = film_matches.c
    for chunk in in_chunks(lids):
        query = select(films.c.lid, films.c.id, match.locked, match.media_type, match.tmdb_id)
        rows = await db.execute(query.select_from(films.outerjoin(film_matches)).where(films.c.lid.in_(chunk)))
        found |= {
            lid: KnownFilm(film_id, bool(locked), _choice(media_type, tmdb_id))
            for lid, film_id, locked, media_type, tmdb_id in rows
        }
    return found


async def _write(db: AsyncConnection, film_id: int, values: dict[str, object]) -> None:
    await db.execute(
        insert(db, film_matches)
        .values(film_id=film_id, **values)
        .on_conflict_do_update(index_elements=["film_id"], set_=values)
    )


async def _drop(db: AsyncConnection, film_id: int, now: datetime) -> None:
    """What was known by a title that is the film's no more goes."""
    await availability.withdraw(db, film_id, now)
    await details.forget(db, film_id)


async def _title(db: AsyncConnection, film_id: int) -> Choice:
    match = film_matches.c
    row = (await db.execute(select(match.media_type, match.tmdb_id).where(match.film_id == film_id))).one_or_none()
    return _choice(*row) if row else None


async def _is_locked(db: AsyncConnection, film_id: int) -> bool:
    match = film_matches.c
    return bool((await db.execute(select(match.locked).where(match.film_id == film_id))).scalar())


async def _lid(db: AsyncConnection, film_id: int) -> str | None:
    lid: str | None = (await db.execute(select(films.c.lid).where(films.c.id == film_id))).scalar_one()
    return lid


def _choice(media_type: str | None, tmdb_id: int | None) -> Choice:
    return (media_type, tmdb_id) if media_type and tmdb_id else None
