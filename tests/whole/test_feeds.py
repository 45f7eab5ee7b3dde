"""Feeds through the real API and the real page, read by a real reader."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler

import feedparser  # type: ignore[import-untyped]
import httpx
import pytest

from api.auth import feed_token
from api.db import tables
from api.db.engine import Database
from api.db.migrate import upgrade
from tests.drivers.processes import PATIENCE, Child, free_port
from tests.factories import AvailabilityRow, EventRow, FilmRow, ProviderRow, add

KEY = "a-key-that-nobody-logs"
TOKEN = feed_token(KEY, "changes.atom")


class Served:
    """The API and the page, each in its process, with everything logged."""

    def __init__(self, folder: Path) -> None:
        self.api_url, self.page_url = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        self.database_url = f"sqlite+aiosqlite:///{folder / 'marquee.db'}"
        settings = {
            "LETTERBOXD_USERNAME": "alice",
            "TMDB_API_KEY": "demo",
            "API_KEY": KEY,
            "DATABASE_URL": self.database_url,
            "API_URL": self.api_url,
            "API_PORT": self.api_url.rpartition(":")[2],
            "WEB_PORT": self.page_url.rpartition(":")[2],
            "LOG_LEVEL": "DEBUG",
        }
        self.processes = [Child(name, settings, folder, name) for name in ("api", "web")]

    async def start(self) -> None:
        await upgrade(self.database_url)
        for process in self.processes:
            process.start()
        async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(PATIENCE):
            for url in (self.api_url, self.page_url):
                while not await _answers(client, url):  # noqa: ASYNC110  another process decides
                    await asyncio.sleep(0.02)

    @property
    def log(self) -> str:
        return "\n".join(process.log for process in self.processes)


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/health/live")).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    served = Served(tmp_path)
    try:
        await served.start()
        yield served
    finally:
        for process in served.processes:
            await process.kill()


async def read(url: str, **known: str) -> Any:
    """What a feed reader gets there, asking by itself."""
    return await asyncio.to_thread(feedparser.parse, url, handlers=[ProxyHandler({})], **known)


async def test_a_reader_follows_a_feed_at_the_api_and_at_the_page(served: Served) -> None:
    database = Database(served.database_url)
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(id=1, slug="heat-1995", title="Heat"))
        await add(db, tables.providers, ProviderRow.build(id=8, name="Netflix"))
        await add(db, tables.availability, AvailabilityRow.build(id=1, film_id=1, provider_id=8))
        await add(db, tables.events, EventRow.build(id=1, availability_id=1))
    for url in (served.api_url, served.page_url):
        address = f"{url}/feeds/changes.atom?token={TOKEN}"
        found = await read(address)
        assert (found.status, found.bozo) == (200, False)
        assert [entry.title for entry in found.entries] == ["Arrived on Netflix: Heat (1995)"]
        assert found.feed.links[0].href == address
        assert (await read(address, etag=found.etag)).status == 304
        assert (await read(address, modified=found.modified)).status == 304
        assert (await read(f"{url}/feeds/changes.atom?token=wrong-{TOKEN}")).status == 401
    async with database.write() as db:
        await db.execute(tables.events.delete())
        await db.run_sync(tables.events.drop)
    await database.close()
    for url in (served.api_url, served.page_url):
        away = await read(f"{url}/feeds/changes.atom?token={TOKEN}")
        assert (away.status, away.headers["retry-after"]) == (503, "10")
    assert "not available" in served.log
    assert TOKEN not in served.log
    assert KEY not in served.log
