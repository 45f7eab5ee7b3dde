"""Watchlists: which films a member wants to see, since when Marquee knows, and what is gone."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db.engine import insert
from api.db.tables import watchlist_entries as entries


async def store(
    db: AsyncConnection, member_id: int, film_ids: Sequence[int], *, first_position: int, refresh_id: int, now: datetime
) -> None:
    """Put these films on the member's watchlist, in this order from `first_position` on.

    Entries that are there already only move; one that was gone comes back.
    """
    if not film_ids:
        return
    statement = insert(db, entries)
    fresh = statement.excluded
    back = entries.c.removed_at.is_not(None)
    statement = statement.on_conflict_do_update(
        index_elements=["member_id", "film_id"],
        set_={
            "position": fresh.position,
            "removed_at": None,
            "removed_refresh_id": None,
            "added_refresh_id": case((back, fresh.added_refresh_id), else_=entries.c.added_refresh_id),
        },
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
                "first_seen_at": now,
                "provenance": "letterboxd",
                "added_refresh_id": refresh_id,
            }
            for offset, film_id in enumerate(unique)
        ],
    )


async def remove_missing(
    db: AsyncConnection, member_id: int, present: Collection[int], *, refresh_id: int, now: datetime
) -> int:
    """Mark every entry removed that a complete read did not show; the number of them."""
    listed = await film_ids(db, member_id)
    gone = [film_id for film_id in listed if film_id not in set(present)]
    if gone:
        await db.execute(
            entries.update()
            .where(entries.c.member_id == member_id, entries.c.film_id.in_(gone))
            .values(removed_at=now, removed_refresh_id=refresh_id, position=None)
        )
    return len(gone)


async def film_ids(db: AsyncConnection, member_id: int) -> list[int]:
    """The films on the member's watchlist now, in its order."""
    rows = await db.execute(
        select(entries.c.film_id)
        .where(entries.c.member_id == member_id, entries.c.removed_at.is_(None))
        .order_by(entries.c.position, entries.c.id)
    )
    return list(rows.scalars())
