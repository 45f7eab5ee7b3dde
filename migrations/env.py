"""How alembic runs: inside the transaction that `api.db.migrate` opened, or in one of its own.

`alembic upgrade head` and `alembic check` of the command line need DATABASE_URL and no other setting.
"""

import asyncio
import os
from logging.config import fileConfig
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from api.db.migrate import transaction
from api.db.tables import metadata
from api.db.types import UtcDateTime
from api.settings import load_some


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
        transactional_ddl=True,
    )
    context.run_migrations()


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """A revision outlives the code: it names SQLAlchemy's types and none of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


async def migrate_alone() -> None:
    url = load_some(["DATABASE_URL"], os.environ).database_url
    async with transaction(url) as connection:
        await connection.run_sync(migrate)


def run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    if context.config.config_file_name:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    asyncio.run(migrate_alone())


run()
