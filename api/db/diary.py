"""Members' diaries: every time that a film was logged, as the RSS feed tells it, and what follows for ratings."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec
from sqlalchemy import delete, select

from api.db import ratings
from api.db.chunks import in_chunks
from api.db.connection import Connection
from api.db.engine import upsert
from api.db.ratings import Rating
from api.db.tables import diary_entries as entries
from api.db.tables import films

PROVENANCE = "rss"


class DiaryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A film as it was logged once. `rating` is in stars, None without one; `watched_on` None where it is not told."""

    guid: str
    film_id: int
    url: str
    watched_on: date | None
    rating: float | None
    liked: bool
    rewatch: bool
    published_at: datetime

    @property
    def day(self) -> date:
        """When the film was watched, as far as it is known: not after it was logged."""
        return self.watched_on or self.published_at.date()


async def store(
    db: Connection, member_id: int, fresh: Sequence[DiaryEntry], *, gone: Collection[str], now: datetime
) -> None:
    """Take over these entries, no guid twice, and forget those of the guids in `gone`; the ratings follow.

    An entry that says something else than before says it now, whenever it was published.
    """
    known = await _known(db, [*gone, *(entry.guid for entry in fresh)])
    former = {entry.film_id for entry in known.values()}
    edited = {entry.film_id for entry in fresh if _is_edited(entry, known.get(entry.guid))}
    rows = [{**msgspec.structs.asdict(entry), "member_id": member_id} for entry in fresh]
    await upsert(db, entries, rows, ("guid",))
    for chunk in in_chunks(list(gone)):
        await db.execute(delete(entries).where(entries.c.member_id == member_id, entries.c.guid.in_(chunk)))
    await _rate(db, member_id, sorted(former | {entry.film_id for entry in fresh}), now, edited)


async def published_after(db: Connection, member_id: int, moment: datetime) -> set[str]:
    """The guids of what this member logged after `moment`."""
    rows = await db.execute(
        select(entries.c.guid).where(entries.c.member_id == member_id, entries.c.published_at > moment)
    )
    return set(rows.scalars())


async def films_by_slug(db: Connection, slugs: Sequence[str]) -> dict[str, int]:
    """The ids of those of these films that Marquee knows."""
    found: dict[str, int] = {}
    for chunk in in_chunks(slugs):
        rows = await db.execute(select(films.c.slug, films.c.id).where(films.c.slug.in_(chunk)))
        found.update(dict(rows.all()))
    return found


async def move(db: Connection, film_id: int, to: int, now: datetime) -> None:
    """Give what members logged and rated of one film to another that turned out to be the same."""
    logged = await db.execute(select(entries.c.member_id).where(entries.c.film_id == film_id).distinct())
    member_ids = list(logged.scalars())
    await db.execute(entries.update().where(entries.c.film_id == film_id).values(film_id=to))
    await ratings.move(db, film_id, to)
    for member_id in member_ids:
        await _rate(db, member_id, [to], now)


async def _known(db: Connection, guids: Sequence[str]) -> dict[str, DiaryEntry]:
    """These entries as they are stored."""
    columns = [entries.c[name] for name in DiaryEntry.__struct_fields__]
    found: dict[str, DiaryEntry] = {}
    for chunk in in_chunks(guids):
        rows = await db.execute(select(*columns).where(entries.c.guid.in_(chunk)))
        found.update({row.guid: DiaryEntry(**row._asdict()) for row in rows})
    return found


def _is_edited(entry: DiaryEntry, before: DiaryEntry | None) -> bool:
    return before is not None and (entry.rating, entry.liked) != (before.rating, before.liked)


async def _rate(
    db: Connection, member_id: int, film_ids: Sequence[int], now: datetime, edited: Collection[int] = ()
) -> None:
    """Let the newest entry of each film say how the member rates it; without any, the diary says nothing of it."""
    newest: dict[int, DiaryEntry] = {}
    for entry in await _entries(db, member_id, film_ids):
        newest[entry.film_id] = max(entry, newest.get(entry.film_id, entry), key=_age)
    said_at = dict.fromkeys(edited, now)
    await ratings.store(db, member_id, _ratings(newest.values(), said_at), provenance=PROVENANCE, now=now)
    unsaid = [film_id for film_id in film_ids if film_id not in newest]
    await ratings.remove(db, member_id, unsaid, provenance=PROVENANCE)


async def _entries(db: Connection, member_id: int, film_ids: Sequence[int]) -> list[DiaryEntry]:
    columns = [entries.c[name] for name in DiaryEntry.__struct_fields__]
    found = []
    for chunk in in_chunks(film_ids):
        rows = await db.execute(
            select(*columns)
            .where(entries.c.member_id == member_id, entries.c.film_id.in_(chunk))
            .order_by(entries.c.id)
        )
        found += [DiaryEntry(**row._asdict()) for row in rows]
    return found


def _age(entry: DiaryEntry) -> tuple[date, datetime]:
    """What was watched later is newer; of one day, what was logged later."""
    return entry.day, entry.published_at


def _ratings(newest: Iterable[DiaryEntry], said_at: Mapping[int, datetime]) -> list[Rating]:
    return [
        Rating(
            film_id=entry.film_id,
            rating=entry.rating,
            liked=entry.liked,
            watched_on=entry.day,
            rated_at=entry.published_at,
            said_at=said_at.get(entry.film_id),
        )
        for entry in newest
    ]
