"""What every list costs: one number of queries, whatever is on its page."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.db import tables
from api.db.engine import Database
from tests.api.conftest import NOBODY, Serve
from tests.drivers.database import statements
from tests.factories import (
    NOW,
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

MANY = range(1, 41)
MEMBERS = ("alice", *(f"member{each}" for each in MANY[1:]))
LONG = 30
FEEDS = "/api/v1/feeds"


@pytest.fixture(autouse=True)
async def forty_of_everything(database: Database) -> None:
    """Alice wants forty films, each on a provider of its own; each refresh failed at one of them."""
    at: dict[str, Any] = {"at": NOW}
    wrong = {"media_type": "movie", "tmdb_id": 1, "because": "It is another.", **at}
    async with database.write() as db:
        await add(db, tables.members, *(MemberRow.build(id=each) for each in MANY))
        await db.execute(tables.members.update().where(tables.members.c.id == 1).values(username="alice"))
        await add(db, tables.films, *(FilmRow.build(id=each) for each in MANY))
        states = {each: "review" if each <= LONG else "found" for each in MANY}
        await add(db, tables.film_matches, *(MatchRow.build(film_id=each, state=states[each]) for each in MANY))
        await add(db, tables.watchlist_entries, *(EntryRow.build(member_id=1, film_id=each) for each in MANY))
        await add(db, tables.providers, *(ProviderRow.build(id=each) for each in MANY))
        offers = (AvailabilityRow.build(id=each, film_id=each, provider_id=each) for each in MANY)
        await add(db, tables.availability, *offers)
        await add(db, tables.availability_checks, *(CheckRow.build(film_id=each) for each in MANY))
        await add(db, tables.events, *(EventRow.build(id=each, availability_id=each) for each in MANY))
        await add(db, tables.corrections, *({"film_id": each, **wrong} for each in MANY))
        await add(db, tables.refreshes, *(RefreshRow.build(id=each) for each in MANY))
        of = {"position": 0, "kind": "watchlist", "active": False}
        await add(db, tables.refresh_members, *({"refresh_id": each, "member_id": each, **of} for each in MANY))
        failed = {"stage": "enriching", "code": "x", "message": "It failed.", **at}
        await add(db, tables.refresh_items, *({"refresh_id": each, "film_id": each, **failed} for each in MANY))
        kept = {"trigger": "cron", "status": "succeeded", "started_at": NOW, "counts": {}}
        await add(db, tables.housekeeping, *(kept for _ in MANY))
        news = {"kind": "news", "title": "Heat", "body": "Heat", "created_at": NOW}
        await add(db, tables.digests, *({"id": each, **news} for each in MANY))
        sent = {"target": "d1", "target_name": "ntfy", "status": "sent"}
        await add(db, tables.deliveries, *({"digest_id": each, **sent} for each in MANY))
        loved = {"member_id": 1, "rating": 4.5, "liked": True, "provenance": "films", "updated_at": NOW}
        await add(db, tables.ratings, *({"film_id": each, **loved} for each in MANY))
        order = {"kind": "top_rated", "public": True, "mode": "mirror", "most": 9, "sort_by": "rating"}
        order |= {"member_id": 1, "sort_order": "desc", "state": "succeeded"}
        made = {"details_due": False, "refused": [], "not_matched": [], "created_at": NOW}
        listed = ({"id": each, "name": f"List {each}", **order, **made} for each in MANY)
        await add(db, tables.tmdb_lists, *listed)
        sync = {"trigger": "manual", "dry_run": False, "mode": "mirror", "state": "succeeded", "attempts": 1}
        await add(db, tables.tmdb_syncs, *({"id": each, **sync, "created_at": NOW} for each in MANY))
        done = {"done": 9, "total": 9, "report": {}}
        synced = ({"sync_id": each, "list_id": each, "name": f"List {each}", **order, **done} for each in MANY)
        await add(db, tables.tmdb_sync_lists, *synced)
        state = {"source": "watchlist", "state": "ok", "since": NOW}
        await add(db, tables.source_states, *({"member_id": each, **state} for each in MANY))


@pytest.fixture
async def client(serve: Serve, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(redis_url=NOBODY, letterboxd_username=MEMBERS) as client:
        yield client


async def test_every_list_takes_as_many_queries_for_a_long_page_as_for_a_short_one(client: httpx.AsyncClient) -> None:
    """There are three formats of feeds, and there will not be many."""
    document = (await client.get("/api/v1/openapi.json")).json()
    operations = {path: item.get("get", {}).get("parameters", []) for path, item in document["paths"].items()}
    lists = [path for path, parameters in operations.items() if any(each["name"] == "page" for each in parameters)]
    assert len(lists) >= 13
    for path in lists:
        numbers = []
        for page_size in (2, LONG):
            address = path.replace("{username}", "alice")
            with statements() as sent:
                answer = await client.get(address, params={"page_size": page_size})
            assert answer.status_code == 200, answer.text
            assert len(answer.json()["items"]) == (page_size if path != FEEDS else min(page_size, 3)), path
            numbers.append(len(sent))
        assert numbers[0] == numbers[1], path
