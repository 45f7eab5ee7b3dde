"""Bringing the database to the newest revision, by one process at a time and all or nothing.

On SQLite the file is copied first, so that the way back is a rename: `marquee.db.before-0002`.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import aiosqlite
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, event, inspect, make_url, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from api.db.engine import AWAY, SQLITE, Database, make_directory_of
from api.errors import NewerDatabase, Unavailable

WAIT_MILLISECONDS = 600_000
LOCK_KEY = 6_277_833


async def upgrade(database_url: str, history: Path | None = None) -> None:
    """Bring the database to the newest revision; several callers at once wait for one another.

    The revisions are those of the `migrations` package, unless `history` names another folder of that kind.

    Raises NewerDatabase where a newer Marquee wrote it, and Unavailable where it cannot be opened or written;
    either way nothing is changed.
    """
    try:
        async with transaction(database_url) as connection:
            await _upgrade_in(connection, database_url, _scripts(history))
    except ModuleNotFoundError as error:
        advice = f"its driver is missing ({error}); start Marquee with: uv run --extra postgres marquee up"
        raise Unavailable("The database", advice) from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        because = _why_unusable(error, make_url(database_url).database)
        if because is None:
            raise
        raise Unavailable("The database", because) from error


async def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision that this code knows."""
    async with database.read() as connection:
        return await connection.run_sync(_revision_of) == head_revision()


@cache
def head_revision() -> str:
    """The newest revision that this code knows."""
    head = _scripts().get_current_head()
    assert head is not None, "the migrations package holds no revision"  # noqa: S101
    return head


@asynccontextmanager
async def transaction(database_url: str) -> AsyncIterator[AsyncConnection]:
    """A transaction for changes of the schema, while no other migrator is at work; it commits at its end.

    SQLite does not enforce foreign keys inside, since rebuilding a table would delete what refers to it; they are
    checked before the commit.
    """
    is_sqlite = make_url(database_url).get_backend_name() == "sqlite"
    engine = create_async_engine(database_url, poolclass=NullPool, **(SQLITE if is_sqlite else {}))
    try:
        turn = _sqlite_turn if is_sqlite else _postgresql_turn
        async with turn(engine) as connection:
            yield connection
    finally:
        await engine.dispose()


def _why_unusable(error: Exception, place: str | None) -> str | None:
    """Why the database could not be opened or written; None where the error is another kind of mistake."""
    cause = getattr(error, "orig", None) or error
    name = str(getattr(cause, "sqlite_errorname", ""))
    if name == "SQLITE_NOTADB":
        return f"{place} is not an SQLite database; name another file in DATABASE_URL"
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
        return _closed(place, cause)
    refused = str(getattr(cause, "sqlstate", None) or "").startswith(AWAY)
    is_away = refused or isinstance(error, OperationalError | sqlite3.OperationalError | OSError)
    return (str(cause) or type(cause).__name__) if is_away else None


def _demand_file(place: str) -> None:
    """Raises Unavailable where SQLite could not open and change this file, which is made where it is missing."""
    if place == ":memory:" or place.startswith("file:"):
        return
    try:
        Path(place).open("ab").close()
    except OSError as error:
        raise Unavailable("The database", _closed(place, error.strerror)) from error


def _closed(place: str | None, cause: object) -> str:
    advice = f"make it and its folder writable for user {os.getuid()}, or name another file in DATABASE_URL"
    return f"{place} cannot be opened and changed ({cause}); {advice}"


async def _upgrade_in(connection: AsyncConnection, database_url: str, scripts: ScriptDirectory) -> None:
    revision, head = await connection.run_sync(_revision_of), scripts.get_current_head()
    if revision == head:
        return
    if revision is not None:
        _demand_known(revision, scripts)
        await _copy(database_url, f"before-{head}")
    await connection.run_sync(_upgrade, Path(scripts.dir))


@asynccontextmanager
async def _postgresql_turn(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        yield connection


@asynccontextmanager
async def _sqlite_turn(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """The lock is the one of every writer: BEGIN IMMEDIATE waits until nobody else writes."""
    make_directory_of(str(engine.url))
    await asyncio.to_thread(_demand_file, engine.url.database or ":memory:")
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    async with engine.begin() as connection:
        yield connection
        broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).fetchall()
        if broken:
            raise CommandError(f"A migration left rows that refer to nothing: {broken[:5]}")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (f"busy_timeout={WAIT_MILLISECONDS}", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


async def _copy(database_url: str, suffix: str) -> None:
    """Copy an SQLite file as it was before the open transaction; other databases have their own backups."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    target = Path(f"{url.database}.{suffix}")
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.unlink(missing_ok=True)
    async with aiosqlite.connect(url.database) as source:
        await source.execute("VACUUM INTO ?", (str(unfinished),))
    await asyncio.to_thread(unfinished.replace, target)


def _upgrade(connection: Connection, history: Path) -> None:
    config = _config(history)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision_of(connection: Connection) -> str | None:
    """Alembic's own way to ask says at every call, in the log, that it asks."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return revision


def _demand_known(revision: str, scripts: ScriptDirectory) -> None:
    try:
        scripts.get_revision(revision)
    except CommandError as error:
        raise NewerDatabase(revision) from error


def _scripts(history: Path | None = None) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(history or Path(str(files("migrations")))))


def _config(history: Path) -> Config:
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(history).replace("%", "%%"))
    return config
