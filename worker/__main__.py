"""`python -m worker`: reads, matches and enriches, on demand and by schedule."""

import asyncio
import logging
import os
import sys

from api.db.engine import Database
from api.db.migrate import is_current
from api.errors import MarqueeError, SettingsError, Unavailable
from api.queue import open_queue, ping
from api.settings import Settings, load_settings
from api.settings.logs import configure_logging
from worker.app import build_worker

logger = logging.getLogger("worker")

NO_REDIS = [("REDIS_URL", "is missing; name the Redis or Valkey to use, or run `marquee up`, which starts one")]
REDIS_PATIENCE = 60.0
ASK_EVERY = 2.0


def main() -> int:
    """The process's exit code: 2 for settings that cannot be used, 1 for what the worker needs and does not find."""
    try:
        settings = load_settings(os.environ)
        if settings.redis_url is None:
            raise SettingsError(NO_REDIS)
        configure_logging(settings.log_level, settings.log_format)
        asyncio.run(_demand_surroundings(settings, settings.redis_url))
    except MarqueeError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2 if isinstance(error, SettingsError) else 1
    asyncio.set_event_loop(asyncio.new_event_loop())
    build_worker(settings, settings.redis_url).run()
    return 0


async def _demand_surroundings(settings: Settings, redis_url: str) -> None:
    """Wait for Redis, and make sure that the database is the one this version knows. Raises Unavailable."""
    database = Database(settings.database_url)
    try:
        if not await is_current(database):
            raise Unavailable("The database", "it is not at this version's revision; run `marquee migrate` first")
    finally:
        await database.close()
    await _await_redis(redis_url)


async def _await_redis(redis_url: str) -> None:
    """Return when Redis answers, and say so while it does not; raises Unavailable when it does not come."""
    queue = open_queue(redis_url)
    started, told = asyncio.get_running_loop().time(), False
    try:
        while True:
            try:
                await ping(queue)
                return
            except Unavailable as error:
                if asyncio.get_running_loop().time() - started > REDIS_PATIENCE:
                    raise
                if not told:
                    logger.warning("%s The worker waits for it.", error)
                told = True
                await asyncio.sleep(ASK_EVERY)
    finally:
        await queue.aclose(close_connection_pool=True)


if __name__ == "__main__":
    sys.exit(main())
