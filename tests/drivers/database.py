"""A fresh database with every table, in a folder of the test's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api.db.engine import Database
from api.db.tables import metadata


@asynccontextmanager
async def fresh_database(folder: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{folder / 'marquee.db'}")
    async with database.write() as db:
        await db.run_sync(metadata.create_all)
    try:
        yield database
    finally:
        await database.close()
