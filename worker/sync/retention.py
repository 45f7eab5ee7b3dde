"""TMDB's 180 days: what it said is read again in time, or dropped."""

import logging
from datetime import UTC, datetime, timedelta

from api.db import retention
from api.errors import KeyRefused, SourceError
from worker.progress import AWAY
from worker.services import Services
from worker.sync import films
from worker.sync.film_pages import FilmPageSource
from worker.sync.reach import GivenUp

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
        members, countries = services.settings.letterboxd_username, services.settings.country
        ageing = await retention.ageing(db, members, countries, before=now - RENEW_AFTER, most=MOST_AT_ONCE)
    film_pages, renewed = FilmPageSource(services), 0
    for film_id in ageing:
        renewed += await _renewed(services, film_id, film_pages)
    async with services.database.write() as db:
        expired = await retention.expired(db, now - DROP_AFTER)
        await retention.drop(db, expired, now - DROP_AFTER)
        unused = await retention.drop_unused(db, now - DROP_AFTER)
        await retention.take_stock(db)
    return {"renewed": renewed, "failed": len(ageing) - renewed, "dropped": len(expired) + unused}


async def _renewed(services: Services, film_id: int, film_pages: FilmPageSource) -> bool:
    """Whether the film could be read again. Raises KeyRefused, and what says that the database is away."""
    try:
        await films.see_to(services, film_id, film_pages)
    except (KeyRefused, *AWAY):
        raise
    except (SourceError, GivenUp) as error:
        logger.warning("What TMDB says of film %d could not be renewed: %s", film_id, error)
    except Exception:  # one bad film never keeps the others from being renewed
        logger.exception("What TMDB says of film %d could not be renewed", film_id)
    else:
        return True
    return False
