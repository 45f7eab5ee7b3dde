"""Seeing to one film outside of a run: a person decided what it is, or its decision was taken back."""

import logging
from typing import Any

from api.errors import MarqueeError
from worker.services import Services
from worker.sync import films
from worker.sync.film_pages import FilmPageSource
from worker.sync.reach import GivenUp

logger = logging.getLogger(__name__)


async def see_to_film(ctx: dict[Any, Any], film_id: int) -> None:
    """arq job: find one film's title where that is open, and read its details and offers now.

    What cannot be read now is left to the next refresh.
    """
    services: Services = ctx["services"]
    try:
        await films.see_to(services, film_id, FilmPageSource(services, asked=True))
    except (MarqueeError, GivenUp) as error:
        logger.warning("The film %s waits for the next refresh: %s", film_id, error)
