import logging
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from arq.connections import ArqRedis

from api.db import deliveries, digests
from api.db.deliveries import HELD_FOR, Target
from api.queue import QUEUE, open_queue, reported_targets
from api.settings import Settings
from tests.drivers.database import fresh_database
from tests.drivers.valkey import Valkey
from worker.jobs.news import see_to_deliveries
from worker.notify import NOT_INSTALLED, Notifier
from worker.services import Services
from worker.sync import news

NOT_ASKED: Any = None
NTFY = Target("d1", "ntfy")


@pytest.fixture
async def queue(valkey: Valkey) -> AsyncIterator[ArqRedis]:
    queue = open_queue(valkey.url)
    yield queue
    await queue.aclose(close_connection_pool=True)


@pytest.fixture
async def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Services]:
    """A worker's services with one address in NOTIFY_URLS, where Apprise is not installed."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    settings = Settings(letterboxd_username=("alice",), tmdb_api_key="key")
    outside: dict[str, Any] = {"letterboxd": NOT_ASKED, "tmdb": NOT_ASKED}
    async with fresh_database(tmp_path) as database:
        yield Services(settings=settings, database=database, notifier=Notifier(["ntfy://secret"]), **outside)


async def delivery(services: Services, due: timedelta = timedelta(0)) -> int:
    now = datetime.now(UTC)
    async with services.database.write() as db:
        digest_id = await digests.create(db, kind="news", title="T", body="B", now=now)
        [number] = await deliveries.add(db, digest_id, [NTFY], now + due)
    return number


async def queued(queue: ArqRedis) -> list[str]:
    return [name.decode().rpartition(":")[0] for name in await queue.zrange(QUEUE, 0, -1)]


async def test_what_is_due_is_handed_to_a_worker_and_what_is_not_waits(services: Services, queue: ArqRedis) -> None:
    number = await delivery(services)
    await delivery(services, timedelta(hours=1))
    await see_to_deliveries(services, queue)
    await see_to_deliveries(services, queue)
    assert set(await queued(queue)) == {f"deliver:{number}:0"}


async def test_what_was_broken_off_is_handed_to_nobody(services: Services, queue: ArqRedis) -> None:
    number = await delivery(services)
    long_ago = datetime.now(UTC) - HELD_FOR - timedelta(seconds=1)
    async with services.database.write() as db:
        order = await deliveries.claim(db, number, datetime.now(UTC))
        assert order is not None
        await deliveries.hold(db, order, long_ago)
    await see_to_deliveries(services, queue)
    assert await queued(queue) == []
    async with services.database.read() as db:
        assert (await deliveries.by_id(db, number)).status == "unknown"


async def test_the_worker_reports_where_it_sends_news(services: Services, queue: ArqRedis) -> None:
    assert await reported_targets(queue) is None
    await see_to_deliveries(services, queue)
    reported = await reported_targets(queue)
    assert reported is not None
    [(digest, name, problem)] = reported
    assert (len(digest), name, problem) == (64, "Address 1 (ntfy://…)", NOT_INSTALLED)


async def test_an_address_that_cannot_be_used_is_an_error_in_the_log_and_nothing_else(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        await news.begin(services)
    assert caplog.messages == [f"NOTIFY_URLS: Address 1 (ntfy://…): {NOT_INSTALLED}"]
