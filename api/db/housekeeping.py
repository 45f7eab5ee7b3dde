"""Housekeeping: each time that the house was kept, and what was done."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from api.db.connection import Connection
from api.db.paging import Paging, page_of
from api.db.tables import housekeeping, members
from api.schemas.housekeeping import Keeping, KeepingTrigger
from api.schemas.pages import Page

LEASE = timedelta(seconds=30)
GIVEN_UP_AFTER = timedelta(hours=12)
Counts = dict[str, dict[str, int]]
COLUMNS = tuple(housekeeping.c[name] for name in Keeping.__struct_fields__ if name in housekeeping.c)


async def start(db: Connection, trigger: KeepingTrigger) -> Keeping:
    """A new housekeeping, or the one that is under way, with `already_running`.

    One that did not end in GIVEN_UP_AFTER, however often it was taken up, is closed as failed.
    """
    now, table = datetime.now(UTC), housekeeping.c
    hopeless = table.finished_at.is_(None) & (table.started_at < now - GIVEN_UP_AFTER)
    reason = "It did not come to an end in half a day."
    await db.execute(housekeeping.update().where(hopeless).values(status="failed", finished_at=now, message=reason))
    running = (await db.execute(select(*COLUMNS).where(table.finished_at.is_(None)))).first()
    if running is not None:
        return Keeping(**running._asdict(), already_running=True)
    row = housekeeping.insert().values(trigger=trigger, status="queued", started_at=now, counts={})
    made = await db.execute(row.returning(*COLUMNS))
    return Keeping(**made.one()._asdict())


async def claim(db: Connection, keeping_id: int, now: datetime) -> Counts | None:
    """Take this housekeeping up, for LEASE; what each of its steps did already. None where it ended or is in hand."""
    free = housekeeping.c.held_until.is_(None) | (housekeeping.c.held_until < now)
    claimed = await db.execute(
        housekeeping.update()
        .where(housekeeping.c.id == keeping_id, housekeeping.c.finished_at.is_(None), free)
        .values(status="running", held_until=now + LEASE)
        .returning(housekeeping.c.counts)
    )
    counts: Counts | None = claimed.scalar_one_or_none()
    return counts


async def hold(db: Connection, keeping_id: int, counts: Counts, now: datetime) -> None:
    """Hold this housekeeping for another LEASE, and note what its steps did so far."""
    await db.execute(
        housekeeping.update()
        .where(housekeeping.c.id == keeping_id, housekeeping.c.finished_at.is_(None))
        .values(held_until=now + LEASE, counts=counts)
    )


async def let_go(db: Connection, keeping_id: int) -> None:
    """Let another worker take this housekeeping up at once."""
    await db.execute(housekeeping.update().where(housekeeping.c.id == keeping_id).values(held_until=None))


async def close(db: Connection, keeping_id: int, counts: Counts, message: str | None) -> None:
    """End this housekeeping; it failed where there is a message."""
    values = {"status": "failed" if message else "succeeded", "finished_at": datetime.now(UTC)}
    await db.execute(
        housekeeping.update().where(housekeeping.c.id == keeping_id).values(**values, counts=counts, message=message)
    )


async def abandoned(db: Connection, now: datetime) -> list[int]:
    """The housekeepings that did not end and that no worker holds."""
    table = housekeeping.c
    free = table.held_until.is_(None) | (table.held_until < now)
    return list((await db.execute(select(table.id).where(table.finished_at.is_(None), free))).scalars())


async def listing(db: Connection, paging: Paging, *, descending: bool) -> Page[Keeping]:
    """Every housekeeping by the time of its start."""
    table = housekeeping.c
    order = (table.started_at.desc(), table.id.desc()) if descending else (table.started_at, table.id)
    total = (await db.execute(select(func.count()).select_from(housekeeping))).scalar_one()
    rows = await db.execute(select(*COLUMNS).order_by(*order).offset(paging.offset).limit(paging.rows(total)))
    return page_of([Keeping(**row._asdict()) for row in rows], total, paging)


async def is_missed(db: Connection, since: datetime) -> bool:
    """Whether the house was not kept since then, though somebody lived in it before."""
    query = select(
        func.coalesce(func.max(housekeeping.c.started_at), select(func.min(members.c.created_at)).scalar_subquery())
    )
    last: datetime | None = (await db.execute(query)).scalar_one()
    return last is not None and last < since
