import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.db import housekeeping, tables
from api.errors import Transient
from tests.drivers.database import fresh_database
from tests.worker.sync.bench import Bench
from worker.services import Services
from worker.sync.housekeeping import keep


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with fresh_database(tmp_path) as database:
        yield Bench(database)


async def begun(bench: Bench) -> int:
    async with bench.database.write() as db:
        return (await housekeeping.start(db, "manual")).id


async def row(bench: Bench) -> Any:
    async with bench.database.read() as db:
        return (await db.execute(select(tables.housekeeping))).one()


async def proving(services: Services) -> dict[str, int]:
    return {"proven": 3}


async def mistaken(services: Services) -> dict[str, int]:
    raise KeyError("film")


async def failing(services: Services) -> dict[str, int]:
    raise Transient("/3/movie/1", host="TMDB")


async def test_each_step_says_what_it_did(bench: Bench) -> None:
    await keep(bench.services(), await begun(bench), (("proof", proving),))
    kept = await row(bench)
    assert (kept.status, kept.counts, kept.message) == ("succeeded", {"proof": {"proven": 3}}, None)
    assert kept.finished_at is not None


async def test_a_step_that_fails_is_named_and_the_others_are_taken(bench: Bench) -> None:
    await keep(bench.services(), await begun(bench), (("retention", failing), ("proof", proving)))
    kept = await row(bench)
    assert (kept.status, kept.counts) == ("failed", {"proof": {"proven": 3}})
    assert kept.message == "TMDB did not answer."


async def test_one_that_has_ended_is_not_done_again(bench: Bench) -> None:
    keeping_id = await begun(bench)
    await keep(bench.services(), keeping_id, (("proof", proving),))
    await keep(bench.services(), keeping_id, (("proof", failing),))
    assert (await row(bench)).status == "succeeded"


async def test_a_mistake_in_one_step_is_told_and_keeps_no_other_from_being_taken(bench: Bench) -> None:
    await keep(bench.services(), await begun(bench), (("retention", mistaken), ("proof", proving)))
    kept = await row(bench)
    assert (kept.status, kept.counts) == ("failed", {"proof": {"proven": 3}})
    assert kept.message == "Marquee made a mistake (KeyError)."


async def test_what_a_worker_that_was_killed_did_is_not_done_again(bench: Bench) -> None:
    keeping_id, now = await begun(bench), datetime.now(UTC)
    async with bench.database.write() as db:
        assert await housekeeping.claim(db, keeping_id, now) == {}
        await housekeeping.hold(db, keeping_id, {"retention": {"renewed": 1}}, now)
        assert await housekeeping.abandoned(db, now) == []
    await keep(bench.services(), keeping_id, (("proof", proving),))
    assert (await row(bench)).status == "running"
    async with bench.database.write() as db:
        assert await housekeeping.abandoned(db, now + 2 * housekeeping.LEASE) == [keeping_id]
        await housekeeping.let_go(db, keeping_id)
    await keep(bench.services(), keeping_id, (("retention", failing), ("proof", proving)))
    assert (await row(bench)).counts == {"retention": {"renewed": 1}, "proof": {"proven": 3}}


async def test_a_worker_that_ends_leaves_the_housekeeping_to_the_next_one_at_once(bench: Bench) -> None:
    begun_step = asyncio.Event()

    async def endless(services: Services) -> dict[str, int]:
        begun_step.set()
        await asyncio.Event().wait()
        return {}

    keeping_id = await begun(bench)
    keeping = asyncio.create_task(keep(bench.services(), keeping_id, (("retention", endless),)))
    await begun_step.wait()
    keeping.cancel()
    await asyncio.wait([keeping])
    async with bench.database.read() as db:
        assert await housekeeping.abandoned(db, datetime.now(UTC)) == [keeping_id]
