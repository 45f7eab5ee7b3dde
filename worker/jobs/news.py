"""Sending news: one delivery at a time, each as soon as its time has come."""

import logging
from datetime import UTC, datetime
from typing import Any

from arq.connections import ArqRedis
from msgspec.structs import astuple

from api.db import deliveries
from api.queue import enqueue_delivery, report_targets
from worker.progress import AWAY
from worker.services import Services
from worker.sync import news

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER = 15
"""Seconds after which a delivery that nobody took up is offered under another name."""


async def deliver(ctx: dict[Any, Any], delivery_id: int) -> None:
    """arq job: send one digest to one target."""
    await news.deliver(ctx["services"], delivery_id)


async def tell(services: Services, refresh_id: int | None = None) -> None:
    """Put what is news by now on its way; where the database is away, that is left to the next time."""
    try:
        await news.tell(services, refresh_id)
    except AWAY as error:
        logger.warning("News could not be weighed: %s", error)


async def see_to_deliveries(services: Services, queue: ArqRedis) -> None:
    """Say where news go, hand every delivery that is due to a worker, and give up those that were broken off.

    A delivery that is offered twice is claimed once. The offer's name changes with time, since arq refuses the name
    of a job whose worker was killed for as long as that job might have lasted.
    """
    await report_targets(queue, [astuple(target) for target in await services.notifier.targets()])
    await news.give_up_broken_off(services.database)
    now = datetime.now(UTC)
    async with services.database.read() as db:
        due = await deliveries.due(db, now)
    moment = int(now.timestamp() // ASK_AGAIN_AFTER)
    for delivery_id, attempts in due:
        await enqueue_delivery(queue, delivery_id, f"{attempts}:{moment}")
