"""Watchlists: which films a member wants to see, since when Marquee knows, and what is gone."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import case, func, select

from api.db.chunks import in_chunks
from api.db.connection import Connection
from api.db.engine import insert
from api.db.tables import watchlist_entries as entries


async def store(
    db: Connection, member_id: int, film_ids: Sequence[int], *, first_position: int, refresh_id: int, now: datetime
) -> None:
    """Put these films on the member's watchlist, in this order from `first_position` on.

    Entries that are there already only move; one that was gone comes back as if it were new.
    """
    if not film_ids:
        return
    statement = insert(db, entries)
    fresh = statement.excluded
    back = entries.c.removed_at.is_not(None)
    reborn = {
        name: case((back, fresh[name]), else_=entries.c[name])
        for name in ("added_refresh_id", "first_seen_at", "added_at", "provenance")
    }
    statement = statement.on_conflict_do_update(
        index_elements=["member_id", "film_id"],
        set_={"position": fresh.position, "removed_at": None, "removed_refresh_id": None, **reborn},
        where=back | entries.c.position.is_distinct_from(fresh.position),
    )
    unique = list(dict.fromkeys(film_ids))
    await db.execute(
        statement,
        [
            {
                "member_id": member_id,
                "film_id": film_id,
                "position": first_position + offset,
                "added_at": None,
                "first_seen_at": now,
                "provenance": "letterboxd",
                "added_refresh_id": refresh_id,
            }
            for offset, film_id in enumerate(unique)
        ],
    )


async def remove_missing(
    db: Connection, member_id: int, present: Collection[int], *, refresh_id: int, now: datetime
) -> int:
    """Mark every entry removed that a complete read did not show; the number of them."""
    kept = set(present)
    gone = [film_id for film_id in await film_ids(db, member_id) if film_id not in kept]
    for chunk in in_chunks(gone):
        await db.execute(
            entries.update()
            .where(entries.c.member_id == member_id, entries.c.film_id.in_(chunk))
            .values(removed_at=now, removed_refresh_id=refresh_id, position=None)
        )
    return len(gone)


async def push_down(db: Connection, member_id: int, read: Collection[int]) -> None:
    """Let the entries that a read has not come to yet follow those that it has, in the order that they had."""
    seen = set(read)
    rows = await db.execute(
        select(entries.c.id, entries.c.film_id, func.coalesce(entries.c.position, 0))
        .where(entries.c.member_id == member_id, entries.c.removed_at.is_(None))
        .order_by(entries.c.position, entries.c.id)
    )
    unread = [(entry_id, position) for entry_id, film_id, position in rows if film_id not in seen]
    moves: dict[int, list[int]] = defaultdict(list)
    for place, (entry_id, position) in enumerate(unread, start=len(seen) + 1):
        moves[place - position].append(entry_id)
    moves.pop(0, None)
    for distance, ids in moves.items():
        for chunk in in_chunks(ids):
            moved = func.coalesce(entries.c.position, 0) + distance
            await db.execute(entries.update().where(entries.c.id.in_(chunk)).values(position=moved))


async def listed(db: Connection, film_ids: Sequence[int]) -> set[int]:
    """Those of these films that are on any member's watchlist now."""
    found: set[int] = set()
    for chunk in in_chunks(film_ids):
        on_a_list = select(entries.c.film_id).where(entries.c.film_id.in_(chunk), entries.c.removed_at.is_(None))
        found.update((await db.execute(on_a_list)).scalars())
    return found


async def film_ids(db: Connection, member_id: int) -> list[int]:
    """The films on the member's watchlist now, in its order."""
    rows = await db.execute(
        select(entries.c.film_id)
        .where(entries.c.member_id == member_id, entries.c.removed_at.is_(None))
        .order_by(entries.c.position, entries.c.id)
    )
    return list(rows.scalars())
