"""A run in a worker's hands, on a real database; what the work does is a function of the test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db import refreshes, runs
from api.db.engine import Database
from api.db.runs import LEASE
from api.errors import KeyRefused, Unavailable
from api.schemas.refreshes import Refresh
from tests.drivers.database import fresh_database
from worker.estimate import Estimate
from worker.progress import Run, perform

ESTIMATE = Estimate(seconds_per_page=2.0, requests_per_second=20.0)


class Shaky(Database):
    """A database that can be away for a number of writes."""

    failures = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        if self.failures:
            self.failures -= 1
            raise Unavailable("The database", "it is locked")
        async with super().write() as db:
            yield db


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Shaky]:
    async with fresh_database(tmp_path):
        shaky = Shaky(f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}")
        yield shaky
        await shaky.close()


@pytest.fixture
async def refresh(database: Shaky) -> Refresh:
    async with database.write() as db:
        return await refreshes.start(db, ["alice"], trigger="manual", force=False)


async def state(database: Database, run: Refresh) -> Refresh:
    async with database.read() as db:
        return await refreshes.by_id(db, run.id)


async def test_work_that_ends_well_ends_the_run_well(database: Shaky, refresh: Refresh) -> None:
    async def work(run: Run) -> None:
        run.expect(2)
        run.advance(2)

    await perform(database, refresh.id, ESTIMATE, work)
    ended = await state(database, refresh)
    assert (ended.status, ended.done, ended.total, ended.error) == ("succeeded", 2, 2, None)


async def test_a_refused_key_is_the_runs_error(database: Shaky, refresh: Refresh) -> None:
    async def work(run: Run) -> None:
        raise KeyRefused

    await perform(database, refresh.id, ESTIMATE, work)
    ended = await state(database, refresh)
    assert ended.error is not None
    assert (ended.status, ended.error.code) == ("failed", "key_refused")


async def test_progress_that_cannot_be_written_once_does_not_disturb_the_work(
    database: Shaky, refresh: Refresh
) -> None:
    async def work(run: Run) -> None:
        run.expect(1)
        database.failures = 1
        while database.failures:  # noqa: ASYNC110  the keeper's tick decides
            await asyncio.sleep(0.01)
        run.advance()

    await perform(database, refresh.id, ESTIMATE, work)
    assert (await state(database, refresh)).status == "succeeded"


async def test_work_that_cannot_reach_the_database_is_left_to_the_next_worker(
    database: Shaky, refresh: Refresh
) -> None:
    async def broken(run: Run) -> None:
        raise Unavailable("The database", "it is locked")

    async def whole(run: Run) -> None:
        run.expect(1)
        run.advance()

    await perform(database, refresh.id, ESTIMATE, broken)
    assert (await state(database, refresh)).status == "running"
    async with database.read() as db:
        assert await runs.abandoned(db, datetime.now(UTC)) == [(refresh.id, 1)]
    await perform(database, refresh.id, ESTIMATE, whole)
    assert (await state(database, refresh)).status == "succeeded"


async def test_a_worker_that_lost_its_lease_ends_nothing(database: Shaky, refresh: Refresh) -> None:
    async def work(run: Run) -> None:
        async with database.write() as db:
            await runs.hand_over(db, run.order)
            assert await runs.claim(db, refresh.id, "another", datetime.now(UTC)) is not None

    await perform(database, refresh.id, ESTIMATE, work)
    assert (await state(database, refresh)).status == "running"


async def test_losing_the_lease_stops_the_work(database: Shaky, refresh: Refresh) -> None:
    stopped = asyncio.Event()

    async def work(run: Run) -> None:
        async with database.write() as db:
            await runs.hand_over(db, run.order)
            assert await runs.claim(db, refresh.id, "another", datetime.now(UTC)) is not None
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()

    await perform(database, refresh.id, ESTIMATE, work)
    assert stopped.is_set()
    assert (await state(database, refresh)).status == "running"


async def test_a_shutdown_hands_the_run_over(database: Shaky, refresh: Refresh) -> None:
    begun = asyncio.Event()

    async def work(run: Run) -> None:
        begun.set()
        await asyncio.sleep(60)

    performing = asyncio.create_task(perform(database, refresh.id, ESTIMATE, work))
    await begun.wait()
    performing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await performing
    async with database.write() as db:
        assert await runs.claim(db, refresh.id, "another", datetime.now(UTC)) is not None


async def test_a_run_that_another_worker_holds_is_left_alone(database: Shaky, refresh: Refresh) -> None:
    async with database.write() as db:
        await runs.claim(db, refresh.id, "another", datetime.now(UTC) + LEASE)

    async def work(run: Run) -> None:
        raise AssertionError("not to be begun")

    await perform(database, refresh.id, ESTIMATE, work)
    assert (await state(database, refresh)).status == "running"


async def test_one_member_read_well_is_not_a_failure(database: Shaky) -> None:
    async with database.write() as db:
        run = await refreshes.start(db, ["hidden", "empty"], trigger="manual", force=False)

    async def work(run: Run) -> None:
        await run.source_failed(run.order.members[0].id, "watchlist", "private", "The watchlist of hidden is private.")

    await perform(database, run.id, ESTIMATE, work)
    ended = await state(database, run)
    assert ended.status == "partial"
    assert [(failure.member, failure.source) for failure in ended.failures] == [("hidden", "watchlist")]


async def test_how_many_watchlists_could_not_be_read_is_told_where_it_is_several(
    database: Shaky, caplog: pytest.LogCaptureFixture
) -> None:
    async with database.write() as db:
        run = await refreshes.start(db, ["hidden", "closed", "empty"], trigger="manual", force=False)

    async def work(run: Run) -> None:
        for member in run.order.members[:2]:
            await run.source_failed(member.id, "watchlist", "private", f"{member.username} is private.")

    with caplog.at_level("INFO"):
        await perform(database, run.id, ESTIMATE, work)
    error = (await state(database, run)).error
    assert error is not None
    assert error.message == "hidden is private. In all, 2 of 3 watchlists could not be read."
    assert "partial: 1 of 3 watchlists read, 0 of 0 films done; hidden is private." in caplog.text
