from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.db import housekeeping, tables
from api.db.engine import Database
from api.queue import QUEUE, open_queue
from tests.api.conftest import Serve
from tests.drivers.valkey import Valkey

PATH = "/api/v1/housekeeping"


@pytest.fixture
async def client(serve: Serve, database: Database, valkey: Valkey) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(redis_url=valkey.url) as client:
        yield client


async def test_the_house_is_kept_on_demand_by_a_worker(client: httpx.AsyncClient, valkey: Valkey) -> None:
    answer = await client.post(PATH)
    assert answer.status_code == 202
    assert (answer.json()["status"], answer.json()["already_running"]) == ("queued", False)
    again = (await client.post(PATH)).json()
    assert (again["id"], again["already_running"]) == (answer.json()["id"], True)
    queue = open_queue(valkey.url)
    assert await queue.zcard(QUEUE) == 1
    await queue.aclose(close_connection_pool=True)


async def test_what_was_done_is_listed_newest_first(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        for proven in (1, 2):
            keeping = await housekeeping.start(db, "cron")
            await housekeeping.close(db, keeping.id, {"proof": {"proven": proven}}, None)
    page = (await client.get(PATH)).json()
    assert [item["counts"] for item in page["items"]] == [{"proof": {"proven": 2}}, {"proof": {"proven": 1}}]
    oldest = (await client.get(f"{PATH}?sort_order=asc&page_size=1")).json()
    assert (oldest["items"][0]["counts"], oldest["total"]) == ({"proof": {"proven": 1}}, 2)
    assert oldest["items"][0]["status"] == "succeeded"


async def test_one_that_never_ends_does_not_stand_in_the_way_for_ever(
    client: httpx.AsyncClient, database: Database
) -> None:
    first = (await client.post(PATH)).json()
    async with database.write() as db:
        await db.execute(tables.housekeeping.update().values(started_at=datetime.now(UTC) - timedelta(hours=13)))
    second = (await client.post(PATH)).json()
    assert second["id"] != first["id"]
    kept = (await client.get(f"{PATH}?sort_order=asc")).json()["items"][0]
    assert (kept["status"], kept["message"]) == ("failed", "It did not come to an end in half a day.")


async def test_without_redis_nothing_is_begun(serve: Serve, database: Database) -> None:
    async with serve(redis_url="redis://127.0.0.1:1") as client:
        answer = await client.post(PATH)
        assert answer.status_code == 503
        assert (await client.get(PATH)).json()["total"] == 0
