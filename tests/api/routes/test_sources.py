from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from api.db import members, sources
from api.db.engine import Database
from api.db.sources import SourceNews
from api.outlook import stale_before
from api.settings import Settings
from tests.api.conftest import NOBODY, Serve


async def told(client: httpx.AsyncClient, member: str = "alice", source: str = "watchlist") -> Any:
    page = (await client.get(f"/api/v1/sources?member={member}")).json()
    [found] = [item for item in page["items"] if item["source"] == source]
    return found


async def test_every_source_tells_its_state(client: httpx.AsyncClient, database: Database) -> None:
    now = datetime.now(UTC)
    async with database.write() as db:
        ids = await members.ensure(db, ["alice", "bob"])
        news = SourceNews(state="blocked", tried_at=now, message="Letterboxd asked for a browser check.")
        await sources.record(db, ids["alice"], "watchlist", news)
    page = (await client.get("/api/v1/sources")).json()
    assert [(source["member"], source["source"], source["state"]) for source in page["items"]] == [
        (member, source, "blocked" if (member, source) == ("alice", "watchlist") else "never")
        for member in ("alice", "bob")
        for source in ("films", "likes", "profile", "rss", "watchlist")
    ]
    assert page["items"][4]["message"] == "Letterboxd asked for a browser check."
    assert page["items"][4]["tried_at"].endswith("Z")
    assert (page["total"], page["page"]) == (10, 1)


async def test_a_source_tells_what_comes_next_and_what_to_do(client: httpx.AsyncClient, database: Database) -> None:
    now = datetime.now(UTC)
    async with database.write() as db:
        ids = await members.ensure(db, ["alice", "bob"])
        for _ in range(3):
            news = SourceNews(state="blocked", tried_at=now, next_try_at=now + timedelta(hours=24))
            await sources.record(db, ids["alice"], "watchlist", news)
    alice, bob = await told(client), await told(client, "bob")
    assert alice["failures"] == 3
    assert alice["next"].startswith("Marquee does not ask again before ")
    assert "LETTERBOXD_REQUEST_INTERVAL" in alice["advice"]
    assert (bob["failures"], bob["advice"], bob["selector"], bob["has_sample"]) == (0, None, None, False)


async def test_a_page_that_was_shown_to_the_end_ends_the_count_of_failures(database: Database) -> None:
    now = datetime.now(UTC)
    async with database.write() as db:
        alice = (await members.ensure(db, ["alice"]))["alice"]
        for state, failures in (("blocked", 1), ("unreachable", 2), ("incomplete", 0), ("incomplete", 0)):
            await sources.record(db, alice, "watchlist", SourceNews(state=state, tried_at=now))  # type: ignore[arg-type]
            assert (await sources.standing(db, alice, "watchlist")).failures == failures


async def test_a_sample_can_be_read_as_long_as_the_page_is_not_understood(
    client: httpx.AsyncClient, database: Database
) -> None:
    tried = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
    async with database.write() as db:
        alice = (await members.ensure(db, ["alice"]))["alice"]
        news = SourceNews(
            state="changed", tried_at=tried, selector="ul.grid > li", sample="<div.mosaic data-x> <a href>"
        )
        await sources.record(db, alice, "watchlist", news)
        for state in ("unreachable", "blocked", "private", "missing"):
            later = SourceNews(state=state, tried_at=tried + timedelta(days=1))
            await sources.record(db, alice, "watchlist", later)
        unread = SourceNews(state="ok", tried_at=tried + timedelta(days=1), understood=False)
        await sources.record(db, alice, "watchlist", unread)
    source = await told(client)
    assert (source["selector"], source["has_sample"]) == ("ul.grid > li", True)
    answer = await client.get(f"/api/v1/sources/{source['id']}/sample")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    lines = answer.text.splitlines()
    assert lines[0].startswith("Marquee ")
    assert lines[1:4] == [
        "Source: watchlist",
        "Read at: 2026-11-20T12:30:00Z",
        "Expected, and not found: ul.grid > li",
    ]
    assert lines[-2:] == ["<div.mosaic data-x>", "<a href>"]
    assert "alice" not in answer.text
    async with database.write() as db:
        await sources.record(db, alice, "watchlist", SourceNews(state="ok", tried_at=tried))
    for source_id in (source["id"], 999):
        gone = await client.get(f"/api/v1/sources/{source_id}/sample")
        assert (gone.status_code, gone.headers["content-type"]) == (404, "application/problem+json")


async def test_film_pages_that_nobody_needed_for_long_are_not_stale(
    client: httpx.AsyncClient, database: Database
) -> None:
    read = datetime.now(UTC) - timedelta(days=90)
    async with database.write() as db:
        alice = (await members.ensure(db, ["alice"]))["alice"]
        for source in ("film_pages", "watchlist"):
            await sources.record(db, alice, source, SourceNews(state="ok", tried_at=read))
    film_pages = await told(client, source="film_pages")
    assert (film_pages["state"], film_pages["member"]) == ("ok", None)
    assert (await told(client))["state"] == "stale"


async def test_sources_of_one_member(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await members.ensure(db, ["alice", "bob"])
    page = (await client.get("/api/v1/sources?member=bob")).json()
    assert {source["member"] for source in page["items"]} == {"bob"}
    page = (await client.get("/api/v1/sources?sort_by=member&sort_order=desc")).json()
    assert list(dict.fromkeys(source["member"] for source in page["items"])) == ["bob", "alice"]
    assert (await client.get("/api/v1/sources?member=mallory")).status_code == 400


async def test_members_stand_as_in_the_settings_and_what_serves_all_stands_last(
    serve: Serve, database: Database
) -> None:
    async with serve(redis_url=NOBODY, letterboxd_username=("bob", "alice")) as client:
        async with database.write() as db:
            ids = await members.ensure(db, ["alice", "bob"])
            await sources.record(db, ids["bob"], "film_pages", SourceNews(state="ok", tried_at=datetime.now(UTC)))
        page = (await client.get("/api/v1/sources")).json()
        assert list(dict.fromkeys(source["member"] for source in page["items"])) == ["bob", "alice", None]


async def test_a_source_that_missed_its_schedule_is_stale(serve: Serve, database: Database) -> None:
    read = datetime.now(UTC) - timedelta(days=2)
    async with database.write() as db:
        ids = await members.ensure(db, ["alice"])
        await sources.record(db, ids["alice"], "watchlist", SourceNews(state="ok", tried_at=read))
    for schedule, state in (("0 0 * * *", "stale"), ("0 0 * * 0", "ok"), ("off", "ok")):
        async with serve(redis_url=NOBODY, refresh_schedule=schedule) as client:
            assert (await told(client))["state"] == state, schedule


def test_stale_is_a_little_more_than_one_period() -> None:
    settings = Settings(letterboxd_username=("alice",), tmdb_api_key="x", refresh_schedule="0 0 * * *")
    age = datetime.now(UTC) - stale_before(settings)
    assert timedelta(hours=24) < age < timedelta(hours=26)
