"""`python -m worker`: reads, matches and enriches, on demand and by schedule."""

import asyncio
import os
import sys

from api.db.engine import Database
from api.db.migrate import is_current
from api.errors import SettingsError
from api.settings import Settings, load_settings
from api.settings.logs import configure_logging
from worker.app import build_worker

NO_REDIS = [("REDIS_URL", "is missing; name the Redis or Valkey to use, or run `marquee up`, which starts one")]
OLD_DATABASE = "The database is not at this version's revision; run `marquee migrate` first."


def main() -> int:
    """The process's exit code: 2 for settings that cannot be used, 1 for a database that is not migrated."""
    try:
        settings = load_settings(os.environ)
        if settings.redis_url is None:
            raise SettingsError(NO_REDIS)
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    configure_logging(settings.log_level, settings.log_format)
    if not asyncio.run(_is_migrated(settings)):
        print(OLD_DATABASE, file=sys.stderr)  # noqa: T201
        return 1
    asyncio.set_event_loop(asyncio.new_event_loop())
    build_worker(settings, settings.redis_url).run()
    return 0


async def _is_migrated(settings: Settings) -> bool:
    database = Database(settings.database_url)
    try:
        return await is_current(database)
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
