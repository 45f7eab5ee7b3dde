"""What Marquee answers to those who read its summary."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.conftest import Serve, here, idle, serve
from tests.api.routes.test_summary import fill, refreshed
from tests.drivers.database import fresh_database

__all__ = ["here", "idle", "serve"]

SUMMARY = "/api/v1/summary"


@pytest.fixture
async def summaries(serve: Serve, tmp_path: Path) -> dict[str, Any]:
    """The summary of a watchlist before its first refresh, after it, and while the data cannot be read."""
    found: dict[str, Any] = {}
    async with fresh_database(tmp_path) as database, serve() as client:
        found["empty"] = await _answer(client)
        await fill(database)
        await refreshed(database)
        found["filled"] = await _answer(client)
    async with serve(database_url=f"sqlite+aiosqlite:///{tmp_path / 'without-tables.db'}") as client:
        found["error"] = await _answer(client)
    assert [found[state]["status"] for state in found] == ["empty", "ok", "error"]
    return found


@pytest.fixture
async def problem(serve: Serve) -> Any:
    """What is answered to a wrong key."""
    async with serve(api_key="a-key-that-is-right") as client:
        answer = await client.get(SUMMARY, headers={"X-Api-Key": "wrong"})
    assert answer.status_code == 401
    return answer.json()


async def _answer(client: httpx.AsyncClient) -> Any:
    answer = await client.get(SUMMARY)
    assert answer.status_code == 200
    return answer.json()
