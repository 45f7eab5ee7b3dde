from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import cast

import httpx
import pytest
from arq.connections import ArqRedis
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from api.db import members, refreshes, runs, tables
from api.db.engine import Database
from api.errors import TooSoon
from api.queue import QUEUE, open_queue
from api.routes.refreshes import hand_over
from tests.api.conftest import Serve
from tests.drivers.valkey import Valkey
from tests.factories import MemberRow, RefreshRow, add


@pytest.fixture
async def queue(valkey: Valkey) -> AsyncIterator[ArqRedis]:
    queue = open_queue(valkey.url)
    await queue.flushall()
    yield queue
    await queue.aclose(close_connection_pool=True)


@pytest.fixture
async def client(serve: Serve, database: Database, valkey: Valkey, queue: ArqRedis) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API with a queue that is there and empty."""
    async with serve(redis_url=valkey.url) as client:
        yield client


async def test_a_refresh_is_accepted_and_handed_to_a_worker(client: httpx.AsyncClient, queue: ArqRedis) -> None:
    answer = await client.post("/api/v1/refreshes")
    run = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/api/v1/refreshes/{run['id']}"
    assert answer.headers["retry-after"] == "2"
    assert (run["status"], run["trigger"], run["members"]) == ("queued", "manual", ["alice", "bob"])
    assert (run["force"], run["already_running"]) == (False, False)
    assert await queue.zrange(QUEUE, 0, -1) == [f"refresh:{run['id']}:0".encode()]
    assert (await client.get(answer.headers["location"])).json() == run


async def test_members_and_force_are_taken_over(client: httpx.AsyncClient) -> None:
    run = (await client.post("/api/v1/refreshes", json={"members": ["BOB", "bob"], "force": True})).json()
    assert (run["members"], run["force"]) == (["bob"], True)


async def test_some_sources_are_asked_for_of_all_or_some_members(client: httpx.AsyncClient) -> None:
    one = (await client.post("/api/v1/refreshes", json={"members": ["bob"], "sources": ["rss", "likes", "rss"]})).json()
    assert (one["members"], one["sources"], one["kind"]) == (["bob"], ["rss", "likes"], "sources")
    rest = (await client.post("/api/v1/refreshes", json={"sources": ["watchlist"]})).json()
    assert (rest["members"], rest["sources"], rest["kind"]) == (["alice"], ["watchlist"], "watchlist")


async def test_a_source_that_does_not_exist_is_refused(client: httpx.AsyncClient) -> None:
    for sources in (["diary"], []):
        answer = await client.post("/api/v1/refreshes", json={"sources": sources})
        assert (answer.status_code, answer.json()["errors"][0]["field"].partition("[")[0]) == (400, "sources")


async def test_an_empty_body_and_null_are_the_same(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    for content in (b"", b"null", b"{}"):
        answer = await client.post("/api/v1/refreshes", content=content, headers=headers)
        assert answer.status_code == 202, content
        assert answer.json()["members"] == ["alice", "bob"]


async def test_a_second_request_answers_with_the_running_one(client: httpx.AsyncClient, queue: ArqRedis) -> None:
    first = (await client.post("/api/v1/refreshes")).json()
    second = (await client.post("/api/v1/refreshes", json={"members": ["alice"]})).json()
    assert second == first | {"already_running": True}
    assert await queue.zcard(QUEUE) == 1
    assert (await client.get("/api/v1/refreshes")).json()["total"] == 1


async def begin(database: Database, *usernames: str, ago: float, trigger: str = "manual") -> None:
    """A refresh of these members that began so many seconds ago and has ended."""
    began = datetime.now(UTC) - timedelta(seconds=ago)
    async with database.write() as db:
        run = RefreshRow.build(trigger=trigger, created_at=began)
        await add(db, tables.refreshes, run | {"started_at": began})
        ids = await members.ensure(db, usernames)
        for position, member_id in enumerate(ids.values()):
            member = {"member_id": member_id, "position": position, "kind": run["kind"], "active": False}
            await add(db, tables.refresh_members, {"refresh_id": run["id"], **member})


@pytest.mark.parametrize("body", [{}, {"force": True}, {"members": ["bob"]}])
async def test_soon_after_a_refresh_of_the_same_members_another_has_to_wait(
    client: httpx.AsyncClient, database: Database, body: dict[str, object]
) -> None:
    await begin(database, "alice", "bob", ago=20)
    answer = await client.post("/api/v1/refreshes", json=body)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_soon")
    wait = int(answer.headers["retry-after"])
    assert 0 < wait <= 40
    assert answer.json()["detail"].startswith("The last refresh began not long ago. The next one can start in ")
    assert (await client.get("/api/v1/refreshes")).json()["total"] == 1


async def test_who_was_not_refreshed_lately_does_not_have_to_wait(
    client: httpx.AsyncClient, database: Database
) -> None:
    await begin(database, "alice", ago=20)
    await begin(database, "bob", ago=61)
    await begin(database, "bob", ago=5, trigger="cron")
    assert (await client.post("/api/v1/refreshes", json={"members": ["alice"]})).status_code == 429
    joined = await client.post("/api/v1/refreshes", json={"members": ["alice", "bob"]})
    assert (joined.status_code, joined.json()["members"]) == (202, ["alice", "bob"])
    again = await client.post("/api/v1/refreshes", json={"members": ["alice"]})
    assert (again.status_code, again.json()["already_running"]) == (202, True)


async def test_without_an_interval_nobody_has_to_wait(serve: Serve, database: Database, valkey: Valkey) -> None:
    await begin(database, "alice", "bob", ago=1)
    async with serve(redis_url=valkey.url, refresh_min_interval=0) as client:
        assert (await client.post("/api/v1/refreshes")).status_code == 202


def test_a_long_wait_is_told_in_minutes() -> None:
    assert str(TooSoon(1)).endswith("can start in 1 second.")
    assert str(TooSoon(119)).endswith("can start in 119 seconds.")
    assert str(TooSoon(121)).endswith("can start in 3 minutes.")


async def test_a_member_that_is_known_and_not_configured_may_be_refreshed(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.write() as db:
        await add(db, tables.members, MemberRow.build(username="carol"))
    assert (await client.post("/api/v1/refreshes", json={"members": ["carol"]})).status_code == 202


async def test_a_member_that_nobody_follows_is_named_and_nothing_starts(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/refreshes", json={"members": ["alice", "mallory"]})
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no member mallory."
    assert (await client.get("/api/v1/refreshes")).json()["items"] == []


async def test_while_redis_is_away_nothing_is_left_behind_and_reading_goes_on(serve: Serve, database: Database) -> None:
    """A second try finds no run in its way once Redis is back."""
    with Valkey() as own:
        async with serve(redis_url=own.url) as client:
            own.stop()
            for _ in range(2):
                answer = await client.post("/api/v1/refreshes")
                assert (answer.status_code, answer.json()["detail"]) == (503, "Redis is not available now.")
                assert int(answer.headers["retry-after"]) > 0
            assert own.url not in answer.text
            assert (await client.get("/api/v1/refreshes")).json()["total"] == 0
            assert (await client.get("/api/v1/films")).status_code == 200
            own.start()
            assert (await client.post("/api/v1/refreshes")).status_code == 202


async def test_while_redis_is_away_a_running_refresh_is_not_answered_with(serve: Serve, database: Database) -> None:
    """It could not go on, so that nobody is told that one is under way; where it stands can still be read."""
    with Valkey() as own:
        async with serve(redis_url=own.url) as client:
            run = (await client.post("/api/v1/refreshes")).json()
            own.stop()
            assert (await client.post("/api/v1/refreshes")).status_code == 503
            assert (await client.get("/api/v1/refreshes/current")).json() == run


async def test_a_run_that_cannot_be_handed_over_is_closed_and_can_still_be_looked_at(
    serve: Serve, database: Database
) -> None:
    """Redis answers and takes nothing. Somebody else may have been sent to the run meanwhile."""
    with Valkey() as own:
        async with serve(redis_url=own.url) as client, Redis.from_url(own.url) as redis:
            await redis.config_set("maxmemory", 1)
            answer = await client.post("/api/v1/refreshes")
            assert (answer.status_code, answer.json()["detail"]) == (503, "Redis is not available now.")
            run = (await client.get("/api/v1/refreshes/current")).json()
            assert (run["status"], run["error"]["code"], run["members"]) == ("failed", "unavailable", ["alice", "bob"])
            await redis.config_set("maxmemory", 0)
            again = await client.post("/api/v1/refreshes")
            assert (again.status_code, again.json()["already_running"]) == (202, False)


async def test_a_run_that_a_worker_took_up_goes_on_though_its_handing_over_seemed_to_fail(database: Database) -> None:
    class TakenUpUnheard:
        async def enqueue_job(self, _name: str, refresh_id: int, **_options: object) -> None:
            async with database.write() as db:
                await runs.claim(db, refresh_id, "worker", datetime.now(UTC))
            raise RedisConnectionError("the answer was lost")

    async with database.write() as db:
        run = await refreshes.start(db, ["alice"], trigger="manual", force=False)
    run = await hand_over(database, cast(ArqRedis, TakenUpUnheard()), run)
    assert run.status == "running"


async def test_without_a_redis_url_a_refresh_is_refused(serve: Serve, database: Database) -> None:
    async with serve(redis_url=None) as client:
        answer = await client.post("/api/v1/refreshes")
        assert answer.status_code == 503
        assert (await client.get("/api/v1/refreshes")).json()["total"] == 0


async def test_refreshes_are_listed_newest_first_and_in_pages(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await add(db, tables.refreshes, *(RefreshRow.build(id=number) for number in range(1, 6)))
    page = (await client.get("/api/v1/refreshes?page_size=2&page=2")).json()
    assert [run["id"] for run in page["items"]] == [3, 2]
    assert page["total_pages"] == 3
    page = (await client.get("/api/v1/refreshes?page_size=2&sort_by=created_at&sort_order=asc")).json()
    assert [run["id"] for run in page["items"]] == [1, 2]


async def test_the_newest_refresh(client: httpx.AsyncClient, database: Database) -> None:
    assert (await client.get("/api/v1/refreshes/current")).status_code == 404
    async with database.write() as db:
        await add(db, tables.refreshes, RefreshRow.build(id=7), RefreshRow.build(id=9))
    assert (await client.get("/api/v1/refreshes/current")).json()["id"] == 9


async def test_a_refresh_that_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/refreshes/4")).status_code == 404
    assert (await client.post("/api/v1/refreshes/4/cancel")).status_code == 404


async def test_a_refresh_is_cancelled_once(client: httpx.AsyncClient) -> None:
    run = (await client.post("/api/v1/refreshes")).json()
    cancelled = await client.post(f"/api/v1/refreshes/{run['id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (202, "cancelled")
    again = await client.post(f"/api/v1/refreshes/{run['id']}/cancel")
    assert (again.status_code, again.headers["content-type"]) == (409, "application/problem+json")
    assert "already ended" in again.json()["detail"]


async def test_failures_and_errors_are_shown(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        ids = await members.ensure(db, ["alice"])
        run = await refreshes.start(db, ["alice"], trigger="cron", force=False)
        item = {"stage": "enriching", "code": "unreachable", "message": "TMDB did not answer", "at": run.created_at}
        item["source"] = "film_pages"
        await add(db, tables.refresh_items, item | {"refresh_id": run.id, "member_id": ids["alice"]})
    shown = (await client.get("/api/v1/refreshes/current")).json()
    assert shown["failures"] == [
        {
            "member": "alice",
            "slug": None,
            "title": None,
            "source": "film_pages",
            "stage": "enriching",
            "code": "unreachable",
            "message": "TMDB did not answer",
        }
    ]
