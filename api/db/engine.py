"""The way to the database: one engine, a reading and a writing unit of work.

Writers take turns, over all processes: on SQLite by BEGIN IMMEDIATE, on PostgreSQL by an advisory lock. So no update is
lost and no insert collides, on either. Reads never wait for them, and see one state of the data from their first query
to their last. A unit of work never spans a network call.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import Insert, Table, event, make_url, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from api.db.connection import Connection
from api.db.reader import Readers
from api.db.tables import data_version
from api.errors import Unavailable

PATIENCE = 10.0
TURN_SECONDS = 0.01
PRAGMAS = ("PRAGMA synchronous=NORMAL", "PRAGMA foreign_keys=ON")


class SqliteConnection(sqlite3.Connection):
    """A connection that lets go of its lock when it is closed.

    SQLite keeps a closed connection, with its transaction, for as long as a cursor of it is referenced; one that a
    cancelled task leaves behind is, by the traceback, and would lock every other writer out.
    """

    def close(self) -> None:
        if self.in_transaction:
            self.rollback()
        super().close()


async def open_sqlite(*args: Any, **options: Any) -> aiosqlite.Connection:
    """A connection to a file. Where that fails, its thread has ended before the event loop can."""
    connection = aiosqlite.connect(*args, factory=SqliteConnection, **options)
    connection._thread.daemon = True
    try:
        await connection
    except sqlite3.Error:
        await asyncio.to_thread(connection._thread.join)
        raise
    try:
        await _keep_log_ahead(connection)
    except BaseException:
        await connection.close()
        raise
    return connection


async def _keep_log_ahead(connection: aiosqlite.Connection) -> None:
    """Have the file keep a write-ahead log, in which readers never wait.

    A file that was made or restored without one is changed over once. SQLite does not wait for its turn at that, as it
    does elsewhere: of two processes that open the file at once, one would fail.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            async with connection.execute("PRAGMA journal_mode=WAL"):
                return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        await asyncio.sleep(TURN_SECONDS)


SQLITE: dict[str, Any] = {"connect_args": {"async_creator_fn": open_sqlite}}
POSTGRESQL: dict[str, Any] = {"pool_pre_ping": True, "connect_args": {"timeout": 10}}
"""A connection that a restart of the server broke is noticed before it is used."""
SNAPSHOT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
WRITERS_TURN = text(
    "SELECT set_config('lock_timeout', :milliseconds, true), "
    "set_config('idle_in_transaction_session_timeout', '30s', true), pg_advisory_xact_lock(6277834)"
)
"""A writer waits as long as on SQLite, and one that is frozen in its turn loses it."""
HAS_CHANGED = text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
NEXT_VERSION = text(
    "INSERT INTO data_version (id, version) VALUES (1, 1) "
    "ON CONFLICT (id) DO UPDATE SET version = data_version.version + 1"
)
AWAY = ("08", "28", "3D000", "53", "55P03", "57", "25P03")
"""Beginnings of PostgreSQL's codes for: no connection, no access, no such database, no resources, waited too long."""


class Database:
    """An open database. `read()` and `write()` give a connection inside a transaction; a write commits at its end.

    Both raise Unavailable where the database does not answer, cannot be opened, or is locked for too long.
    """

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        """Nothing is opened before it is used; `patience` is for how many seconds a writer waits for its turn."""
        self._milliseconds = str(int(patience * 1000))
        self._is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._engine = create_async_engine(url, **(SQLITE if self._is_sqlite else POSTGRESQL))
        self._reading = self._engine if self._is_sqlite else self._engine.execution_options(**SNAPSHOT)
        self._writing = asyncio.Lock()
        self._readers = Readers(path) if self._is_sqlite and (path := file_of(url)) else None
        if self._is_sqlite:
            make_directory_of(url)
            event.listen(self._engine.sync_engine, "connect", self._prepare)
            event.listen(self._engine.sync_engine, "begin", _begin)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A transaction that sees one state of the data, and cannot change it."""
        with _faults_named():
            if self._readers is None:
                async with self._reading.connect() as connection:
                    yield connection
            else:
                reader = self._readers.take()
                try:
                    yield reader
                finally:
                    self._readers.give_back(reader)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at its end, or rolls back where an error leaves it.

        Writers of this process queue here, in order, and not in SQLite's busy wait. What a transaction changed makes
        a new version of the data.
        """
        with _faults_named():
            async with self._writing, self._engine.execution_options(write=True).begin() as connection:
                if not self._is_sqlite:
                    await connection.execute(WRITERS_TURN, {"milliseconds": self._milliseconds})
                before = await self._changes(connection)
                yield connection
                if await self._changes(connection) != before:
                    await connection.execute(NEXT_VERSION)

    async def version(self) -> int:
        """The number of the data's present state: every write that changed something made another one.

        Raises Unavailable where the database does not tell, whatever the reason.
        """
        if self._readers is not None:
            return self._readers.version()
        async with self.read() as db:
            return (await db.execute(select(data_version.c.version))).scalar_one_or_none() or 0

    async def close(self) -> None:
        if self._readers is not None:
            self._readers.close()
        await self._engine.dispose()

    async def _changes(self, connection: AsyncConnection) -> Any:
        """Something that is another thing after a change of the data in this transaction."""
        if self._is_sqlite:
            raw: Any = await connection.get_raw_connection()
            return raw.driver_connection.total_changes
        return (await connection.execute(HAS_CHANGED)).scalar_one()

    def _prepare(self, connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"PRAGMA busy_timeout={self._milliseconds}", *PRAGMAS):
            cursor.execute(pragma)
        cursor.close()


@contextmanager
def _faults_named() -> Iterator[None]:
    """Say plainly that the database is away, whichever way its driver says so; mistakes of ours stay as they are."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.DatabaseError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        if not _is_away(error, cause):
            raise
        raise Unavailable("The database", str(cause) or type(cause).__name__) from error


def _is_away(error: Exception, cause: BaseException) -> bool:
    is_lost = isinstance(error, OSError | OperationalError | sqlite3.OperationalError | PoolTimeoutError)
    is_cut_off = getattr(error, "connection_invalidated", False)
    is_broken = type(cause) is sqlite3.DatabaseError  # the file is malformed, or none of SQLite's; others are narrower
    return is_lost or is_cut_off or is_broken or str(getattr(cause, "sqlstate", None) or "").startswith(AWAY)


def file_of(url: str) -> str | None:
    """The path of an SQLite file; None for a database in memory."""
    path = make_url(url).database
    return None if not path or path == ":memory:" else path


def make_directory_of(url: str) -> None:
    """Make the folder of an SQLite file, since SQLite itself does not; raises Unavailable where that fails."""
    path = file_of(url)
    if path is None:
        return
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        because = f"the folder {Path(path).parent} cannot be made ({error.strerror})"
        raise Unavailable("The database", because) from error


async def upsert(db: Connection, table: Table, rows: list[dict[str, Any]], key: tuple[str, ...]) -> None:
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


def insert(db: Connection, table: Table) -> Any:
    """The dialect's own insert, which knows ON CONFLICT."""
    maker: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    statement: Insert = maker[db.dialect.name](table)
    return statement


def _begin(connection: SyncConnection) -> None:
    writing = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
