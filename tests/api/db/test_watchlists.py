from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api.db import watchlists
from api.db.engine import Database
from api.db.tables import films, members, refreshes, watchlist_entries
from tests.factories import FilmRow, MemberRow, RefreshRow, add

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=300)


@pytest.fixture(autouse=True)
async def alice(database: Database) -> None:
    async with database.write() as db:
        await add(db, members, MemberRow.build(id=1))
        await add(db, films, *(FilmRow.build(id=number) for number in range(1, 1201)))
        await add(db, refreshes, RefreshRow.build(id=1), RefreshRow.build(id=2))


async def store(database: Database, film_ids: Sequence[int], at: datetime = NOON, refresh_id: int = 1) -> None:
    async with database.write() as db:
        await watchlists.store(db, 1, film_ids, first_position=1, refresh_id=refresh_id, now=at)


async def remove_missing(database: Database, present: Sequence[int]) -> int:
    async with database.write() as db:
        return await watchlists.remove_missing(db, 1, present, refresh_id=2, now=NOON)


async def entry(database: Database) -> Any:
    async with database.read() as db:
        return (await db.execute(select(watchlist_entries))).one()


async def test_an_entry_that_comes_back_is_as_new(database: Database) -> None:
    await store(database, [1])
    async with database.write() as db:
        await db.execute(watchlist_entries.update().values(added_at=NOON, provenance="export"))
    await remove_missing(database, [])
    await store(database, [1], LATER, refresh_id=2)
    row = await entry(database)
    assert (row.first_seen_at, row.added_at, row.provenance) == (LATER, None, "letterboxd")
    assert (row.added_refresh_id, row.removed_at, row.removed_refresh_id) == (2, None, None)


async def test_an_entry_that_only_moves_keeps_its_past(database: Database) -> None:
    await store(database, [1])
    await store(database, [2, 1], LATER, refresh_id=2)
    async with database.read() as db:
        row = (await db.execute(select(watchlist_entries).where(watchlist_entries.c.film_id == 1))).one()
    assert (row.position, row.first_seen_at, row.added_refresh_id) == (2, NOON, 1)


async def test_a_long_list_loses_many_at_once(database: Database) -> None:
    await store(database, range(1, 1201))
    assert await remove_missing(database, range(1, 1201, 2)) == 600
    async with database.read() as db:
        assert await watchlists.film_ids(db, 1) == list(range(1, 1201, 2))
