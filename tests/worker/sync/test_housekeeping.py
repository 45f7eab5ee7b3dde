from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.db import housekeeping, tables
from api.errors import Unavailable
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


async def failing(services: Services) -> dict[str, int]:
    raise Unavailable("TMDB", "it rests")


async def test_each_step_says_what_it_did(bench: Bench) -> None:
    await keep(bench.services(), await begun(bench), (("proof", proving),))
    kept = await row(bench)
    assert (kept.status, kept.counts, kept.message) == ("succeeded", {"proof": {"proven": 3}}, None)
    assert kept.finished_at is not None


async def test_a_step_that_fails_is_named_and_the_others_are_taken(bench: Bench) -> None:
    await keep(bench.services(), await begun(bench), (("retention", failing), ("proof", proving)))
    kept = await row(bench)
    assert (kept.status, kept.counts) == ("failed", {"proof": {"proven": 3}})
    assert kept.message == "TMDB is not available: it rests."


async def test_one_that_has_ended_is_not_done_again(bench: Bench) -> None:
    keeping_id = await begun(bench)
    await keep(bench.services(), keeping_id, (("proof", proving),))
    await keep(bench.services(), keeping_id, (("proof", failing),))
    assert (await row(bench)).status == "succeeded"
