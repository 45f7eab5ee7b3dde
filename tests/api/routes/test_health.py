from pathlib import Path

import httpx

from api.db import migrate
from api.db.engine import Database
from api.queue import beat as queue_beat
from api.queue import fall_silent, open_queue
from tests.api.conftest import NOBODY, Serve
from tests.drivers.valkey import Valkey


async def fields(client: httpx.AsyncClient) -> list[str]:
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert int(answer.headers["retry-after"]) > 0
    return [error["field"] for error in answer.json()["errors"]]


async def test_the_process_lives_without_anything_else(serve: Serve) -> None:
    async with serve(redis_url=None) as client:
        answer = await client.get("/health/live")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


async def test_all_is_well(serve: Serve, tmp_path: Path, valkey: Valkey) -> None:
    await migrate.upgrade(f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}")
    await beat(valkey)
    async with serve(redis_url=valkey.url) as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.json()["checks"] == ["database", "revision", "redis", "worker"]


async def test_a_database_of_another_revision_and_a_redis_that_is_away_are_named(client: httpx.AsyncClient) -> None:
    assert await fields(client) == ["revision", "redis"]


async def test_nothing_of_the_inside_is_told(client: httpx.AsyncClient) -> None:
    text = (await client.get("/health/ready")).text
    assert NOBODY not in text
    assert "127.0.0.1" not in text


async def test_a_missing_redis_url_is_named(serve: Serve, database: Database) -> None:
    async with serve(redis_url=None) as client:
        assert await fields(client) == ["revision", "redis"]


async def test_a_worker_without_a_heartbeat_is_named(serve: Serve, tmp_path: Path, valkey: Valkey) -> None:
    await migrate.upgrade(f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}")
    await beat(valkey, alive=False)
    async with serve(redis_url=valkey.url) as client:
        assert await fields(client) == ["worker"]


async def test_a_database_that_cannot_be_opened_is_named(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "marquee.db").write_bytes(b"this is no database" * 100)
    async with serve(redis_url=NOBODY) as client:
        assert await fields(client) == ["database", "redis"]


async def beat(valkey: Valkey, *, alive: bool = True) -> None:
    queue = open_queue(valkey.url)
    if alive:
        await queue_beat(queue, "one")
    else:
        await fall_silent(queue, "one")
    await queue.aclose(close_connection_pool=True)
