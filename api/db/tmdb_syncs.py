"""Runs that bring lists on TMDB in step: one at a time, each held by the worker that is at it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, func, or_, select

from api.db.connection import Connection
from api.db.paging import Paging, page_of
from api.db.tables import members, tmdb_sync_lists, tmdb_syncs
from api.db.tmdb_lists import ORDER, ListOrder, Refusal, Title, page_at
from api.errors import MarqueeError, NotFound
from api.schemas.pages import Page
from api.schemas.tmdb_lists import RefusedTitle, TmdbSync, TmdbSyncedList, TmdbSyncTrigger, TmdbTitle, UnmatchedFilm

LEASE = timedelta(seconds=15)
ACTIVE = ("queued", "running")
OPEN = ("waiting", "running")
KEPT = 200
TITLES_LISTED = 10


class Report(msgspec.Struct, kw_only=True):
    """What was done with a list so far, or in a dry run would be done."""

    additions: list[Title] = msgspec.field(default_factory=list)
    removals: list[Title] = msgspec.field(default_factory=list)
    moved: int = 0
    kept: int = 0
    requests: int = 0
    not_matched: list[UnmatchedFilm] = msgspec.field(default_factory=list)
    failed: list[Refusal] = msgspec.field(default_factory=list)


class SyncEntry(msgspec.Struct, kw_only=True):
    """One list of a run, and how far it is; `done` and `total` count films."""

    id: int
    member_id: int
    username: str
    order: ListOrder
    state: str
    message: str | None
    tmdb_id: int | None
    list_id: int | None
    done: int
    total: int
    report: Report


class SyncOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A run in the hands of `owner`, and those of its lists that are not done."""

    id: int
    owner: str
    dry_run: bool
    attempts: int
    entries: list[SyncEntry]


class SyncLost(MarqueeError):
    """The run is another worker's by now: nothing more of it may be done here."""

    code = "sync_lost"


async def start(
    db: Connection, wanted: Sequence[tuple[int, ListOrder]], *, trigger: TmdbSyncTrigger, dry_run: bool
) -> tuple[int, bool]:
    """A new run over these lists of members, and True; or the one that waits to do the very same, and False."""
    waiting = await db.execute(
        select(tmdb_syncs.c.id).where(tmdb_syncs.c.state == "queued", tmdb_syncs.c.dry_run == dry_run)
    )
    for sync_id in [*waiting.scalars()]:
        if await _orders(db, sync_id) == list(wanted):
            return sync_id, False
    values = {"trigger": trigger, "dry_run": dry_run, "mode": wanted[0][1].mode, "state": "queued", "attempts": 0}
    made = tmdb_syncs.insert().values(**values, created_at=datetime.now(UTC)).returning(tmdb_syncs.c.id)
    sync_id = int((await db.execute(made)).scalar_one())
    fresh = {"sync_id": sync_id, "state": "waiting", "done": 0, "total": 0, "report": msgspec.to_builtins(Report())}
    await db.execute(
        tmdb_sync_lists.insert(),
        [{"member_id": member_id, **_columns(order), **fresh} for member_id, order in wanted],
    )
    await db.execute(tmdb_syncs.delete().where(tmdb_syncs.c.id <= sync_id - KEPT, tmdb_syncs.c.state.not_in(ACTIVE)))
    return sync_id, True


async def claim(db: Connection, sync_id: int, owner: str, now: datetime) -> SyncOrder | None:
    """Take up this run; None where it has ended, or a worker is at it or at another one: lists are changed by one."""
    held = select(tmdb_syncs.c.id).where(tmdb_syncs.c.state == "running", tmdb_syncs.c.held_until >= now)
    if (await db.execute(held)).first() is not None:
        return None
    claimed = await db.execute(
        tmdb_syncs.update()
        .where(tmdb_syncs.c.id == sync_id, tmdb_syncs.c.state.in_(ACTIVE))
        .values(
            state="running",
            held_by=owner,
            held_until=now + LEASE,
            attempts=tmdb_syncs.c.attempts + 1,
            started_at=func.coalesce(tmdb_syncs.c.started_at, now),
        )
        .returning(tmdb_syncs.c.dry_run, tmdb_syncs.c.attempts)
    )
    row = claimed.one_or_none()
    if row is None:
        return None
    open_ones = await _entries(db, (tmdb_sync_lists.c.sync_id == sync_id) & tmdb_sync_lists.c.state.in_(OPEN))
    return SyncOrder(id=sync_id, owner=owner, dry_run=row.dry_run, attempts=row.attempts, entries=open_ones)


async def hold(db: Connection, order: SyncOrder, now: datetime) -> None:
    """Hold this run for another LEASE; raises SyncLost."""
    held = tmdb_syncs.update().where(_is_held(order)).values(held_until=now + LEASE).returning(tmdb_syncs.c.id)
    if (await db.execute(held)).one_or_none() is None:
        raise SyncLost(f"The sync {order.id} is another worker's by now.")


async def let_go(db: Connection, order: SyncOrder) -> None:
    """Let another worker take this run up at once."""
    await db.execute(tmdb_syncs.update().where(_is_held(order)).values(held_by=None, held_until=None))


async def save(db: Connection, order: SyncOrder, entry: SyncEntry) -> None:
    """Write how far a list is, and hold the run; raises SyncLost."""
    await hold(db, order, datetime.now(UTC))
    values = {name: getattr(entry, name) for name in ("state", "message", "tmdb_id", "list_id", "done", "total")}
    report = msgspec.to_builtins(entry.report)
    await db.execute(tmdb_sync_lists.update().where(tmdb_sync_lists.c.id == entry.id).values(**values, report=report))


async def close(db: Connection, order: SyncOrder, message: str | None = None) -> str:
    """End this run as its lists ended; with a `message` those that are open failed by it. Raises SyncLost."""
    now, table = datetime.now(UTC), tmdb_sync_lists.c
    await hold(db, order, now)
    mine = table.sync_id == order.id
    await db.execute(
        tmdb_sync_lists.update().where(mine, table.state.in_(OPEN)).values(state="failed", message=message)
    )
    states = set((await db.execute(select(table.state).where(mine))).scalars())
    state = states.pop() if len(states) == 1 else "partial"
    values = {"state": state, "finished_at": now, "message": message, "held_by": None, "held_until": None}
    await db.execute(tmdb_syncs.update().where(tmdb_syncs.c.id == order.id).values(values))
    return state


async def waiting(db: Connection, now: datetime) -> list[tuple[int, int]]:
    """The (id, attempts) of each run that is not done and that no worker holds, the oldest first."""
    table = tmdb_syncs.c
    free = or_(table.held_until.is_(None), table.held_until < now)
    rows = await db.execute(select(table.id, table.attempts).where(table.state.in_(ACTIVE), free).order_by(table.id))
    return [(sync_id, attempts) for sync_id, attempts in rows]


async def by_id(db: Connection, sync_id: int, pages: str) -> TmdbSync:
    """The run with this id, with every title; addresses begin with `pages`. Raises NotFound."""
    found = await _syncs(db, tmdb_syncs.c.id == sync_id, pages, titles=None)
    if not found:
        raise NotFound("sync", sync_id)
    return found[0]


async def listing(db: Connection, paging: Paging, pages: str, *, descending: bool) -> Page[TmdbSync]:
    """The runs, newest first unless said otherwise, each with its first titles."""
    total = (await db.execute(select(func.count()).select_from(tmdb_syncs))).scalar_one()
    order = tmdb_syncs.c.id.desc() if descending else tmdb_syncs.c.id
    ids = await db.execute(select(tmdb_syncs.c.id).order_by(order).limit(paging.rows(total)).offset(paging.offset))
    found = await _syncs(db, tmdb_syncs.c.id.in_([*ids.scalars()]), pages, titles=TITLES_LISTED)
    return page_of(found if descending else found[::-1], total, paging)


def _is_held(order: SyncOrder) -> ColumnElement[bool]:
    return (tmdb_syncs.c.id == order.id) & (tmdb_syncs.c.held_by == order.owner) & (tmdb_syncs.c.state == "running")


def _columns(order: ListOrder) -> dict[str, Any]:
    return {name: getattr(order, name) for name in ORDER}


async def _orders(db: Connection, sync_id: int) -> list[tuple[int, ListOrder]]:
    return [(entry.member_id, entry.order) for entry in await _entries(db, tmdb_sync_lists.c.sync_id == sync_id)]


async def _entries(db: Connection, condition: ColumnElement[bool]) -> list[SyncEntry]:
    rows = await db.execute(
        select(tmdb_sync_lists, members.c.username).join(members).where(condition).order_by(tmdb_sync_lists.c.id)
    )
    return [_entry(row) for row in rows]


def _entry(row: Row[Any]) -> SyncEntry:
    plain = ("id", "member_id", "username", "state", "message", "tmdb_id", "list_id", "done", "total")
    return SyncEntry(
        order=ListOrder(**{name: getattr(row, name) for name in ORDER}),
        report=msgspec.convert(row.report, Report),
        **{name: getattr(row, name) for name in plain},
    )


async def _syncs(db: Connection, condition: ColumnElement[bool], pages: str, titles: int | None) -> list[TmdbSync]:
    rows = (await db.execute(select(tmdb_syncs).where(condition).order_by(tmdb_syncs.c.id.desc()))).all()
    lists: defaultdict[int, list[TmdbSyncedList]] = defaultdict(list)
    found = await db.execute(
        select(tmdb_sync_lists, members.c.username)
        .join(members)
        .where(tmdb_sync_lists.c.sync_id.in_([row.id for row in rows]))
        .order_by(tmdb_sync_lists.c.id)
    )
    for each in found:
        lists[each.sync_id].append(_shown(_entry(each), pages, titles))
    return [_sync(row, lists[row.id]) for row in rows]


def _sync(row: Row[Any], lists: list[TmdbSyncedList]) -> TmdbSync:
    return TmdbSync(
        id=row.id,
        trigger=row.trigger,
        state=row.state,
        members=list(dict.fromkeys(each.member for each in lists)),
        dry_run=row.dry_run,
        mode=row.mode,
        done=sum(each.done for each in lists),
        total=sum(each.total for each in lists),
        message=row.message,
        already_running=False,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        lists=lists,
    )


def _shown(entry: SyncEntry, pages: str, titles: int | None) -> TmdbSyncedList:
    report = entry.report
    return TmdbSyncedList(
        member=entry.username,
        kind=entry.order.kind,  # type: ignore[arg-type]
        name=entry.order.name,
        tmdb_id=entry.tmdb_id,
        url=page_at(pages, entry.tmdb_id),
        state=entry.state,  # type: ignore[arg-type]
        message=entry.message,
        done=entry.done,
        total=entry.total,
        added=len(report.additions),
        removed=len(report.removals),
        kept=report.kept,
        reordered=report.moved,
        requests=report.requests,
        additions=[_title(each) for each in report.additions[:titles]],
        removals=[_title(each) for each in report.removals[:titles]],
        not_matched=report.not_matched,
        failed=[RefusedTitle(title=each.title.title, message=each.message) for each in report.failed],
    )


def _title(title: Title) -> TmdbTitle:
    return TmdbTitle(title.title, title.year, title.media_type, title.tmdb_id)  # type: ignore[arg-type]
