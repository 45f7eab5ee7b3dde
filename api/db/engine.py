"""The way to the database: one engine, a reading and a writing unit of work.

Writers take turns, over all processes: on SQLite by BEGIN IMMEDIATE, on PostgreSQL by an advisory lock. So no update is
lost and no insert collides, on either. Reads never wait for them. A unit of work never spans a network call.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Insert, Table, event, make_url, or_, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
)


WRITERS_TURN = text("SELECT pg_advisory_xact_lock(6277834)")


class Database:
    """An open database. `read()` and `write()` give a connection inside a transaction; a write commits at its end."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url)
        self._is_sqlite = self._engine.dialect.name == "sqlite"
        self._writing = asyncio.Lock()
        if self._is_sqlite:
            make_directory_of(url)
            event.listen(self._engine.sync_engine, "connect", _prepare)
            event.listen(self._engine.sync_engine, "begin", _begin)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at its end, or rolls back where an error leaves it.

        Writers of this process queue here, in order, and not in SQLite's busy wait.
        """
        async with self._writing, self._engine.execution_options(write=True).begin() as connection:
            if not self._is_sqlite:
                await connection.execute(WRITERS_TURN)
            yield connection

    async def close(self) -> None:
        await self._engine.dispose()


def make_directory_of(url: str) -> None:
    """Make the folder of an SQLite file, since SQLite itself does not."""
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)


async def upsert(db: AsyncConnection, table: Table, rows: list[dict[str, Any]], key: tuple[str, ...]) -> None:
    """Insert `rows`, or update those whose `key` is there; a row that would not change is not written.

    All rows have the same columns, and no key occurs twice.
    """
    if not rows:
        return
    statement = insert(db, table)
    changing = [name for name in rows[0] if name not in key]
    if changing:
        statement = statement.on_conflict_do_update(
            index_elements=list(key),
            set_={name: statement.excluded[name] for name in changing},
            where=or_(*(table.c[name].is_distinct_from(statement.excluded[name]) for name in changing)),
        )
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    await db.execute(statement, rows)


def insert(db: AsyncConnection, table: Table) -> Any:
    """The dialect's own insert, which knows ON CONFLICT."""
    maker: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    statement: Insert = maker[db.dialect.name](table)
    return statement


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
