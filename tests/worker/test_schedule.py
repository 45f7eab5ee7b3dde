from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from api.db import housekeeping, members, refreshes, sources, tables
from api.db.paging import Paging
from api.db.sources import SourceNews
from api.queue import KEEP_HOUSE, QUEUE, SEE_TO_FILM, beat, enqueue_refresh, fall_silent, open_queue, ping
from api.settings import Schedule, Settings
from tests.drivers.database import fresh_database
from tests.drivers.valkey import Valkey
from tests.factories import FilmRow, MatchRow, add
from worker.schedule import Keeper, crontab_job
from worker.services import Services

NOT_ASKED: Any = None


async def job(ctx: dict[Any, Any]) -> None:
    return None


def test_the_next_time_is_that_of_the_crontab_in_its_zone() -> None:
    cron_job = crontab_job(job, Schedule("30 6 * * *", ZoneInfo("Europe/Warsaw")))
    cron_job.calculate_next(datetime(2027, 7, 1, 12, tzinfo=UTC))
    assert cron_job.next_run == datetime(2027, 7, 2, 4, 30, tzinfo=UTC)


def test_times_missed_while_the_machine_slept_are_not_made_up_one_by_one() -> None:
    cron_job = crontab_job(job, Schedule("* * * * *", ZoneInfo("UTC")))
    cron_job.calculate_next(datetime.now(UTC) - timedelta(hours=8))
    assert cron_job.next_run is not None
    assert cron_job.next_run > datetime.now(UTC) - timedelta(seconds=1)


def test_day_of_month_or_day_of_week_as_cron_has_it() -> None:
    schedule = Schedule("0 0 13 * 5", ZoneInfo("UTC"))
    assert schedule.next_after(datetime(2026, 11, 20, 1, tzinfo=UTC)) == datetime(2026, 11, 27, tzinfo=UTC)
    assert schedule.next_after(datetime(2026, 12, 12, tzinfo=UTC)) == datetime(2026, 12, 13, tzinfo=UTC)


def test_the_period_is_the_time_between_two_refreshes() -> None:
    weekly = Schedule("0 0 * * 0", ZoneInfo("UTC"))
    assert weekly.period(datetime(2026, 11, 20, tzinfo=UTC)) == timedelta(days=7)


@pytest.fixture
async def keeper(tmp_path: Path, valkey: Valkey) -> AsyncIterator[Keeper]:
    """The keeper of a worker that follows alice, not started."""
    settings = Settings(letterboxd_username=("alice",), tmdb_api_key="key")
    queue = open_queue(valkey.url)
    async with fresh_database(tmp_path) as database:
        services = Services(settings=settings, database=database, letterboxd=NOT_ASKED, tmdb=NOT_ASKED)
        yield Keeper(services, queue)
    await queue.aclose(close_connection_pool=True)


async def test_a_run_is_taken_up_though_its_job_died_with_the_worker(keeper: Keeper) -> None:
    async with keeper.services.database.write() as db:
        run = await refreshes.start(db, ["alice"], trigger="manual", force=False)
    await enqueue_refresh(keeper.queue, run.id)
    [picked_up] = await keeper.queue.zrange(QUEUE, 0, -1)
    await keeper.queue.set(f"arq:in-progress:{picked_up.decode()}", b"1")
    await keeper.queue.zrem(QUEUE, picked_up)
    await keeper.look_after()
    assert await keeper.queue.zcard(QUEUE) == 1


async def test_a_source_is_read_again_when_its_time_has_come(keeper: Keeper) -> None:
    now = datetime.now(UTC)
    async with keeper.services.database.write() as db:
        alice = (await members.ensure(db, ["alice"]))["alice"]
        news = SourceNews(state="blocked", tried_at=now, next_try_at=now + timedelta(hours=6))
        await sources.record(db, alice, "watchlist", news)
    await keeper.look_after()
    async with keeper.services.database.write() as db:
        assert (await refreshes.listing(db, Paging())).total == 0
        await sources.record(db, alice, "watchlist", replace(news, next_try_at=now))
    await keeper.look_after()
    async with keeper.services.database.read() as db:
        run = await refreshes.newest(db)
    assert (run.trigger, run.members) == ("retry", ["alice"])


async def test_what_is_due_is_tried_by_one_run_though_that_finds_nothing_to_ask_for(keeper: Keeper) -> None:
    now = datetime.now(UTC)
    async with keeper.services.database.write() as db:
        alice = (await members.ensure(db, ["alice"]))["alice"]
        await sources.record(db, alice, "film_pages", SourceNews(state="blocked", tried_at=now, next_try_at=now))
    for _ in range(2):
        await keeper.look_after()
        async with keeper.services.database.write() as db:
            run = await refreshes.newest(db)
            await refreshes.close(db, run.id, status="succeeded", now=now)
    async with keeper.services.database.read() as db:
        assert (await refreshes.listing(db, Paging())).total == 1


async def test_film_pages_that_nobody_needed_are_nothing_to_catch_up(keeper: Keeper) -> None:
    now = datetime.now(UTC)
    async with keeper.services.database.write() as db:
        alice = (await members.ensure(db, ["alice"]))["alice"]
        await sources.record(db, alice, "watchlist", SourceNews(state="ok", tried_at=now))
        assert await sources.untried_since(db, now - timedelta(days=1)) == ["alice"], "her films were never read"
        await sources.record(db, alice, "films", SourceNews(state="ok", tried_at=now - timedelta(days=90)))
        await sources.record(db, alice, "film_pages", SourceNews(state="ok", tried_at=now - timedelta(days=90)))
        assert await sources.untried_since(db, now - timedelta(days=1)) == []


async def test_one_worker_that_ends_does_not_silence_another(keeper: Keeper) -> None:
    await beat(keeper.queue, "another")
    await keeper.look_after()
    await keeper.stop()
    assert (await ping(keeper.queue))["worker"] is True
    await fall_silent(keeper.queue, "another")
    assert (await ping(keeper.queue))["worker"] is False


async def test_a_housekeeping_is_taken_up_though_its_job_died_with_the_worker(keeper: Keeper) -> None:
    async with keeper.services.database.write() as db:
        keeping = await housekeeping.start(db, "manual")
        await housekeeping.claim(db, keeping.id, datetime.now(UTC) - 2 * housekeeping.LEASE)
    await keeper.look_after()
    [job] = await keeper.queue.zrange(QUEUE, 0, -1)
    assert job.decode().startswith(f"{KEEP_HOUSE}:{keeping.id}:")


async def test_a_decided_film_is_read_though_its_job_died_with_the_worker(keeper: Keeper) -> None:
    async with keeper.services.database.write() as db:
        await add(db, tables.films, FilmRow.build(id=1), FilmRow.build(id=2))
        decided = {"confidence": "proven", "method": "person"}
        await add(db, tables.film_matches, MatchRow.build(film_id=1, **decided), MatchRow.build(film_id=2))
        await db.execute(tables.film_matches.update().where(tables.film_matches.c.film_id == 1).values(locked=True))
    await keeper.look_after()
    [job] = await keeper.queue.zrange(QUEUE, 0, -1)
    assert job.decode().startswith(f"{SEE_TO_FILM}:1:")


@pytest.mark.parametrize(("days", "queued"), [(0, 0), (3, 1)])
async def test_the_house_is_kept_at_the_start_where_that_was_missed(keeper: Keeper, days: int, queued: int) -> None:
    async with keeper.services.database.write() as db:
        keeping = await housekeeping.start(db, "cron")
        await housekeeping.close(db, keeping.id, {}, None)
        then = datetime.now(UTC) - timedelta(days=days)
        await db.execute(tables.housekeeping.update().values(started_at=then))
    await keeper.catch_up_housekeeping()
    assert await keeper.queue.zcard(QUEUE) == queued
