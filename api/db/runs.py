"""The worker's side of a refresh: a lease on the run, its progress, its failures and its exact counts.

A run belongs to whoever holds its lease. A worker that dies lets the lease lapse, and another one takes the run up.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, func, or_, select

from api.db.connection import Connection
from api.db.refreshes import ACTIVE, close
from api.db.tables import (
    checkpoints,
    events,
    film_matches,
    members,
    refresh_items,
    refresh_members,
    refreshes,
    watchlist_entries,
)
from api.errors import MarqueeError
from api.schemas.refreshes import RefreshCounts

LEASE = timedelta(seconds=15)


class RunMember(msgspec.Struct, frozen=True):
    id: int
    username: str


class RunOrder(msgspec.Struct, kw_only=True, frozen=True):
    """What a worker that took up a run is to do; `chosen` are the sources to be read, None for every one."""

    id: int
    owner: str
    trigger: str
    force: bool
    created_at: datetime
    attempts: int
    members: list[RunMember]
    chosen: list[str] | None = None

    def reads(self, source: str) -> bool:
        """Whether this source of its members is to be read."""
        return self.chosen is None or source in self.chosen

    def names(self, source: str) -> bool:
        """Whether somebody asked for this source in particular."""
        return self.chosen is not None and source in self.chosen

    @property
    def asked(self) -> bool:
        """Whether a person wants it, and not a time that has come."""
        return self.trigger == "manual"


class Progress(msgspec.Struct, kw_only=True):
    """How far a run is; `done` and `total` count films."""

    stage: str = "reading"
    done: int = 0
    total: int = 0
    eta_seconds: int | None = None


class LeaseLost(MarqueeError):
    """The run is another worker's by now, or has ended: nothing more of it may be written here."""

    code = "lease_lost"

    def __init__(self, refresh_id: int) -> None:
        super().__init__(f"The refresh {refresh_id} is another worker's by now.")


async def claim(db: Connection, refresh_id: int, owner: str, now: datetime) -> RunOrder | None:
    """Take up this run; None when it has ended or another worker is at it.

    One whose end was asked for while nobody worked at it ends here.
    """
    row = (
        await db.execute(select(refreshes).where(refreshes.c.id == refresh_id, _is_free(now)).with_for_update())
    ).one_or_none()
    if row is None:
        return None
    if row.cancel_requested_at is not None:
        await close(db, refresh_id, status="cancelled", now=now)
        return None
    await db.execute(
        refreshes.update()
        .where(refreshes.c.id == refresh_id)
        .values(
            status="running",
            stage="reading",
            started_at=row.started_at or now,
            attempts=row.attempts + 1,
            lease_owner=owner,
            lease_until=now + LEASE,
        )
    )
    await db.execute(delete(refresh_items).where(refresh_items.c.refresh_id == refresh_id))
    return RunOrder(
        id=refresh_id,
        owner=owner,
        trigger=row.trigger,
        force=row.force,
        created_at=row.created_at,
        attempts=row.attempts + 1,
        members=await _members(db, refresh_id),
        chosen=row.sources,
    )


async def abandoned(db: Connection, now: datetime) -> list[tuple[int, int]]:
    """The (id, attempts) of each active run that no worker holds."""
    rows = await db.execute(select(refreshes.c.id, refreshes.c.attempts).where(_is_free(now)).order_by(refreshes.c.id))
    return [(refresh_id, attempts) for refresh_id, attempts in rows]


async def wanted(db: Connection, order: RunOrder) -> bool | None:
    """Whether this run is to go on: False when its end was asked for, None when the lease was lost."""
    row = (await db.execute(select(refreshes.c.cancel_requested_at).where(_is_held(order)))).one_or_none()
    return None if row is None else row.cancel_requested_at is None


async def demand_lease(db: Connection, order: RunOrder) -> None:
    """Make sure, inside a write, that this run is still the caller's; raises LeaseLost."""
    if (await db.execute(select(refreshes.c.id).where(_is_held(order)))).one_or_none() is None:
        raise LeaseLost(order.id)


async def save_progress(
    db: Connection, order: RunOrder, progress: Progress, counts: RefreshCounts, now: datetime
) -> None:
    """Write the run's progress and its counts so far, and hold the lease on."""
    values: dict[str, Any] = msgspec.structs.asdict(progress)
    await db.execute(
        refreshes.update()
        .where(_is_held(order))
        .values(**values, counts=msgspec.to_builtins(counts), lease_until=now + LEASE)
    )


async def hand_over(db: Connection, order: RunOrder) -> None:
    """Let another worker take up this run at once."""
    await db.execute(refreshes.update().where(_is_held(order)).values(lease_owner=None, lease_until=None))


def _is_free(now: datetime) -> ColumnElement[bool]:
    lapsed = or_(refreshes.c.lease_until.is_(None), refreshes.c.lease_until < now)
    return refreshes.c.status.in_(ACTIVE) & lapsed


def _is_held(order: RunOrder) -> ColumnElement[bool]:
    return (refreshes.c.id == order.id) & (refreshes.c.lease_owner == order.owner)


async def record_failure(
    db: Connection,
    refresh_id: int,
    *,
    stage: str,
    code: str,
    message: str,
    now: datetime,
    member_id: int | None = None,
    film_id: int | None = None,
    source: str | None = None,
) -> None:
    """Note one thing that did not work while the run goes on."""
    row = {"refresh_id": refresh_id, "member_id": member_id, "film_id": film_id, "source": source, "at": now}
    await db.execute(refresh_items.insert().values(**row, stage=stage, code=code, message=message))


async def load_checkpoint(db: Connection, refresh_id: int, member_id: int, source: str) -> Any:
    """Where this run's reading of this source stands; None when it did not begin."""
    table = checkpoints
    return (
        await db.execute(
            select(table.c.cursor).where(
                table.c.refresh_id == refresh_id, table.c.member_id == member_id, table.c.source == source
            )
        )
    ).scalar_one_or_none()


async def save_checkpoint(
    db: Connection, refresh_id: int, member_id: int, source: str, cursor: Any, now: datetime
) -> None:
    """Note where this run's reading of this source stands, so that a crash costs one page at most."""
    table = checkpoints
    key = (table.c.refresh_id == refresh_id, table.c.member_id == member_id, table.c.source == source)
    await db.execute(delete(table).where(*key))
    await db.execute(
        table.insert().values(refresh_id=refresh_id, member_id=member_id, source=source, cursor=cursor, updated_at=now)
    )


async def count(db: Connection, refresh_id: int) -> RefreshCounts:
    """The run's counts, from what the database holds: exact whatever happened to its workers."""
    entries = watchlist_entries
    states = await _match_states(db, refresh_id)
    kinds = await _event_kinds(db, refresh_id)
    added, removed, failed = (
        await db.execute(
            select(
                select(func.count()).where(entries.c.added_refresh_id == refresh_id).scalar_subquery(),
                select(func.count()).where(entries.c.removed_refresh_id == refresh_id).scalar_subquery(),
                select(func.count())
                .where(refresh_items.c.refresh_id == refresh_id, refresh_items.c.film_id.is_not(None))
                .scalar_subquery(),
            )
        )
    ).one()
    return RefreshCounts(
        found=sum(states.values()),
        matched=states.get("found", 0),
        review=states.get("review", 0),
        not_found=states.get("not_found", 0),
        failed=failed,
        added=added,
        removed=removed,
        arrived=kinds.get("arrived", 0),
        left=kinds.get("left", 0),
    )


async def _event_kinds(db: Connection, refresh_id: int) -> dict[str, int]:
    query = select(events.c.kind, func.count()).where(events.c.refresh_id == refresh_id).group_by(events.c.kind)
    return dict((await db.execute(query)).all())


async def _match_states(db: Connection, refresh_id: int) -> dict[str, int]:
    """How many films of the run's members are in each state of matching."""
    entries = watchlist_entries
    listed = (
        select(entries.c.film_id)
        .join(refresh_members, refresh_members.c.member_id == entries.c.member_id)
        .where(refresh_members.c.refresh_id == refresh_id, entries.c.removed_at.is_(None))
        .distinct()
        .subquery()
    )
    rows = await db.execute(
        select(film_matches.c.state, func.count())
        .select_from(listed)
        .join(film_matches, film_matches.c.film_id == listed.c.film_id)
        .group_by(film_matches.c.state)
    )
    return dict(rows.all())


async def _members(db: Connection, refresh_id: int) -> list[RunMember]:
    rows = await db.execute(
        select(members.c.id, members.c.username)
        .join(refresh_members)
        .where(refresh_members.c.refresh_id == refresh_id)
        .order_by(refresh_members.c.position)
    )
    return [RunMember(*row) for row in rows]
