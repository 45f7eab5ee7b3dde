"""What is counted for whoever watches, alike on both databases."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.db import members, metrics, sources, tables
from api.db.engine import Database
from api.db.metrics import Facts, Finished, Scope
from api.db.sources import SourceNews
from tests.drivers.database import READING, statements
from tests.factories import AvailabilityRow, CheckRow, EntryRow, EventRow, FilmRow, MatchRow, ProviderRow, add

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCOPE = Scope(followed=("alice", "bob"), country="GB", stale_before=NOW - timedelta(days=8), now=NOW)
MATCHES = (("found", False), ("found", False), ("found", False), ("review", False), ("not_found", True))
"""State, and whether a person decided, of films 1 to 5; 6 to 8 have no match yet."""


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        yield database
        return
    database = Database(request.getfixturevalue("postgresql_url"))
    async with database.write() as db:
        await db.run_sync(tables.metadata.create_all)
    yield database
    await database.close()


async def add_lists(db: Any) -> None:
    """Films 1 to 6 are on alice's list, 1 on bob's, from which 7 has gone; 8 is on that of somebody who left."""
    people = await members.ensure(db, ["alice", "bob", "carol"])
    listed = [("alice", film_id, None) for film_id in range(1, 7)]
    listed += [("bob", 1, None), ("bob", 7, NOW), ("carol", 8, None)]  # type: ignore[list-item]
    await add(db, tables.films, *(FilmRow.build(id=number) for number in range(1, 9)))
    entries = (EntryRow.build(member_id=people[name], film_id=film, removed_at=at) for name, film, at in listed)
    await add(db, tables.watchlist_entries, *entries)
    matches = [MatchRow.build(film_id=number, state=state) for number, (state, _) in enumerate(MATCHES, 1)]
    locks = [{"locked": is_locked} for _, is_locked in MATCHES]
    await add(db, tables.film_matches, *({**match, **lock} for match, lock in zip(matches, locks, strict=True)))
    await sources.record(db, people["alice"], "watchlist", SourceNews(state="blocked", tried_at=NOW))
    await sources.record(db, people["bob"], "watchlist", SourceNews(state="ok", tried_at=NOW - timedelta(days=9)))


async def add_offers(db: Any) -> None:
    """Film 1 streams here, 2 did, 3 streams abroad alone and was not looked for here; 8 concerns nobody."""
    await add(db, tables.providers, ProviderRow.build(id=1))
    abroad = AvailabilityRow.build(id=3, film_id=3, provider_id=1, country="DE")
    over = AvailabilityRow.build(id=2, film_id=2, provider_id=1, closed_at=NOW)
    mistaken = AvailabilityRow.build(id=4, film_id=2, provider_id=1, offer="rent", closed_at=NOW, withdrawn=True)
    here = AvailabilityRow.build(id=1, film_id=1, provider_id=1), AvailabilityRow.build(id=8, film_id=8, provider_id=1)
    await add(db, tables.availability, *here, over, abroad, mistaken)
    checks = [CheckRow.build(film_id=film_id) for film_id in (1, 2)]
    await add(db, tables.availability_checks, *checks, CheckRow.build(film_id=3, country="DE"))
    hours = (("arrived", 1, 1), ("arrived", 3, 23), ("arrived", 8, 25), ("left", 2, -1), ("left", 4, 1))
    events = [
        EventRow.build(id=number, kind=kind, availability_id=stay, at=NOW - timedelta(hours=ago))
        for number, (kind, stay, ago) in enumerate(hours, 1)
    ]
    await add(db, tables.events, *events)


async def counted(database: Database) -> Facts:
    facts = await metrics.facts(database, SCOPE, 10)
    assert facts is not None
    return facts


async def test_films_are_counted_by_match_and_by_availability_in_the_first_country(either: Database) -> None:
    async with either.write() as db:
        await add_lists(db)
        await add_offers(db)
    facts = await counted(either)
    assert facts.films == {"available": 1, "unavailable": 1, "unknown": 4}
    assert facts.matches == {"found": 3, "review": 1, "not_found": 1, "pending": 1}
    assert facts.questions == 1
    assert facts.entries == {"alice": 6, "bob": 1}
    assert facts.events == {"arrived": 2}
    assert facts.sources == {
        ("watchlist", "blocked"): 1,
        ("watchlist", "stale"): 1,
        ("watchlist", "never"): 1,
        **{(source, "never"): 3 for source in ("profile", "films", "likes", "rss")},
    }


async def test_the_last_refresh_and_the_last_success_are_told_apart(either: Database) -> None:
    assert (await counted(either)).finished is None
    ends = {"succeeded": 48, "partial": 24, "failed": 3, "running": None}
    async with either.write() as db:
        for number, (status, ago) in enumerate(ends.items(), 1):
            finished_at = None if ago is None else NOW - timedelta(hours=ago)
            started_at = finished_at and finished_at - timedelta(seconds=90)
            await add(
                db, tables.refreshes, refresh(number, status) | {"started_at": started_at, "finished_at": finished_at}
            )
    facts = await counted(either)
    ended = NOW - timedelta(hours=3)
    assert facts.finished == Finished("failed", ended - timedelta(seconds=90), ended)
    assert facts.succeeded_at == NOW - timedelta(hours=48)


def refresh(number: int, status: str) -> dict[str, Any]:
    counters = {"done": 1, "total": 1, "counts": {}, "attempts": 1}
    kind = {"kind": "watchlist", "trigger": "manual", "force": False, "stage": "finished"}
    return {"id": number, "status": status, "created_at": NOW, **kind, **counters}


async def test_the_number_of_queries_does_not_depend_on_the_data(database: Database) -> None:
    taken = []
    for _ in range(2):
        with statements() as sent:
            await counted(database)
        taken.append(len([each for each in sent if each.startswith(READING)]))
        async with database.write() as db:
            await add_lists(db) if len(taken) == 1 else None
            await add_offers(db) if len(taken) == 1 else None
    assert taken == [6, 6]


async def test_a_database_that_does_not_tell_is_no_error(tmp_path: Any) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    try:
        assert await metrics.facts(database, SCOPE, 10) is None
    finally:
        await database.close()
