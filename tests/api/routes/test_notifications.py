from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from arq.connections import ArqRedis

from api.db import deliveries, digests
from api.db.engine import Database
from api.queue import QUEUE, open_queue, report_targets
from api.routes.notifications import NO_QUEUE, NO_WORKER
from tests.api.conftest import NOBODY, Serve
from tests.drivers.valkey import Valkey
from tests.factories import NOW

SET = {"notify_urls": ("json://nas.local/secret", "bogus://secret")}
REPORT = [("d1", "JSON at nas.local", None), ("d2", "Address 2 (bogus://…)", "Apprise does not understand it.")]


@pytest.fixture
async def queue(valkey: Valkey) -> AsyncIterator[ArqRedis]:
    queue = open_queue(valkey.url)
    yield queue
    await queue.aclose(close_connection_pool=True)


@pytest.fixture
async def client(serve: Serve, database: Database, valkey: Valkey) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API with two addresses in NOTIFY_URLS."""
    async with serve(redis_url=valkey.url, **SET) as client:
        yield client


async def test_targets_are_as_the_worker_reports_them(client: httpx.AsyncClient, queue: ArqRedis) -> None:
    await report_targets(queue, REPORT)
    answer = (await client.get("/api/v1/notifications")).json()
    assert answer["targets"] == [
        {"name": "JSON at nas.local", "ok": True, "message": None, "last_delivery": None},
        {
            "name": "Address 2 (bogus://…)",
            "ok": False,
            "message": "Apprise does not understand it.",
            "last_delivery": None,
        },
    ]


async def test_a_target_tells_what_was_tried_there_last(
    client: httpx.AsyncClient, queue: ArqRedis, database: Database
) -> None:
    await report_targets(queue, REPORT)
    target = [deliveries.Target("d1", "JSON at nas.local")]
    async with database.write() as db:
        ids = [await digests.create(db, kind="news", title="Heat", body="-", now=NOW) for _ in range(3)]
        [first], [second], _ = [await deliveries.add(db, digest_id, target, NOW) for digest_id in ids]
        for number, hours in ((second, 1), (first, 2)):
            now = NOW + timedelta(hours=hours)
            order = await deliveries.claim(db, number, now)
            assert order is not None
            await deliveries.failed(db, order, "Nobody answers there.", now, final=True)
    told, untried = (await client.get("/api/v1/notifications")).json()["targets"]
    last = told["last_delivery"]
    assert (last["id"], last["status"], last["reason"]) == (first, "failed", "Nobody answers there.")
    assert untried["last_delivery"] is None


async def test_without_a_worker_it_is_not_known_whether_addresses_can_be_used(
    client: httpx.AsyncClient, serve: Serve
) -> None:
    answer = await client.get("/api/v1/notifications")
    assert [(target["name"], target["ok"]) for target in answer.json()["targets"]] == [
        ("Address 1", None),
        ("Address 2", None),
    ]
    assert "secret" not in answer.text
    assert {target["message"] for target in answer.json()["targets"]} == {NO_WORKER}
    async with serve(redis_url=NOBODY, **SET) as alone:
        targets = (await alone.get("/api/v1/notifications")).json()["targets"]
    assert [(target["ok"], target["message"]) for target in targets] == [(None, NO_QUEUE)] * 2


async def test_rules_are_those_of_the_settings(serve: Serve, database: Database) -> None:
    async with serve(notify_kinds=("left",), notify_offers=("rent",), notify_providers=(8,)) as client:
        answer = (await client.get("/api/v1/notifications")).json()
    assert answer["rules"] == {"kinds": ["left"], "offers": ["rent"], "providers": [8]}
    assert (answer["targets"], answer["last_digest"]) == ([], None)


async def test_the_last_digest_is_the_last_that_was_no_test(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        for kind, title in (("news", "Old"), ("news", "Heat arrived on MUBI"), ("test", "A test")):
            await digests.create(db, kind=kind, title=title, body="On MUBI:\n- Heat", now=NOW)  # type: ignore[arg-type]
    last = (await client.get("/api/v1/notifications")).json()["last_digest"]
    assert last == {
        "id": 2,
        "title": "Heat arrived on MUBI",
        "body": "On MUBI:\n- Heat",
        "created_at": "2026-11-20T06:00:00Z",
        "refresh_id": None,
    }


async def test_a_test_is_one_delivery_per_target_handed_to_a_worker(client: httpx.AsyncClient, queue: ArqRedis) -> None:
    await report_targets(queue, REPORT)
    answer = await client.post("/api/v1/notifications/test")
    assert answer.status_code == 202
    first, second = answer.json()["deliveries"]
    right = (await client.get(f"/api/v1/deliveries/{first}")).json()
    assert (right["status"], right["test"], right["target_name"]) == ("pending", True, "JSON at nas.local")
    wrong = (await client.get(f"/api/v1/deliveries/{second}")).json()
    assert (wrong["status"], wrong["reason"]) == ("failed", "Apprise does not understand it.")
    assert f"deliver:{first}:0".encode() in await queue.zrange(QUEUE, 0, -1)


async def test_a_test_without_an_address_is_refused(serve: Serve, database: Database, valkey: Valkey) -> None:
    async with serve(redis_url=valkey.url) as client:
        answer = await client.post("/api/v1/notifications/test")
    assert (answer.status_code, answer.json()["code"]) == (409, "nowhere_to_send")
    assert "NOTIFY_URLS is not set" in answer.json()["detail"]


async def test_a_test_without_a_worker_or_redis_is_for_later(client: httpx.AsyncClient, serve: Serve) -> None:
    assert (await client.post("/api/v1/notifications/test")).status_code == 503
    async with serve(redis_url=NOBODY, **SET) as alone:
        assert (await alone.post("/api/v1/notifications/test")).status_code == 503
    assert (await client.get("/api/v1/deliveries")).json()["total"] == 0
