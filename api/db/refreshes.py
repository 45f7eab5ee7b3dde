"""Runs of work: the truth about what is being refreshed, how far it is, and how it ended."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, func, select

from api.db import members as member_rows
from api.db.connection import Connection
from api.db.paging import Paging, page_of
from api.db.tables import checkpoints, films, members, refresh_items, refresh_members, refreshes
from api.errors import Conflict, NotFound, TooSoon
from api.schemas.pages import Page
from api.schemas.refreshes import Refresh, RefreshCounts, RefreshError, RefreshFailure, RefreshTrigger

KIND = "watchlist"
PARTIAL = "sources"
"""The kind of a run that reads some sources, and not the watchlist."""
ACTIVE = ("queued", "running")
KEPT = 500
FAILURES_SHOWN = 100
FAILURES_LISTED = 10
FAILURE = ("member", "slug", "title", "source", "stage", "code", "message")


AT_ONCE = timedelta(0)


async def start(
    db: Connection,
    usernames: Sequence[str],
    *,
    trigger: RefreshTrigger,
    force: bool,
    sources: Sequence[str] | None = None,
    pause: timedelta = AT_ONCE,
) -> Refresh:
    """A new run over these members, or the running one (`already_running`) when all of them are in one.

    It reads every source, or these. A member has one active run at a time: of several, those that are being refreshed
    already are left out. Raises TooSoon where somebody had each of the others refreshed, and that began within `pause`.
    """
    now = datetime.now(UTC)
    ids = await member_rows.ensure(db, usernames)
    busy = await _active_runs(db, list(ids.values()))
    free = [member_id for member_id in ids.values() if member_id not in busy]
    if not free:
        run = await by_id(db, next(iter(busy.values())))
        run.already_running = True
        return run
    await _demand_pause(db, free, pause, now)
    kind = KIND if sources is None or KIND in sources else PARTIAL
    refresh_id = await _insert(db, kind=kind, trigger=trigger, force=force, sources=sources, now=now)
    await db.execute(
        refresh_members.insert(),
        [
            {"refresh_id": refresh_id, "member_id": member_id, "position": position, "kind": kind, "active": True}
            for position, member_id in enumerate(free)
        ],
    )
    return await by_id(db, refresh_id)


async def is_busy(db: Connection, member_id: int) -> bool:
    """Whether a run reads this member now."""
    return bool(await _active_runs(db, [member_id]))


async def reading(db: Connection, username: str, source: str) -> Refresh | None:
    """The run that reads this source of this member now, or will."""
    known = await member_rows.ids(db, [username])
    for refresh_id in (await _active_runs(db, list(known.values()))).values():
        run = await by_id(db, refresh_id)
        if run.sources is None or source in run.sources:
            return run
    return None


async def by_id(db: Connection, refresh_id: int) -> Refresh:
    """The run with this id; raises NotFound."""
    runs = await _runs(db, refreshes.c.id == refresh_id, FAILURES_SHOWN)
    if not runs:
        raise NotFound("refresh", refresh_id)
    return runs[0]


async def newest(db: Connection) -> Refresh:
    """The run that was asked for last; raises NotFound when there was none yet."""
    newest_id = (await db.execute(select(func.max(refreshes.c.id)))).scalar()
    if newest_id is None:
        raise NotFound("refresh", "yet")
    return await by_id(db, newest_id)


async def listing(db: Connection, paging: Paging, *, descending: bool = True) -> Page[Refresh]:
    """The runs, newest first unless said otherwise, each with a few of its failures."""
    total = (await db.execute(select(func.count()).select_from(refreshes))).scalar_one()
    order = refreshes.c.id.desc() if descending else refreshes.c.id
    ids = (
        await db.execute(select(refreshes.c.id).order_by(order).limit(paging.rows(total)).offset(paging.offset))
    ).scalars()
    runs = await _runs(db, refreshes.c.id.in_(list(ids)), FAILURES_LISTED)
    return page_of(runs if descending else runs[::-1], total, paging)


async def request_cancel(db: Connection, refresh_id: int) -> Refresh:
    """Ask the worker to end this run; one that no worker is at ends at once.

    Raises NotFound, or Conflict when it has ended already.
    """
    now = datetime.now(UTC)
    run = await by_id(db, refresh_id)
    if run.status not in ACTIVE:
        raise Conflict("refresh", refresh_id, f"it has already ended ({run.status})")
    await db.execute(
        refreshes.update()
        .where(refreshes.c.id == refresh_id, refreshes.c.cancel_requested_at.is_(None))
        .values(cancel_requested_at=now)
    )
    if await _is_idle(db, refresh_id, now):
        await close(db, refresh_id, status="cancelled", now=now)
    return await by_id(db, refresh_id)


class RunError(msgspec.Struct, frozen=True):
    """Why a run ended as it did: a code for programs, a message for people."""

    code: str
    message: str


async def close(db: Connection, refresh_id: int, *, status: str, now: datetime, error: RunError | None = None) -> None:
    """End a run; its members are free for the next one, and what only its work needed is dropped."""
    await db.execute(
        refreshes.update()
        .where(refreshes.c.id == refresh_id)
        .values(
            status=status,
            stage="finished",
            finished_at=now,
            eta_seconds=None,
            lease_owner=None,
            lease_until=None,
            error_code=error and error.code,
            error_message=error and error.message,
        )
    )
    await db.execute(refresh_members.update().where(refresh_members.c.refresh_id == refresh_id).values(active=False))
    await db.execute(checkpoints.delete().where(checkpoints.c.refresh_id == refresh_id))
    await db.execute(refreshes.delete().where(refreshes.c.id <= refresh_id - KEPT, refreshes.c.status.not_in(ACTIVE)))


async def _is_idle(db: Connection, refresh_id: int, now: datetime) -> bool:
    """Whether no worker is at this run."""
    lease = (await db.execute(select(refreshes.c.lease_until).where(refreshes.c.id == refresh_id))).scalar_one()
    return lease is None or lease < now


async def _active_runs(db: Connection, member_ids: Sequence[int]) -> dict[int, int]:
    table = refresh_members
    rows = await db.execute(
        select(table.c.member_id, table.c.refresh_id)
        .where(table.c.member_id.in_(member_ids), table.c.active)
        .order_by(table.c.refresh_id)
    )
    return dict(rows.all())


async def _demand_pause(db: Connection, member_ids: Sequence[int], pause: timedelta, now: datetime) -> None:
    """Raises TooSoon where the last run that was asked for began within `pause`, for each of these members."""
    if not pause:
        return
    table = refresh_members
    rows = await db.execute(
        select(table.c.member_id, func.max(refreshes.c.started_at))
        .join(refreshes, refreshes.c.id == table.c.refresh_id)
        .where(table.c.member_id.in_(member_ids), refreshes.c.trigger == "manual")
        .where(refreshes.c.started_at > now - pause)
        .group_by(table.c.member_id)
    )
    began = [at for _, at in rows]
    if len(began) == len(member_ids):
        raise TooSoon(max(1, ceil((min(began) + pause - now).total_seconds())))


async def _insert(
    db: Connection, *, kind: str, trigger: str, force: bool, sources: Sequence[str] | None, now: datetime
) -> int:
    values: dict[str, Any] = {
        "kind": kind,
        "sources": None if sources is None else list(sources),
        "trigger": trigger,
        "force": force,
        "status": "queued",
        "stage": "queued",
        "done": 0,
        "total": 0,
        "counts": {},
        "created_at": now,
        "attempts": 0,
    }
    return int((await db.execute(refreshes.insert().values(values).returning(refreshes.c.id))).scalar_one())


async def _runs(db: Connection, condition: ColumnElement[bool], failures_shown: int) -> list[Refresh]:
    """These runs, newest first, each with its first failures and the number of all."""
    rows = (await db.execute(select(refreshes).where(condition).order_by(refreshes.c.id.desc()))).all()
    ids = [row.id for row in rows]
    usernames, failures = await _usernames(db, ids), await _failures(db, ids, failures_shown)
    return [_run(row, usernames[row.id], failures[row.id]) for row in rows]


async def _usernames(db: Connection, refresh_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = await db.execute(
        select(refresh_members.c.refresh_id, members.c.username)
        .join(members)
        .where(refresh_members.c.refresh_id.in_(refresh_ids))
        .order_by(refresh_members.c.position)
    )
    for refresh_id, username in rows:
        found[refresh_id].append(username)
    return found


class _Failures(msgspec.Struct):
    shown: list[RefreshFailure] = msgspec.field(default_factory=list)
    total: int = 0


async def _failures(db: Connection, refresh_ids: Sequence[int], most: int) -> dict[int, _Failures]:
    """The first failures of each run, at most `most`, and how many there are."""
    item = refresh_items.c
    numbered = (
        select(
            refresh_items,
            func.row_number().over(partition_by=item.refresh_id, order_by=item.id).label("number"),
            func.count().over(partition_by=item.refresh_id).label("total"),
        )
        .where(item.refresh_id.in_(refresh_ids))
        .subquery()
    )
    first = numbered.c
    rows = await db.execute(
        select(first.refresh_id, first.total, members.c.username, films.c.slug, films.c.title)
        .add_columns(first.source, first.stage, first.code, first.message)
        .select_from(numbered)
        .outerjoin(members, members.c.id == first.member_id)
        .outerjoin(films, films.c.id == first.film_id)
        .where(first.number <= most)
        .order_by(first.id)
    )
    found: dict[int, _Failures] = defaultdict(_Failures)
    for refresh_id, total, *values in rows:
        found[refresh_id].total = total
        found[refresh_id].shown.append(RefreshFailure(**dict(zip(FAILURE, values, strict=True))))
    return found


def _run(row: Row[Any], usernames: list[str], failures: _Failures) -> Refresh:
    return Refresh(
        id=row.id,
        kind=row.kind,
        trigger=row.trigger,
        force=row.force,
        members=usernames,
        sources=row.sources,
        status=row.status,
        stage=row.stage,
        done=row.done,
        total=row.total,
        percent=_percent(row),
        eta_seconds=row.eta_seconds,
        counts=RefreshCounts(**row.counts),
        already_running=False,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        error=RefreshError(code=row.error_code, message=row.error_message) if row.error_code else None,
        failures=failures.shown,
        failures_total=failures.total,
    )


def _percent(row: Row[Any]) -> int:
    if row.total:
        return int(100 * min(row.done, row.total) // row.total)
    return 100 if row.status == "succeeded" else 0
