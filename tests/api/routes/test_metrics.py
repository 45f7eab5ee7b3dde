import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from api.db import members, tables
from api.db.engine import Database
from api.queue import HEARTBEAT_LASTS, add_counts, beat, enqueue_refresh, open_queue
from tests.api.conftest import NOBODY, Serve
from tests.drivers.prometheus import scrape
from tests.drivers.valkey import Valkey
from tests.factories import RefreshRow, add

KEY = "correct horse battery staple"
FINISHED = datetime(2026, 11, 20, 6, tzinfo=UTC)
REQUESTS = "marquee_http_request_duration_seconds_count"


async def test_what_is_known_of_the_data_is_told(client: httpx.AsyncClient, database: Database) -> None:
    run = RefreshRow.build(status="partial") | {"finished_at": FINISHED, "started_at": FINISHED - timedelta(seconds=90)}
    async with database.write() as db:
        await members.ensure(db, ["alice"])
        await add(db, tables.refreshes, run)
    found = await scrape(client)
    assert found.value("marquee_database_up") == 1
    assert found.value("marquee_last_refresh_timestamp_seconds") == FINISHED.timestamp()
    assert found.value("marquee_last_refresh_duration_seconds") == 90
    statuses = found.values("marquee_last_refresh_status")
    assert statuses == {("succeeded",): 0, ("partial",): 1, ("failed",): 0, ("cancelled",): 0}
    assert "marquee_last_success_timestamp_seconds" not in found.families
    assert found.values("marquee_films") == {("available",): 0, ("unavailable",): 0, ("unknown",): 0}
    assert found.values("marquee_watchlist_entries") == {("alice",): 0}
    assert found.value("marquee_sources", source="watchlist", state="never") == 1
    assert found.value("marquee_sources", source="watchlist", state="blocked") == 0


async def test_what_the_workers_counted_is_told(serve: Serve, database: Database, valkey: Valkey) -> None:
    queue = open_queue(valkey.url)
    await beat(queue, "one")
    await enqueue_refresh(queue, 1)
    for _ in range(2):
        await add_counts(queue, {("requests", "tmdb", "ok"): 3, ("waits", "tmdb"): 2, ("wait_seconds", "tmdb"): 0.25})
    await queue.aclose(close_connection_pool=True)
    async with serve(redis_url=valkey.url) as client:
        found = await scrape(client)
    assert found.value("marquee_redis_up") == 1
    assert (found.value("marquee_queue_jobs"), found.value("marquee_workers")) == (1, 1)
    assert found.value("marquee_worker_heartbeat_timestamp_seconds") == pytest.approx(time.time(), abs=HEARTBEAT_LASTS)
    assert found.value("marquee_upstream_requests_total", upstream="tmdb", outcome="ok") == 6
    assert found.value("marquee_upstream_requests_total", upstream="letterboxd", outcome="blocked") == 0
    assert found.value("marquee_limiter_waits_total", upstream="tmdb") == 4
    assert found.value("marquee_limiter_wait_seconds_total", upstream="tmdb") == 0.5


@pytest.mark.parametrize("redis_url", [None, NOBODY])
async def test_without_redis_its_series_are_absent(serve: Serve, database: Database, redis_url: str | None) -> None:
    async with serve(redis_url=redis_url) as client:
        found = await scrape(client)
    assert (found.value("marquee_redis_up"), found.value("marquee_database_up")) == (0, 1)
    assert not any(
        name.startswith(("marquee_upstream", "marquee_limiter", "marquee_worker")) for name in found.families
    )
    assert "marquee_queue_jobs" not in found.families


@pytest.mark.parametrize("content", [b"", b"this is no database" * 100])
async def test_without_a_database_its_series_are_absent(serve: Serve, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "marquee.db").write_bytes(content)
    async with serve(redis_url=NOBODY) as client:
        found = await scrape(client)
    assert set(found.families) == {
        "marquee_build_info",
        "marquee_database_up",
        "marquee_redis_up",
        "marquee_http_request_duration_seconds",
    }
    assert found.value("marquee_database_up") == 0


async def test_requests_are_counted_by_the_template_of_their_route(client: httpx.AsyncClient) -> None:
    for path in ("films/heat", "films/ronin", "films", "films", "nothing/heat"):
        await client.get(f"/api/v1/{path}")
    tag = (await client.get("/api/v1/films")).headers["etag"]
    await client.get("/api/v1/films", headers={"if-none-match": tag})
    await client.request("JUMP", "/api/v1/films")
    await client.head("/health/live")
    assert (await scrape(client)).values(REQUESTS) == {
        ("GET", "/api/v1/films/{slug}", "4xx"): 2,
        ("GET", "/api/v1/films", "2xx"): 3,
        ("GET", "/api/v1/films", "3xx"): 1,
        ("GET", "/health/live", "2xx"): 1,
        ("", "none", "4xx"): 2,
    }


async def test_two_applications_count_apart(serve: Serve, database: Database) -> None:
    async with serve(redis_url=NOBODY) as one, serve(redis_url=NOBODY) as other:
        await one.get("/health/live")
        assert (await scrape(other)).values(REQUESTS) == {}


async def test_the_key_opens_it_as_a_bearer_token_too(serve: Serve, database: Database) -> None:
    async with serve(redis_url=NOBODY, api_key=KEY) as client:
        assert (await client.get("/metrics")).status_code == 401
        for headers in ({"x-api-key": KEY}, {"authorization": f"Bearer {KEY}"}):
            assert (await client.get("/metrics", headers=headers)).status_code == 200


async def test_it_is_documented_as_text_that_is_never_kept(client: httpx.AsyncClient) -> None:
    operation = (await client.get("/api/v1/openapi.json")).json()["paths"]["/metrics"]["get"]
    assert set(operation["responses"]) == {"200", "400", "401", "429"}
    assert set(operation["responses"]["200"]["content"]) == {"text/plain"}
    assert "etag" not in (await client.get("/metrics")).headers


async def test_nothing_that_there_may_be_many_of_is_a_label(client: httpx.AsyncClient) -> None:
    found = await scrape(client)
    known = {
        "version",
        "python",
        "method",
        "route",
        "status",
        "le",
        "availability",
        "state",
        "member",
        "kind",
        "source",
    }
    assert {label for name in found.names for label in found.labels(name)} <= known
