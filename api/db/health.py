"""Whether the database answers, and is the one that this code knows."""

import asyncio

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.db import migrate
from api.db.engine import Database
from api.errors import Unavailable


async def fault(database: Database, seconds: float) -> tuple[str, str] | None:
    """What is wrong with the database, as (part, message); None when it is well. Never takes longer than `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            async with database.read() as db:
                await db.execute(text("SELECT 1"))
            if not await migrate.is_current(database):
                return "revision", "The database is not at this version's revision; run the migrations."
    except (Unavailable, SQLAlchemyError, TimeoutError):
        return "database", "The database does not answer."
    return None
