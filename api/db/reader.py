"""Reading an SQLite file in the event loop itself: for a query no thread is woken and no connection is made.

SQLite answers from memory or the page cache, and a reader of a write-ahead log waits for nobody: the way to another
thread and back would take longer than most queries do.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar, TypeVarTuple, overload

from sqlalchemy import Connection, Dialect, Engine, Executable, create_engine
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.selectable import TypedReturnsRows

from api.errors import Unavailable

Columns = TypeVarTuple("Columns")
Result = TypeVar("Result")
BUSY_MILLISECONDS = 1000
"""A reader waits only where another process has just been killed and its log is mended; nothing else goes on then."""
VERSION = "SELECT version FROM data_version"
KEPT = 8
"""How many readers that nobody uses stay open."""


class Reader:
    """One connection for reading: between `begin` and `end` it sees one state of the data."""

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.connect()
        driver: Any = self._connection.connection.driver_connection
        self._sqlite: sqlite3.Connection = driver

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Columns], parameters: Any = None
    ) -> CursorResult[*Columns]: ...

    @overload
    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]: ...

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        """What SQLAlchemy's connection answers; it is not waited for."""
        return self._connection.execute(statement, parameters)

    async def run_sync(self, fn: Callable[[Connection], Result]) -> Result:
        return fn(self._connection)

    def fetch(self, text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a query in SQLite's own words, as SQLite gives them; without `begin`, of the newest state."""
        return self._sqlite.execute(text, values).fetchall()

    async def fetch_aside(self, text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The same from another thread, for a query that takes long; one that nobody waits for any more is ended."""
        asked = asyncio.get_running_loop().run_in_executor(None, self.fetch, text, values)
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            self._sqlite.interrupt()
            with suppress(sqlite3.OperationalError):
                await asked
            raise

    def begin(self) -> None:
        self._sqlite.execute("BEGIN")

    def end(self) -> None:
        self._sqlite.rollback()

    def close(self) -> None:
        self._connection.close()


class Readers:
    """The readers of one file: those that nobody uses wait here for the next who does."""

    def __init__(self, path: str) -> None:
        """Nothing is opened before it is used."""
        self._engine = create_engine(
            "sqlite://", creator=lambda: _open(path), poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        self._idle: list[Reader] = []

    def version(self) -> int:
        """The data's version as it is now; raises Unavailable."""
        try:
            if not self._idle:
                self._idle.append(Reader(self._engine))
            found = self._idle[-1].fetch(VERSION, {})
        except (sqlite3.Error, SQLAlchemyError) as error:
            raise Unavailable("The database", str(getattr(error, "orig", None) or error)) from error
        return int(found[0][0]) if found else 0

    def take(self) -> Reader:
        """A reader with its transaction begun; raises sqlite3.Error or SQLAlchemyError where the file is not well."""
        reader = self._idle.pop() if self._idle else Reader(self._engine)
        try:
            reader.begin()
        except BaseException:
            reader.close()
            raise
        return reader

    def give_back(self, reader: Reader) -> None:
        reader.end()
        if len(self._idle) < KEPT:
            self._idle.append(reader)
        else:
            reader.close()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


def _open(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    connection.execute("PRAGMA query_only=ON")
    return connection
