"""TMDB's 180 days: what it said is read again in time, or dropped."""

import logging
from datetime import UTC, datetime, timedelta

from api.db import retention
from api.errors import KeyRefused, SourceError
from worker.services import Services
from worker.sync import films

logger = logging.getLogger(__name__)

RENEW_AFTER = timedelta(days=150)
DROP_AFTER = timedelta(days=180)
MOST_AT_ONCE = 1000


async def keep(services: Services) -> dict[str, int]:
    """Read again what is nearly too old of the films on watchlists, then drop all that is too old.

    Counts what was `renewed`, what could not be (`failed`), and what was `dropped`: films, people and providers.
    """
    now = datetime.now(UTC)
    async with services.database.read() as db:
        ageing = await retention.ageing(db, now - RENEW_AFTER, services.settings.country, MOST_AT_ONCE)
    renewed = 0
    for film_id in ageing:
        renewed += await _renewed(services, film_id)
    async with services.database.write() as db:
        expired = await retention.expired(db, now - DROP_AFTER)
        await retention.drop(db, expired, now - DROP_AFTER)
        unused = await retention.drop_unused(db, now - DROP_AFTER)
    return {"renewed": renewed, "failed": len(ageing) - renewed, "dropped": len(expired) + unused}


async def _renewed(services: Services, film_id: int) -> bool:
    """Whether the film could be read again. Raises KeyRefused."""
    try:
        await films.see_to(services, film_id)
    except KeyRefused:
        raise
    except SourceError as error:
        logger.warning("What TMDB says of film %d could not be renewed: %s", film_id, error)
        return False
    return True
