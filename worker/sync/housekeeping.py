"""Keeping the house: what Marquee does by itself between refreshes, step by step."""

import logging
from collections.abc import Awaitable, Callable

from api.db import housekeeping
from api.db.housekeeping import Counts
from api.errors import MarqueeError
from worker.services import Services
from worker.sync import news, proof, retention
from worker.sync.setbacks import sentence

logger = logging.getLogger(__name__)

Step = Callable[[Services], Awaitable[dict[str, int]]]
STEPS: tuple[tuple[str, Step], ...] = (("retention", retention.keep), ("proof", proof.prove), ("news", news.keep))


async def keep(services: Services, keeping_id: int, steps: tuple[tuple[str, Step], ...] = STEPS) -> None:
    """Take every step of this housekeeping; one that fails is noted, and the others are taken all the same."""
    async with services.database.write() as db:
        if not await housekeeping.claim(db, keeping_id):
            return
    counts: Counts = {}
    faults = []
    for name, step in steps:
        try:
            counts[name] = await step(services)
        except MarqueeError as error:
            faults.append(sentence(error))
    async with services.database.write() as db:
        await housekeeping.close(db, keeping_id, counts, " ".join(dict.fromkeys(faults)) or None)
    logger.info("The house is kept: %s", counts)
