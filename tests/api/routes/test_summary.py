"""The summary: what a sensor can rely on, whatever happens."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from api.db import sources, tables
from api.db.engine import Database
from api.db.sources import SourceNews
from api.schemas.summary import Summary
from tests.api.conftest import NOBODY, Serve
from tests.drivers.database import statements
from tests.drivers.valkey import Valkey
from tests.factories import (
    AvailabilityRow,
    CheckRow,
    EntryRow,
    EventRow,
    FilmRow,
    MatchRow,
    MemberRow,
    ProviderRow,
    RefreshRow,
    add,
)

SUMMARY = "/api/v1/summary"
NOW = datetime.now(UTC).replace(microsecond=0)
HEAT, RONIN, THIEF, ALI = 1, 2, 3, 4
NETFLIX, MUBI = 8, 11
NUMBERS = ("total", "available", "unavailable", "unknown", "on_services", "arrived_7d", "left_7d", "refresh_progress")


async def fill(database: Database, **film: Any) -> None:
    """Alice wants Heat, which is on Netflix, Ronin, which came to Mubi, Thief, which is nowhere, and Ali, unknown."""
    async with database.write() as db:
        await add(db, tables.members, MemberRow.build(id=1, username="alice"))
        titles = {HEAT: "Heat", RONIN: "Ronin", THIEF: "Thief", ALI: "Ali"}
        await add(db, tables.films, *(FilmRow.build(**{"id": each, "title": titles[each], **film}) for each in titles))
        await add(db, tables.film_matches, *(MatchRow.build(film_id=each) for each in titles))
        await add(db, tables.watchlist_entries, *(EntryRow.build(member_id=1, film_id=each) for each in titles))
        await add(db, tables.providers, ProviderRow.build(id=NETFLIX, name="Netflix"))
        await add(db, tables.providers, ProviderRow.build(id=MUBI, name="MUBI"))
        await add(
            db,
            tables.availability,
            AvailabilityRow.build(id=1, film_id=HEAT, provider_id=NETFLIX),
            AvailabilityRow.build(id=2, film_id=RONIN, provider_id=MUBI, opened_at=NOW),
            AvailabilityRow.build(id=3, film_id=THIEF, provider_id=MUBI, offer="rent"),
            AvailabilityRow.build(id=4, film_id=THIEF, provider_id=NETFLIX, closed_at=NOW),
        )
        checked = (HEAT, RONIN, THIEF)
        await add(db, tables.availability_checks, *(CheckRow.build(film_id=each) for each in checked))
        await add(
            db,
            tables.events,
            EventRow.build(id=1, availability_id=2, at=NOW - timedelta(days=1)),
            EventRow.build(id=2, availability_id=4, kind="left", at=NOW - timedelta(days=2)),
            EventRow.build(id=3, availability_id=1, at=NOW - timedelta(days=9)),
        )


async def refreshed(database: Database, **run: Any) -> None:
    finished = {"finished_at": NOW, "error_message": None}
    async with database.write() as db:
        row = RefreshRow.build(id=1, **{key: value for key, value in run.items() if key not in finished})
        await add(db, tables.refreshes, row | finished | run)
        await add(
            db,
            tables.refresh_members,
            {"refresh_id": 1, "member_id": 1, "position": 0, "kind": "watchlist", "active": False},
        )


async def summary(client: httpx.AsyncClient, query: str = "") -> Any:
    answer = await client.get(f"{SUMMARY}?{query}")
    assert answer.status_code == 200, answer.text
    assert len(answer.content) < 8192
    found = answer.json()
    assert list(found) == list(Summary.__struct_fields__)
    assert all(isinstance(found[name], int) for name in NUMBERS)
    return found


async def test_a_watchlist_is_counted(client: httpx.AsyncClient, database: Database) -> None:
    await fill(database)
    await refreshed(database)
    found = await summary(client)
    assert (found["status"], found["member"], found["region"], found["stale"]) == ("ok", "alice", "GB", False)
    counts = {name: found[name] for name in ("total", "available", "unavailable", "unknown")}
    assert counts == {"total": 4, "available": 2, "unavailable": 1, "unknown": 1}
    assert (found["arrived_7d"], found["left_7d"]) == (1, 1)
    assert found["by_provider"] == {"MUBI": 1, "Netflix": 1}
    assert found["refreshed_at"] == NOW.isoformat().replace("+00:00", "Z")
    assert found["next_refresh_at"] > found["refreshed_at"]


async def test_tonight_is_what_came_last_and_first_of_all_on_the_services(
    client: httpx.AsyncClient, database: Database
) -> None:
    await fill(database)
    assert [film["title"] for film in (await summary(client))["tonight"]] == ["Ronin", "Heat"]
    async with database.write() as db:
        await add(db, tables.services, {"member_id": 1, "country": "GB", "provider_id": NETFLIX})
    found = await summary(client)
    assert [film["title"] for film in found["tonight"]] == ["Heat", "Ronin"]
    assert found["on_services"] == 1
    assert found["tonight"][0] == {
        "title": "Heat",
        "year": 1995,
        "runtime_minutes": 104,
        "providers": ["Netflix"],
        "providers_text": "Netflix",
        "url": "https://letterboxd.test/film/film-1/",
        "poster": "https://images.test/t/p/w342/poster1.jpg",
    }


async def test_a_service_and_its_tier_with_ads_are_told_as_one(client: httpx.AsyncClient, database: Database) -> None:
    await fill(database)
    async with database.write() as db:
        await add(db, tables.providers, ProviderRow.build(id=1796, name="Netflix Standard with Ads"))
        await add(db, tables.availability, AvailabilityRow.build(film_id=HEAT, provider_id=1796))
    [heat] = [film for film in (await summary(client))["tonight"] if film["title"] == "Heat"]
    assert (heat["providers"], heat["providers_text"]) == (["Netflix"], "Netflix")


async def test_it_says_whether_redis_is_there(serve: Serve, valkey: Valkey) -> None:
    for redis_url, up in ((valkey.url, True), (NOBODY, False), (None, False)):
        async with serve(redis_url=redis_url) as client:
            assert (await summary(client))["redis_up"] is up, redis_url


async def test_another_country_is_another_summary(client: httpx.AsyncClient, database: Database) -> None:
    await fill(database)
    found = await summary(client, "country=de")
    assert (found["region"], found["available"], found["unknown"]) == ("DE", 0, 4)


async def test_before_the_first_refresh_everything_is_there_and_nothing(client: httpx.AsyncClient) -> None:
    found = await summary(client)
    assert (found["status"], found["stale"], found["refreshed_at"], found["total"]) == ("empty", True, None, 0)


async def test_an_old_refresh_is_stale(client: httpx.AsyncClient, database: Database) -> None:
    await fill(database)
    await refreshed(database, finished_at=NOW - timedelta(days=30))
    found = await summary(client)
    assert (found["status"], found["stale"]) == ("stale", True)


async def test_a_running_refresh_tells_how_far_it_is(client: httpx.AsyncClient, database: Database) -> None:
    await fill(database)
    await refreshed(database, status="running", done=1, total=4, finished_at=None)
    found = await summary(client)
    assert (found["refresh_state"], found["refresh_progress"]) == ("running", 25)


async def test_what_went_wrong_is_said(client: httpx.AsyncClient, database: Database) -> None:
    await fill(database)
    await refreshed(database, status="failed", error_message="TMDB does not accept the key.")
    found = await summary(client)
    assert (found["status"], found["last_error"]) == ("error", "TMDB does not accept the key.")


async def test_trouble_with_the_list_is_an_error_with_words(client: httpx.AsyncClient, database: Database) -> None:
    await fill(database)
    await refreshed(database, status="partial")
    async with database.write() as db:
        await sources.record(db, 1, "watchlist", SourceNews(state="private", tried_at=NOW))
    found = await summary(client)
    assert (found["status"], found["last_error"]) == ("error", "The watchlist could not be read: private.")


async def test_the_number_of_queries_is_the_same_for_every_watchlist(
    client: httpx.AsyncClient, database: Database
) -> None:
    with statements() as of_none:
        await summary(client)
    await fill(database)
    with statements() as of_some:
        await summary(client)
    assert len(of_none) == len(of_some) > 0


@pytest.mark.parametrize("away", [{"database_url": "postgresql+asyncpg://a@127.0.0.1:1/a"}, {}])
async def test_it_answers_without_a_database(serve: Serve, away: dict[str, str]) -> None:
    """One that nobody answers for, and one without tables."""
    async with serve(**away) as client:
        found = await summary(client)
    assert (found["status"], found["total"], found["stale"]) == ("error", 0, True)
    assert "database" in found["last_error"]


async def test_a_file_that_is_broken_is_told_like_one_that_is_away(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "marquee.db").write_bytes(b"this is no database" * 1000)
    async with serve(redis_url=NOBODY) as client:
        found = await summary(client)
        assert (found["status"], "database" in found["last_error"]) == ("error", True)
        for path in ("/api/v1/films", "/lists/alice/watchlist.json", "/feeds/changes.atom", "/api/v1/pick"):
            assert (await client.get(path)).status_code == 503, path


async def test_an_answer_without_data_is_not_kept(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await db.run_sync(tables.watchlist_entries.drop)
    answer = await client.get(SUMMARY)
    assert (answer.json()["status"], answer.headers["cache-control"]) == ("error", "no-store")
    async with database.write() as db:
        await db.run_sync(tables.watchlist_entries.create)
    assert (await summary(client))["status"] == "empty"


async def test_long_names_are_cut_until_it_is_small(client: httpx.AsyncClient, database: Database) -> None:
    await fill(database, title="💔" * 3000)
    async with database.write() as db:
        names = (ProviderRow.build(id=each, name=f"{each} " + "Ж" * 500) for each in range(100, 150))
        await add(db, tables.providers, *names)
        shown = (AvailabilityRow.build(id=each, film_id=HEAT, provider_id=each) for each in range(100, 150))
        await add(db, tables.availability, *shown)
        more = range(10, 20)
        await add(db, tables.films, *(FilmRow.build(id=each, title="💔" * 3000) for each in more))
        await add(db, tables.watchlist_entries, *(EntryRow.build(member_id=1, film_id=each) for each in more))
        streams = (AvailabilityRow.build(id=200 + each, film_id=each, provider_id=100) for each in more)
        await add(db, tables.availability, *streams)
        await db.execute(update(tables.films).values(poster_path="/" + "p" * 900))
    found = await summary(client)
    assert 0 < len(found["tonight"]) < 10
    assert all(len(name) <= 80 for name in found["by_provider"])


async def test_somebody_unknown_is_the_fault_of_the_parameter(client: httpx.AsyncClient) -> None:
    for query in ("member=nobody", "country=FR"):
        assert (await client.get(f"{SUMMARY}?{query}")).status_code == 400, query
