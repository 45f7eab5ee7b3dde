from datetime import UTC, datetime, timedelta

import httpx

from api.db import members, sources
from api.db.engine import Database
from api.db.sources import SourceNews
from api.routes.sources import stale_before
from api.settings import Settings
from tests.api.conftest import NOBODY, Serve


async def test_every_source_tells_its_state(client: httpx.AsyncClient, database: Database) -> None:
    now = datetime.now(UTC)
    async with database.write() as db:
        ids = await members.ensure(db, ["alice", "bob"])
        news = SourceNews(state="blocked", tried_at=now, message="Letterboxd asked for a browser check.")
        await sources.record(db, ids["alice"], "watchlist", news)
    page = (await client.get("/api/v1/sources")).json()
    assert [(source["member"], source["state"]) for source in page["items"]] == [("alice", "blocked"), ("bob", "never")]
    assert page["items"][0]["message"] == "Letterboxd asked for a browser check."
    assert page["items"][0]["tried_at"].endswith("Z")
    assert (page["total"], page["page"]) == (2, 1)


async def test_sources_of_one_member(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await members.ensure(db, ["alice", "bob"])
    page = (await client.get("/api/v1/sources?member=bob")).json()
    assert [source["member"] for source in page["items"]] == ["bob"]
    page = (await client.get("/api/v1/sources?sort_by=member&sort_order=desc")).json()
    assert [source["member"] for source in page["items"]] == ["bob", "alice"]
    assert (await client.get("/api/v1/sources?member=mallory")).status_code == 400


async def test_a_source_that_missed_its_schedule_is_stale(serve: Serve, database: Database) -> None:
    read = datetime.now(UTC) - timedelta(days=2)
    async with database.write() as db:
        ids = await members.ensure(db, ["alice"])
        await sources.record(db, ids["alice"], "watchlist", SourceNews(state="ok", tried_at=read))
    for schedule, state in (("0 0 * * *", "stale"), ("0 0 * * 0", "ok"), ("off", "ok")):
        async with serve(redis_url=NOBODY, refresh_schedule=schedule) as client:
            assert (await client.get("/api/v1/sources")).json()["items"][0]["state"] == state, schedule


def test_stale_is_a_little_more_than_one_period() -> None:
    settings = Settings(letterboxd_username=("alice",), tmdb_api_key="x", refresh_schedule="0 0 * * *")
    age = datetime.now(UTC) - stale_before(settings)
    assert timedelta(hours=24) < age < timedelta(hours=26)
