from datetime import UTC, datetime, timedelta

import pytest

from api.db import members, refreshes, runs, sources
from api.db.connection import Connection
from api.db.engine import Database
from api.db.paging import Paging
from api.db.runs import LEASE, LeaseLost, RunOrder
from api.db.sources import SourceNews
from api.errors import Conflict, NotFound
from api.schemas.refreshes import Refresh
from api.schemas.sources import SourceFacts

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def start(database: Database, *usernames: str, force: bool = False) -> Refresh:
    async with database.write() as db:
        return await refreshes.start(db, usernames, trigger="manual", force=force)


async def claim(database: Database, run: Refresh, owner: str, at: datetime) -> RunOrder | None:
    async with database.write() as db:
        return await runs.claim(db, run.id, owner, at)


async def test_a_member_has_one_active_run(database: Database) -> None:
    first = await start(database, "alice")
    second = await start(database, "alice")
    assert (second.id, second.already_running) == (first.id, True)


async def test_members_that_are_free_get_a_run_of_their_own(database: Database) -> None:
    first = await start(database, "alice")
    second = await start(database, "alice", "bob")
    assert second.id != first.id
    assert (second.members, second.already_running) == (["bob"], False)


async def test_an_ended_run_frees_its_members(database: Database) -> None:
    first = await start(database, "alice")
    async with database.write() as db:
        await refreshes.close(db, first.id, status="succeeded", now=NOON)
    assert (await start(database, "alice")).id != first.id


async def test_a_run_belongs_to_one_worker_until_its_lease_lapses(database: Database) -> None:
    run = await start(database, "alice")
    one = await claim(database, run, "one", NOON)
    assert one is not None
    assert await claim(database, run, "two", NOON + LEASE / 2) is None
    two = await claim(database, run, "two", NOON + LEASE + timedelta(seconds=1))
    assert two is not None
    assert (one.attempts, two.attempts) == (1, 2)
    async with database.write() as db:
        assert await runs.wanted(db, one) is None
        assert await runs.wanted(db, two) is True
        with pytest.raises(LeaseLost):
            await runs.demand_lease(db, one)
        await runs.demand_lease(db, two)


async def test_a_run_handed_over_is_taken_up_at_once(database: Database) -> None:
    run = await start(database, "alice")
    order = await claim(database, run, "one", NOON)
    assert order is not None
    async with database.write() as db:
        assert await runs.abandoned(db, NOON) == []
        await runs.hand_over(db, order)
        assert await runs.abandoned(db, NOON) == [(run.id, 1)]
    assert await claim(database, run, "two", NOON) is not None


async def test_an_ended_run_is_never_taken_up(database: Database) -> None:
    run = await start(database, "alice")
    async with database.write() as db:
        await refreshes.close(db, run.id, status="cancelled", now=NOON)
        assert await runs.abandoned(db, NOON) == []
    assert await claim(database, run, "one", NOON) is None


async def test_a_queued_run_is_cancelled_at_once(database: Database) -> None:
    run = await start(database, "alice")
    async with database.write() as db:
        cancelled = await refreshes.request_cancel(db, run.id)
        assert cancelled.status == "cancelled"
        assert cancelled.finished_at is not None
        with pytest.raises(Conflict, match="already ended"):
            await refreshes.request_cancel(db, run.id)


async def test_a_running_one_is_asked_to_end(database: Database) -> None:
    run = await start(database, "alice")
    order = await claim(database, run, "one", datetime.now(UTC))
    assert order is not None
    async with database.write() as db:
        assert (await refreshes.request_cancel(db, run.id)).status == "running"
        assert await runs.wanted(db, order) is False


async def test_a_run_whose_worker_died_is_cancelled_at_once(database: Database) -> None:
    run = await start(database, "alice")
    assert await claim(database, run, "one", datetime.now(UTC) - 2 * LEASE) is not None
    async with database.write() as db:
        assert (await refreshes.request_cancel(db, run.id)).status == "cancelled"
    assert not (await start(database, "alice")).already_running


async def test_a_worker_that_died_before_it_saw_a_cancel_is_not_followed_by_another(database: Database) -> None:
    run = await start(database, "alice")
    now = datetime.now(UTC)
    assert await claim(database, run, "one", now) is not None
    async with database.write() as db:
        await refreshes.request_cancel(db, run.id)
    assert await claim(database, run, "two", now + 2 * LEASE) is None
    async with database.read() as db:
        assert (await refreshes.by_id(db, run.id)).status == "cancelled"


async def test_failures_are_counted_all_and_shown_in_part(database: Database) -> None:
    run = await start(database, "alice")
    async with database.write() as db:
        for number in range(120):
            await runs.record_failure(db, run.id, stage="enriching", code="unreachable", message=str(number), now=NOON)
        whole, [listed] = await refreshes.by_id(db, run.id), (await refreshes.listing(db, Paging())).items
    assert (len(whole.failures), whole.failures_total, whole.failures[0].message) == (100, 120, "0")
    assert (len(listed.failures), listed.failures_total) == (10, 120)


async def test_the_newest_run_is_the_current_one(database: Database) -> None:
    async with database.read() as db:
        with pytest.raises(NotFound):
            await refreshes.newest(db)
    await start(database, "alice")
    second = await start(database, "bob")
    async with database.read() as db:
        assert (await refreshes.newest(db)).id == second.id
        page = await refreshes.listing(db, Paging(page_size=1))
    assert ([run.id for run in page.items], page.total, page.has_next) == ([second.id], 2, True)


async def watchlist_source(db: Connection, *, member: str | None, stale_before: datetime) -> SourceFacts:
    listed = await sources.listing(db, member=member, stale_before=stale_before)
    [source] = [source for source in listed if source.source == "watchlist"]
    return source


async def test_a_source_says_since_when_it_is_as_it_is(database: Database) -> None:
    async with database.write() as db:
        alice = (await members.ensure(db, ["alice"]))["alice"]
        for hours, state in enumerate(["ok", "blocked", "blocked"]):
            moment = NOON + timedelta(hours=hours)
            await sources.record(db, alice, "watchlist", SourceNews(state=state, tried_at=moment))  # type: ignore[arg-type]
        source = await watchlist_source(db, member="alice", stale_before=NOON)
        standing = await sources.standing(db, alice, "watchlist")
    assert (source.state, source.since, source.tried_at) == ("blocked", NOON + timedelta(hours=1), moment)
    assert source.good_at == NOON
    assert standing.failures == 2


async def test_a_member_that_was_never_read_says_so(database: Database) -> None:
    async with database.write() as db:
        await members.ensure(db, ["alice"])
        source = await watchlist_source(db, member=None, stale_before=NOON)
    assert (source.state, source.good_at) == ("never", None)


async def test_an_old_good_read_is_stale(database: Database) -> None:
    async with database.write() as db:
        alice = (await members.ensure(db, ["alice"]))["alice"]
        await sources.record(db, alice, "watchlist", SourceNews(state="ok", tried_at=NOON))
        source = await watchlist_source(db, member=None, stale_before=NOON + timedelta(hours=1))
    assert source.state == "stale"
