"""What is answered of members of whom nothing is known: a run to wait for, or the reason, and never an empty list."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.db import members, refreshes, sources
from api.db.engine import Database
from api.db.sources import SourceNews

PATHS = ("", "/watchlist", "/ratings", "/top-rated")
SOURCES = ("profile", "watchlist", "films", "films")
"""Which source of the member each of these routes tells."""
OF_ZOE = [*(f"/api/v1/members/zoe{path}" for path in (*PATHS, "/services")), "/lists/zoe/watchlist.json"]
NOW = datetime.now(UTC)


async def record(database: Database, username: str, source: str, state: str, **news: object) -> None:
    async with database.write() as db:
        member_id = (await members.ensure(db, [username]))[username]
        told = SourceNews(state=state, tried_at=NOW, **news)  # type: ignore[arg-type]
        await sources.record(db, member_id, source, told)


@pytest.mark.parametrize("path", PATHS)
async def test_a_member_never_read_is_answered_with_the_run_that_reads_it(
    client: httpx.AsyncClient, database: Database, path: str
) -> None:
    async with database.write() as db:
        run = await refreshes.start(db, ["bob"], trigger="startup", force=False)
    answer = await client.get(f"/api/v1/members/bob{path}")
    assert (answer.status_code, answer.headers["location"]) == (202, f"/api/v1/refreshes/{run.id}")
    assert (answer.json()["id"], answer.headers["retry-after"]) == (run.id, "2")
    assert answer.json() == (await client.get(answer.headers["location"])).json()
    assert "etag" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
async def test_where_nothing_reads_it_the_answer_says_how_to_begin(
    client: httpx.AsyncClient, database: Database, path: str
) -> None:
    async with database.write() as db:
        await refreshes.start(db, ["bob"], trigger="manual", force=False, sources=["rss"])
    answer = await client.get(f"/api/v1/members/bob{path}")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_read_yet")
    assert "POST /api/v1/members/bob/refresh" in answer.json()["detail"]
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "path", [*(f"/api/v1/members/zoe{path}" for path in (*PATHS, "/services")), "/lists/zoe/watchlist.json"]
)
async def test_every_route_of_a_member_that_letterboxd_does_not_know_says_so(
    client: httpx.AsyncClient, database: Database, path: str
) -> None:
    await record(database, "zoe", "watchlist", "missing", message="Letterboxd knows no member zoe.")
    await record(database, "zoe", "profile", "missing", message="Letterboxd leads from zoe to zoey.")
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "missing")
    assert answer.json()["detail"].startswith("Letterboxd leads from zoe to zoey. Check the name that was added")


async def test_a_member_that_went_away_later_keeps_what_was_read(client: httpx.AsyncClient, database: Database) -> None:
    await record(database, "bob", "watchlist", "ok", expected=0, got=0)
    await record(database, "bob", "watchlist", "missing")
    await record(database, "bob", "profile", "missing")
    assert (await client.get("/api/v1/members/bob/watchlist")).json()["total"] == 0


@pytest.mark.parametrize(("path", "source"), [*zip(PATHS, SOURCES, strict=True)])
async def test_what_is_private_is_named_so(
    client: httpx.AsyncClient, database: Database, path: str, source: str
) -> None:
    await record(database, "bob", source, "private", message="Letterboxd shows it to bob alone.")
    answer = await client.get(f"/api/v1/members/bob{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "private")
    assert "privacy settings" in answer.json()["detail"]


async def test_what_could_not_be_read_is_no_empty_list(client: httpx.AsyncClient, database: Database) -> None:
    later = NOW + timedelta(hours=6)
    await record(database, "bob", "watchlist", "blocked", message="Letterboxd refused.", next_try_at=later)
    answer = await client.get("/api/v1/members/bob/watchlist")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_read_yet")
    assert answer.json()["detail"].startswith("Letterboxd refused. Wait:")
    assert 6 * 3600 - 600 < int(answer.headers["retry-after"]) <= 6 * 3600 + 1


@pytest.mark.parametrize(("path", "source"), [("watchlist", "watchlist"), ("ratings", "films"), ("top-rated", "films")])
async def test_a_list_that_letterboxd_shows_empty_is_empty(
    client: httpx.AsyncClient, database: Database, path: str, source: str
) -> None:
    await record(database, "bob", source, "ok", expected=0, got=0)
    answer = await client.get(f"/api/v1/members/bob/{path}")
    assert (answer.status_code, answer.json()["items"]) == (200, [])
