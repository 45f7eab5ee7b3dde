"""What a person decided a film is on TMDB. A decision locks the film's match, and is kept under the film's lid.

Letterboxd keeps a lid for good, so a decision outlives a rename, a deleted database that was imported anew, and waits
here for a film that Marquee does not know yet. A choice is a title, or None for "there is none on TMDB".
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import select

from api.db import corrections, matches
from api.db.chunks import in_chunks
from api.db.connection import Connection
from api.db.corrections import CorrectionNews, TitleKey
from api.db.engine import upsert
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

    def __add__(self, other: "Intake") -> "Intake":
        return Intake(
            film_ids=[*self.film_ids, *other.film_ids],
            unchanged=self.unchanged + other.unchanged,
            waiting=self.waiting + other.waiting,
            kept=self.kept + other.kept,
        )


class KnownFilm(msgspec.Struct, frozen=True):
    """A film that a row of an import means; `standing` is its locked choice, where it `is_locked`."""

    film_id: int
    is_locked: bool
    standing: Choice


async def decide(db: Connection, film_id: int, choice: Choice, now: datetime) -> None:
    """A person says which title this film is; from now on nothing else changes it."""
    await apply(db, {film_id: choice}, now)
    if lid := await _lid(db, film_id):
        await _keep(db, {lid: choice}, now)


async def apply(db: Connection, choices: Mapping[int, Choice], now: datetime) -> None:
    """Make these the locked matches of films, by id. Of another title that one had, everything goes, as a correction.

    The number of statements does not grow with that of the films.
    """
    former = await _titles(db, list(choices))
    same, new = [], []
    for film_id, choice in choices.items():
        row = _locked(film_id, choice, now)
        if former.get(film_id) == choice:
            same.append(row)
        else:
            new.append(row | {"imdb_id": None})
    for rows in (same, new):
        await upsert(db, film_matches, rows, ("film_id",))
    await matches.doubt_others(db, [choice for choice in choices.values() if choice])
    wrong = {film_id: title for film_id, title in former.items() if title and title != choices[film_id]}
    await corrections.make(db, {film_id: _correction(title, choices[film_id]) for film_id, title in wrong.items()}, now)


def _locked(film_id: int, choice: Choice, now: datetime) -> dict[str, object]:
    """A row of film_matches but for the IMDb id and the candidates, which stay."""
    media_type, tmdb_id = choice or (None, None)
    return {
        "film_id": film_id,
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


def _correction(former: TitleKey, choice: Choice) -> CorrectionNews:
    because = ANOTHER_TITLE if choice else NO_TITLE
    return CorrectionNews(former=former, new=choice, method=PERSON if choice else None, because=because)


async def take_back(db: Connection, film_id: int) -> None:
    """Unlock the film, and have it tried again; its title, and all that is known by that, stays until it is refuted.

    One that nobody decided is only tried again, and a title that was found for it stays.
    """
    match = film_matches.c
    waits = match.locked.is_(False) & (match.state != "found")
    await db.execute(film_matches.update().where(match.film_id == film_id, waits).values(tried_at=None))
    if not await _is_locked(db, film_id):
        return
    if lid := await _lid(db, film_id):
        await db.execute(decisions.delete().where(decisions.c.lid == lid))
    title = await _title(db, film_id)
    values = {"state": "found", "confidence": "probable"} if title else {"state": "pending", "confidence": None}
    unlocked = film_matches.update().where(match.film_id == film_id)
    await db.execute(
        unlocked.values(**values, method=None, locked=False, message=None, tried_at=None, proof_tried_at=None)
    )


async def kept(db: Connection, lids: Sequence[str]) -> dict[str, Choice]:
    """The decisions under these lids."""
    found: dict[str, Choice] = {}
    decision = decisions.c
    for chunk in in_chunks(lids):
        query = select(decision.lid, decision.media_type, decision.tmdb_id).where(decision.lid.in_(chunk))
        found |= {lid: _choice(media_type, tmdb_id) for lid, media_type, tmdb_id in await db.execute(query)}
    return found


async def meet(db: Connection, film_id: int, lid: str, waiting: Mapping[str, Choice], now: datetime) -> None:
    """Bring a film together with its lid, which was not known until now, and with what waits under that.

    A decision that was made for the film itself goes before one that waited.
    """
    if await _is_locked(db, film_id):
        await _keep(db, {lid: await _title(db, film_id)}, now)
    elif lid in waiting:
        await apply(db, {film_id: waiting[lid]}, now)


async def inherit(db: Connection, film_id: int, heir_id: int, now: datetime) -> None:
    """Two films turned out to be one: the `heir` goes on with what was decided for the other, unless it has its own."""
    if await _is_locked(db, film_id) and not await _is_locked(db, heir_id):
        await decide(db, heir_id, await _title(db, film_id), now)


async def everything(db: Connection) -> list[KeptDecision]:
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


async def take_in(db: Connection, wanted: Mapping[str, Choice], *, replace: bool, now: datetime) -> Intake:
    """Make these decisions, by lid. Where another one stands, that one is kept unless `replace`.

    Taking the same in once more changes nothing.
    """
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
        if lid not in known:
            intake.waiting += 1
        elif not is_news:
            intake.unchanged += 1
    changed = {known[lid].film_id: choice for lid, choice in news.items() if lid in known}
    intake.film_ids = list(changed)
    await apply(db, changed, now)
    await _keep(db, news, now)
    return intake


async def _keep(db: Connection, choices: Mapping[str, Choice], now: datetime) -> None:
    rows = [
        {"lid": lid, "media_type": choice and choice[0], "tmdb_id": choice and choice[1], "decided_at": now}
        for lid, choice in choices.items()
    ]
    await upsert(db, decisions, rows, ("lid",))


async def _known(db: Connection, lids: Sequence[str]) -> dict[str, KnownFilm]:
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


async def _titles(db: Connection, film_ids: Sequence[int]) -> dict[int, Choice]:
    """What each of these films is taken for, as far as they have a match."""
    found: dict[int, Choice] = {}
    match = film_matches.c
    for chunk in in_chunks(film_ids):
        query = select(match.film_id, match.media_type, match.tmdb_id).where(match.film_id.in_(chunk))
        found |= {film_id: _choice(media_type, tmdb_id) for film_id, media_type, tmdb_id in await db.execute(query)}
    return found


async def _title(db: Connection, film_id: int) -> Choice:
    return (await _titles(db, [film_id])).get(film_id)


async def _is_locked(db: Connection, film_id: int) -> bool:
    match = film_matches.c
    return bool((await db.execute(select(match.locked).where(match.film_id == film_id))).scalar())


async def _lid(db: Connection, film_id: int) -> str | None:
    lid: str | None = (await db.execute(select(films.c.lid).where(films.c.id == film_id))).scalar_one()
    return lid


def _choice(media_type: str | None, tmdb_id: int | None) -> Choice:
    return (media_type, tmdb_id) if media_type and tmdb_id else None
