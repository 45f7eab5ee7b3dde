"""Housekeeping: each time that the house was kept, and what was done."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db.paging import Paging, page_of
from api.db.tables import housekeeping, members
from api.schemas.housekeeping import Keeping, KeepingTrigger
from api.schemas.pages import Page

GIVEN_UP_AFTER = timedelta(hours=2)
Counts = dict[str, dict[str, int]]


async def start(db: AsyncConnection, trigger: KeepingTrigger) -> Keeping:
    """A new housekeeping, or the one that is under way, with `already_running`.

    One that did not end in GIVEN_UP_AFTER was broken off: it is closed as failed.
    """
    now, table = datetime.now(UTC), housekeeping.c
    broken_off = table.finished_at.is_(None) & (table.started_at < now - GIVEN_UP_AFTER)
    reason = "Marquee was stopped in the middle of it."
    await db.execute(housekeeping.update().where(broken_off).values(status="failed", finished_at=now, message=reason))
    running = (await db.execute(select(*housekeeping.c).where(table.finished_at.is_(None)))).first()
    if running is not None:
        return Keeping(**running._asdict(), already_running=True)
    row = housekeeping.insert().values(trigger=trigger, status="queued", started_at=now, counts={})
    made = await db.execute(row.returning(*housekeeping.c))
    return Keeping(**made.one()._asdict())


async def claim(db: AsyncConnection, keeping_id: int) -> bool:
    """Begin this housekeeping, or go on with it; False where it has ended."""
    table = housekeeping.c
    claimed = await db.execute(
        housekeeping.update().where(table.id == keeping_id, table.finished_at.is_(None)).values(status="running")
    )
    return claimed.rowcount > 0


async def close(db: AsyncConnection, keeping_id: int, counts: Counts, message: str | None) -> None:
    """End this housekeeping; it failed where there is a message."""
    values = {"status": "failed" if message else "succeeded", "finished_at": datetime.now(UTC)}
    await db.execute(
        housekeeping.update().where(housekeeping.c.id == keeping_id).values(**values, counts=counts, message=message)
    )


async def listing(db: AsyncConnection, paging: Paging, *, descending: bool) -> Page[Keeping]:
    """Every housekeeping by the time of its start."""
    table = housekeeping.c
    order = (table.started_at.desc(), table.id.desc()) if descending else (table.started_at, table.id)
    total = (await db.execute(select(func.count()).select_from(housekeeping))).scalar_one()
    rows = await db.execute(select(*housekeeping.c).order_by(*order).offset(paging.offset).limit(paging.rows(total)))
    return page_of([Keeping(**row._asdict()) for row in rows], total, paging)


async def is_missed(db: AsyncConnection, since: datetime) -> bool:
    """Whether the house was not kept since then, though somebody lived in it before."""
    query = select(
        func.coalesce(func.max(housekeeping.c.started_at), select(func.min(members.c.created_at)).scalar_subquery())
    )
    last: datetime | None = (await db.execute(query)).scalar_one()
    return last is not None and last < since
