"""Answers with a time of change; those with a tag alone are in test_app.py."""

from datetime import UTC, datetime

import httpx
import pytest

from api.db import tables
from api.db.engine import Database
from tests.factories import NOW, AvailabilityRow, EntryRow, EventRow, FilmRow, MemberRow, ProviderRow, add

CHANGED = "Fri, 20 Nov 2026 06:00:00 GMT"


@pytest.fixture(autouse=True)
async def event(database: Database) -> None:
    """Something has changed, so that there is a time of it."""
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(id=1))
        await add(db, tables.providers, ProviderRow.build(id=8))
        await add(db, tables.availability, AvailabilityRow.build(id=1, film_id=1, provider_id=8))
        await add(db, tables.events, EventRow.build(id=1, availability_id=1, at=NOW))


@pytest.mark.parametrize("name", ["changes.atom", "changes.ics", "changes.json"])
async def test_who_has_the_feed_already_is_told_so(client: httpx.AsyncClient, name: str) -> None:
    first = await client.get(f"/feeds/{name}")
    tag = first.headers["etag"]
    assert first.headers["last-modified"] == CHANGED
    for asked in (
        {"if-none-match": tag},
        {"if-modified-since": CHANGED},
        {"if-modified-since": "Fri, 20 Nov 2026 06:00:01 GMT"},
        {"if-none-match": tag, "if-modified-since": "Thu, 19 Nov 2026 05:00:00 GMT"},
    ):
        again = await client.get(f"/feeds/{name}", headers=asked)
        assert (again.status_code, again.content) == (304, b""), asked
        assert (again.headers["etag"], again.headers["last-modified"]) == (tag, CHANGED)
        assert again.headers["cache-control"] == "private, max-age=300"
    assert (await client.head(f"/feeds/{name}", headers={"if-modified-since": CHANGED})).status_code == 304


async def test_who_does_not_have_it_gets_it(client: httpx.AsyncClient) -> None:
    for asked in (
        {"if-modified-since": "Fri, 20 Nov 2026 05:59:59 GMT"},
        {"if-modified-since": "yesterday"},
        {"if-modified-since": "Fri, 20 Nov 99999 05:00:00 GMT"},
        {"if-modified-since": ""},
        {"if-none-match": '"other"', "if-modified-since": CHANGED},
        {"if-none-match": "", "if-modified-since": CHANGED},
    ):
        assert (await client.get("/feeds/changes.atom", headers=asked)).status_code == 200, asked


async def test_a_time_is_nothing_to_an_answer_without_one(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/events", headers={"if-modified-since": CHANGED})
    assert answer.status_code == 200


async def test_nobody_misses_an_event_of_the_same_second(client: httpx.AsyncClient, database: Database) -> None:
    """While events are still being told, the time of the newest says nothing about what else has that time."""
    async with database.write() as db:
        await add(db, tables.events, EventRow.build(id=2, availability_id=1, at=datetime.now(UTC)))
    assert "last-modified" not in (await client.get("/feeds/changes.atom")).headers


async def test_nobody_misses_an_older_event_of_a_film_that_is_on_the_list_now(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.write() as db:
        await add(db, tables.members, MemberRow.build(id=1, username="alice"))
        await add(db, tables.watchlist_entries, EntryRow.build(member_id=1, film_id=1))
        await add(db, tables.services, {"member_id": 1, "country": "GB", "provider_id": 8})
    for query in ("member=alice", "services=true"):
        answer = await client.get(f"/feeds/changes.atom?{query}", headers={"if-modified-since": CHANGED})
        assert (answer.status_code, "last-modified" in answer.headers) == (200, False)
        assert "<entry>" in answer.text
