import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from api.db import tables
from api.db.connection import Connection
from api.db.engine import Database, SqliteConnection
from api.errors import Unavailable
from tests.factories import FilmRow, add

IMPATIENT = 0.2
END_EVERY_CONNECTION = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


@pytest.fixture
async def on_postgresql(postgresql_url: str) -> AsyncIterator[Database]:
    database = Database(postgresql_url)
    async with database.write() as db:
        await db.run_sync(tables.metadata.create_all)
    yield database
    await database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
    return str(request.getfixturevalue("postgresql_url"))


async def films_in(db: Connection) -> int:
    return (await db.execute(select(func.count()).select_from(tables.films))).scalar_one()


@pytest.mark.parametrize(
    "address", ["postgresql+asyncpg://nobody:secret@127.0.0.1:1/marquee", "sqlite+aiosqlite:///{folder}"]
)
async def test_a_database_that_cannot_be_opened_is_unavailable(address: str, tmp_path: Path) -> None:
    database = Database(address.format(folder=tmp_path))
    for work in (database.read, database.write):
        with pytest.raises(Unavailable, match="The database is not available"):
            async with work() as db:
                await db.execute(text("SELECT 1"))
    await database.close()


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(Unavailable, match="taken/data cannot be made"):
        Database(f"sqlite+aiosqlite:///{tmp_path / 'taken' / 'data' / 'marquee.db'}")


async def test_a_writer_waits_for_its_turn_as_long_as_it_may(url: str) -> None:
    first, second = Database(url), Database(url, patience=IMPATIENT)
    async with first.write() as db:
        await db.run_sync(tables.metadata.create_all)
        with pytest.raises(Unavailable, match=r"locked|lock timeout"):
            async with second.write():
                pytest.fail("two writers at once")
    async with second.write() as db:
        await add(db, tables.films, FilmRow.build())
    await first.close()
    await second.close()


async def test_a_mistake_in_a_statement_is_no_absence(on_postgresql: Database) -> None:
    with pytest.raises(DBAPIError):
        async with on_postgresql.read() as db:
            await db.execute(text("SELECT nothing FROM nowhere"))


async def test_a_reader_sees_one_state_of_the_data(url: str) -> None:
    database = Database(url)
    async with database.write() as db:
        await db.run_sync(tables.metadata.create_all)
    async with database.read() as reading:
        assert await films_in(reading) == 0
        async with database.write() as db:
            await add(db, tables.films, FilmRow.build())
        assert await films_in(reading) == 0
    async with database.read() as reading:
        assert await films_in(reading) == 1
    await database.close()


async def test_a_reader_cannot_write(url: str) -> None:
    database = Database(url)
    async with database.write() as db:
        await db.run_sync(tables.metadata.create_all)
    with pytest.raises((DBAPIError, Unavailable), match=r"read-?only"):
        async with database.read() as db:
            await add(db, tables.films, FilmRow.build())
    await database.close()


async def test_every_write_that_changes_something_makes_a_new_version(url: str) -> None:
    database = Database(url)
    async with database.write() as db:
        await db.run_sync(tables.metadata.create_all)
    seen = [await database.version()]
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build())
    seen.append(await database.version())
    async with database.write() as db:
        await films_in(db)
    seen.append(await database.version())
    with pytest.raises(IntegrityError):
        async with database.write() as db:
            await add(db, tables.films, FilmRow.build(slug="twice"), FilmRow.build(slug="twice"))
    seen.append(await database.version())
    assert seen == [seen[0], seen[0] + 1, seen[0] + 1, seen[0] + 1]
    await database.close()


async def test_connections_that_the_server_ended_are_replaced_unnoticed(
    on_postgresql: Database, postgresql: Any
) -> None:
    async with on_postgresql.read() as one, on_postgresql.read() as other:
        assert (await films_in(one), await films_in(other)) == (0, 0)
    postgresql.psql(END_EVERY_CONNECTION)
    async with on_postgresql.read() as db:
        assert await films_in(db) == 0
    async with on_postgresql.write() as db:
        await add(db, tables.films, FilmRow.build())


async def test_a_connection_that_ends_in_the_middle_is_unavailable(on_postgresql: Database, postgresql: Any) -> None:
    async def cut_off(db: Connection) -> None:
        await films_in(db)
        await asyncio.to_thread(postgresql.psql, END_EVERY_CONNECTION)
        await films_in(db)

    for work in (on_postgresql.read, on_postgresql.write):
        with pytest.raises(Unavailable):
            async with work() as db:
                await cut_off(db)


async def test_a_writer_that_is_frozen_in_its_turn_loses_it(on_postgresql: Database) -> None:
    async with on_postgresql.write() as db:
        shown = (await db.execute(text("SHOW idle_in_transaction_session_timeout"))).scalar_one()
    assert shown == "30s"


def test_a_connection_given_up_in_the_middle_lets_go_of_its_lock(tmp_path: Path) -> None:
    path = tmp_path / "marquee.db"
    given_up = sqlite3.connect(path, factory=SqliteConnection, isolation_level=None)
    given_up.executescript("CREATE TABLE numbers (n); INSERT INTO numbers VALUES (1), (2); BEGIN IMMEDIATE;")
    cursor = given_up.execute("SELECT n FROM numbers")
    assert cursor.fetchone() == (1,)
    given_up.close()
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")


async def test_a_restored_file_can_be_opened_by_several_at_once(tmp_path: Path) -> None:
    """SQLite lets them not wait for one another where the file keeps no write-ahead log yet."""
    for attempt in range(20):
        path = tmp_path / f"restored-{attempt}.db"
        with closing(sqlite3.connect(path)) as restored:
            restored.execute("CREATE TABLE films (id)")
        databases = [Database(f"sqlite+aiosqlite:///{path}") for _ in range(4)]
        assert await asyncio.gather(*(films_of(database) for database in databases)) == [0, 0, 0, 0]
        for database in databases:
            await database.close()


async def films_of(database: Database) -> int:
    async with database.write() as db:
        return await films_in(db)
