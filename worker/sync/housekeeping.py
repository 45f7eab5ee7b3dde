"""Keeping the house: what Marquee does by itself between refreshes, step by step."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from api.db import housekeeping
from api.db.housekeeping import Counts
from api.errors import MarqueeError
from worker.progress import AWAY
from worker.services import Services
from worker.sync import news, proof, retention
from worker.sync.setbacks import sentence

logger = logging.getLogger(__name__)

Step = Callable[[Services], Awaitable[dict[str, int]]]
Steps = tuple[tuple[str, Step], ...]
STEPS: Steps = (("news", news.keep), ("retention", retention.keep), ("proof", proof.prove))
HOLD_EVERY = 5.0


async def keep(services: Services, keeping_id: int, steps: Steps = STEPS) -> None:
    """Take every step of this housekeeping that was not taken yet; one that fails is noted, the others go on.

    Nothing happens where it has ended or another worker is at it. A worker that ends leaves it to the next one.
    """
    async with services.database.write() as db:
        counts = await housekeeping.claim(db, keeping_id, datetime.now(UTC))
    if counts is None:
        return
    async with _holding(services, keeping_id, counts):
        faults = [
            fault for name, step in steps if name not in counts if (fault := await _take(step, name, services, counts))
        ]
        async with services.database.write() as db:
            await housekeeping.close(db, keeping_id, counts, " ".join(dict.fromkeys(faults)) or None)
    logger.info("The house is kept: %s", _told(counts))


async def _take(step: Step, name: str, services: Services, counts: Counts) -> str | None:
    """What went wrong in this step, as a sentence. Raises only what says that the database is away."""
    try:
        counts[name] = await step(services)
    except AWAY:
        raise
    except MarqueeError as error:
        return sentence(error)
    except Exception as error:  # a step that cannot be taken must not keep the others from being taken
        logger.exception("The housekeeping could not end its step %s", name)
        return f"Marquee made a mistake ({type(error).__name__})."
    return None


@asynccontextmanager
async def _holding(services: Services, keeping_id: int, counts: Counts) -> AsyncIterator[None]:
    """Hold the housekeeping while the block lasts; one that did not end is free at once."""
    holding = asyncio.create_task(_hold(services, keeping_id, counts))
    try:
        yield
    finally:
        holding.cancel()
        await asyncio.wait([holding])
        with suppress(*AWAY):
            async with services.database.write() as db:
                await housekeeping.let_go(db, keeping_id)


async def _hold(services: Services, keeping_id: int, counts: Counts) -> None:
    while True:
        await asyncio.sleep(HOLD_EVERY)
        try:
            async with services.database.write() as db:
                await housekeeping.hold(db, keeping_id, counts, datetime.now(UTC))
        except AWAY as error:
            logger.warning("The housekeeping could not be held: %s", error)


def _told(counts: Counts) -> str:
    """What was done, such as "20 proven, 3 dropped"."""
    done = [f"{number} {what}" for step in counts.values() for what, number in step.items() if number]
    return ", ".join(done) or "there was nothing to do"
