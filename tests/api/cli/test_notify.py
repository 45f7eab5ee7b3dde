"""`marquee notify` against the real API, with a worker's part played by the test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from arq.connections import ArqRedis
from click.testing import CliRunner, Result

from api.app import create_app
from api.cli import main
from api.db import deliveries, digests
from api.db.deliveries import DeliveryOrder, Target
from api.db.engine import Database
from api.queue import open_queue, report_targets
from api.settings import Settings, setting_names
from tests.drivers.database import fresh_database
from tests.drivers.processes import free_port
from tests.drivers.valkey import Valkey

KEY = "a-key"


class Installation:
    """An API that listens on loopback, and a worker that does what a test says."""

    def __init__(self, database: Database, queue: ArqRedis, port: int) -> None:
        self.database = database
        self.queue = queue
        self.port = port

    async def report(self, *problems: str | None) -> None:
        await report_targets(self.queue, [(f"d{n}", f"Target {n}", why) for n, why in enumerate(problems, 1)])

    async def command(self, *arguments: str, **environ: str) -> Result:
        environ = {"API_URL": f"http://127.0.0.1:{self.port}", "API_KEY": KEY, **environ}
        return await asyncio.to_thread(CliRunner().invoke, main, ["notify", *arguments], env=environ)

    async def work(self, outcome: Callable[[DeliveryOrder], Awaitable[None]]) -> None:
        """Take up the next delivery that is due."""
        while (order := await self._claimed()) is None:  # noqa: ASYNC110  another thread decides
            await asyncio.sleep(0.01)
        await outcome(order)

    async def _claimed(self) -> DeliveryOrder | None:
        now = datetime.now(UTC)
        async with self.database.write() as db:
            due = await deliveries.due(db, now)
            return await deliveries.claim(db, due[0][0], now) if due else None

    async def sends(self, order: DeliveryOrder) -> None:
        async with self.database.write() as db:
            await deliveries.sent(db, order, datetime.now(UTC))

    async def fails(self, order: DeliveryOrder) -> None:
        async with self.database.write() as db:
            await deliveries.failed(db, order, "It was refused.", datetime.now(UTC), final=order.test)

    async def delivery(self) -> int:
        """A delivery of news that waits until tomorrow."""
        now = datetime.now(UTC)
        async with self.database.write() as db:
            digest_id = await digests.create(db, kind="news", title="Heat arrived on MUBI", body="-", now=now)
            [number] = await deliveries.add(db, digest_id, [Target("d1", "Target 1")], now + timedelta(days=1))
        return number


@pytest.fixture
async def installation(tmp_path: Path, valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installation]:
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    settings = Settings(
        letterboxd_username=("alice",),
        tmdb_api_key="secret",
        api_key=KEY,
        redis_url=valkey.url,
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}",
        notify_urls=("json://nas.local/x",),
    )
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_config=None))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    queue = open_queue(valkey.url)
    async with fresh_database(tmp_path) as database:
        serving = asyncio.ensure_future(server.serve())
        while not server.started:  # noqa: ASYNC110  the server has no event for it
            await asyncio.sleep(0.01)
        yield Installation(database, queue, port)
        server.should_exit = True
        await serving
    await queue.aclose(close_connection_pool=True)


async def test_a_test_that_arrives_ends_with_0(installation: Installation) -> None:
    await installation.report(None)
    result, _ = await asyncio.gather(installation.command("test"), installation.work(installation.sends))
    assert (result.exit_code, result.stdout) == (0, "Target 1: sent.\n")


async def test_a_test_that_does_not_arrive_ends_with_1_and_its_reason(installation: Installation) -> None:
    await installation.report(None, "Apprise does not understand this address.")
    result, _ = await asyncio.gather(installation.command("test"), installation.work(installation.fails))
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "Target 1: not sent. It was refused.",
        "Target 2: not sent. Apprise does not understand this address.",
    ]


async def test_a_test_to_nowhere_and_a_wrong_key_end_with_2(installation: Installation) -> None:
    await installation.report()
    nowhere = await installation.command("test")
    assert (nowhere.exit_code, "NOTIFY_URLS is not set" in nowhere.stderr) == (2, True)
    wrong = await installation.command("test", API_KEY="wrong")
    assert (wrong.exit_code, "API key" in wrong.stderr) == (2, True)


async def test_a_test_without_a_worker_or_an_api_says_what_is_away(installation: Installation) -> None:
    alone = await installation.command("test")
    assert (alone.exit_code, alone.stderr) == (4, "The worker is not available now.\nTry again in 10 seconds.\n")
    away = await installation.command("test", API_URL="http://127.0.0.1:1")
    assert away.exit_code == 4
    assert away.stderr.startswith("Marquee's API at http://127.0.0.1:1 is not available: nobody answers there.\n")


async def test_the_log_says_what_became_of_each(installation: Installation) -> None:
    assert (await installation.command("log")).stdout == "Nothing was sent so far.\n"
    number = await installation.delivery()
    result = await installation.command("log")
    assert result.exit_code == 0
    assert result.stdout.split()[0] == str(number)
    assert "Target 1: waits." in result.stdout
    assert "Heat arrived on MUBI" in result.stdout


async def test_another_try_says_how_it_went(installation: Installation) -> None:
    number = await installation.delivery()
    trying = installation.command("retry", str(number))
    result, _ = await asyncio.gather(trying, installation.work(installation.fails))
    assert result.exit_code == 1
    assert result.stderr.startswith("Target 1: not sent, next try at 20")
    assert result.stderr.endswith("UTC. It was refused.\n")
    trying = installation.command("retry", str(number))
    result, _ = await asyncio.gather(trying, installation.work(installation.sends))
    assert (result.exit_code, result.stdout) == (0, "Target 1: sent.\n")
    again = await installation.command("retry", str(number))
    assert (again.exit_code, "cannot be sent again: it was sent already" in again.stderr) == (1, True)


async def test_the_log_shows_when_each_was_tried_last_in_the_zone_of_the_settings(installation: Installation) -> None:
    number = await installation.delivery()
    tried = datetime(2031, 7, 1, 20, 30, tzinfo=UTC)
    async with installation.database.write() as db:
        assert await deliveries.claim(db, number, tried)
    assert "2031-07-01 22:30 CEST" in (await installation.command("log", REFRESH_TIMEZONE="Europe/Berlin")).stdout


async def test_what_is_no_number_is_told_in_plain_words(installation: Installation) -> None:
    for wrong in ("abc", "0"):
        result = await installation.command("retry", wrong)
        assert (result.exit_code, f"'{wrong}' is not the number of a delivery" in result.stderr) == (2, True)
