"""A fresh database with every table, in a folder of the test's own; and what is sent to it."""

import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url

from api.db.engine import Database
from api.db.migrate import upgrade
from api.db.reader import Reader
from api.db.tables import metadata


@asynccontextmanager
async def fresh_database(folder: Path) -> AsyncIterator[Database]:
    path = folder / "marquee.db"
    path.write_bytes(_with_every_table())
    database = Database(f"sqlite+aiosqlite:///{path}")
    try:
        yield database
    finally:
        await database.close()


async def bring_to_newest_revision(url: str) -> None:
    """What `marquee migrate` does; a new SQLite database is a copy of one that went through all revisions already."""
    if not url.startswith("sqlite"):
        await upgrade(url)
    elif not _migrated:
        await upgrade(url)
        _migrated.append(_content(Path(make_url(url).database or "")))
    else:
        _fill(Path(make_url(url).database or ""), _migrated[0])


_migrated: list[bytes] = []


def _fill(path: Path, content: bytes) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@cache
def _with_every_table() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marquee.db"
        engine = create_engine(f"sqlite:///{path}")
        metadata.create_all(engine)
        engine.dispose()
        return _content(path)


def _content(path: Path) -> bytes:
    """The whole database, of which nothing is in a log beside it any more."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    return path.read_bytes()


READING = ("SELECT", "WITH")
"""How a statement that reads begins."""


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to any database inside the `with`."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    def fetch(reader: Reader, text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        sent.append(text)
        return fetched(reader, text, values)

    fetched = Reader.fetch
    event.listen(Engine, "before_cursor_execute", note)
    Reader.fetch = fetch  # type: ignore[method-assign, assignment]
    try:
        yield sent
    finally:
        Reader.fetch = fetched  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", note)
