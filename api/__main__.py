"""`python -m api`: the API process."""

import asyncio
import contextlib
import logging
import os
import socket
import sys

import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from api.app import create_app
from api.db import migrate
from api.db.engine import Database
from api.errors import SettingsError, Unavailable
from api.settings import Settings, load_settings, misspelt
from api.settings.logs import configure_logging

SETTINGS_AT_FAULT = 2
NOT_READY = 3
OUTDATED = "The database is not at this version's revision; run the migrations before the API."

logger = logging.getLogger("api")


class Server(uvicorn.Server):
    """A server that says where it listens, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            logger.info("API listening on %s", self.address)

    @property
    def address(self) -> str:
        """The address with the port that the system gave where port 0 was asked for."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def main() -> int:
    """Serve until told to end; the exit code says what is to be done where it cannot start."""
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return SETTINGS_AT_FAULT
    configure_logging(settings.log_level, settings.log_format)
    for name, doubt in misspelt(os.environ):
        logger.warning("%s %s", name, doubt)
    if fault := asyncio.run(fault_of_database(settings)):
        logger.error(fault)
        return NOT_READY
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.api_port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    server = Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    return 0 if server.started else NOT_READY


async def fault_of_database(settings: Settings) -> str | None:
    """Why this database cannot be served, in a line for people; None where it can."""
    try:
        return None if await _is_migrated(settings.database_url) else OUTDATED
    except Unavailable as error:
        return str(error)
    except SQLAlchemyError as error:
        return f"The database cannot be read: {getattr(error, 'orig', error)}"


async def _is_migrated(database_url: str) -> bool:
    database = Database(database_url)
    try:
        return await migrate.is_current(database)
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
