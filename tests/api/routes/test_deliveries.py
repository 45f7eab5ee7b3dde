from datetime import timedelta

import httpx
import pytest

from api.db import deliveries, digests, tables
from api.db.deliveries import Target
from api.db.engine import Database
from tests.factories import NOW


async def delivery(database: Database, title: str = "Heat arrived on MUBI", **values: object) -> int:
    """One delivery, with these values of its row."""
    async with database.write() as db:
        digest_id = await digests.create(db, kind="news", title=title, body="On MUBI:\n- Heat", now=NOW)
        [delivery_id] = await deliveries.add(db, digest_id, [Target("d1", "ntfy")], NOW)
        table = tables.deliveries
        await db.execute(table.update().where(table.c.id == delivery_id).values(status="pending", **values))
    return delivery_id


async def in_status(database: Database, status: str) -> int:
    delivery_id = await delivery(database, attempts=5, reason="The service did not answer.", next_try_at=None)
    async with database.write() as db:
        await db.execute(tables.deliveries.update().values(status=status))
    return delivery_id


async def test_a_delivery_tells_how_it_stands_and_why(client: httpx.AsyncClient, database: Database) -> None:
    later = NOW + timedelta(minutes=5)
    number = await delivery(database, attempts=1, reason="It was refused.", tried_at=NOW, next_try_at=later)
    assert (await client.get(f"/api/v1/deliveries/{number}")).json() == {
        "id": number,
        "digest_id": 1,
        "test": False,
        "title": "Heat arrived on MUBI",
        "target_name": "ntfy",
        "status": "pending",
        "attempts": 1,
        "reason": "It was refused.",
        "created_at": "2026-11-20T06:00:00Z",
        "tried_at": "2026-11-20T06:00:00Z",
        "sent_at": None,
        "next_try_at": "2026-11-20T06:05:00Z",
    }
    assert (await client.get("/api/v1/deliveries/99")).status_code == 404


async def test_the_newest_comes_first_and_pages_are_cut(client: httpx.AsyncClient, database: Database) -> None:
    for title in ("One", "Two", "Three"):
        await delivery(database, title)
    page = (await client.get("/api/v1/deliveries?page_size=2")).json()
    assert ([item["title"] for item in page["items"]], page["total"], page["has_next"]) == (["Three", "Two"], 3, True)
    oldest = (await client.get("/api/v1/deliveries?sort_order=asc&limit=1")).json()
    assert ([item["title"] for item in oldest["items"]], oldest["total"]) == (["One"], 1)


@pytest.mark.parametrize("status", ["failed", "unknown", "pending"])
async def test_what_was_not_surely_sent_may_be_sent_again(
    status: str, client: httpx.AsyncClient, database: Database
) -> None:
    number = await in_status(database, status)
    answer = await client.post(f"/api/v1/deliveries/{number}/retry")
    assert answer.status_code == 202
    assert (answer.json()["status"], answer.json()["attempts"]) == ("pending", 5)
    async with database.read() as db:
        assert await deliveries.due(db, NOW) == []
        assert await deliveries.due(db, NOW + timedelta(days=10000)) == [(number, 5)]


@pytest.mark.parametrize("status", ["sent", "sending"])
async def test_what_was_or_is_being_sent_is_not_sent_again(
    status: str, client: httpx.AsyncClient, database: Database
) -> None:
    number = await in_status(database, status)
    answer = await client.post(f"/api/v1/deliveries/{number}/retry")
    assert answer.status_code == 409
    assert (await client.get(f"/api/v1/deliveries/{number}")).json()["status"] == status


async def test_a_delivery_that_is_not_there_cannot_be_sent_again(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/v1/deliveries/7/retry")).status_code == 404
