"""Keeping the house: by schedule, and on demand."""

from typing import Any

from api.db import housekeeping
from api.queue import enqueue_housekeeping
from worker.services import Services
from worker.sync.housekeeping import keep


async def keep_house(ctx: dict[Any, Any], keeping_id: int) -> None:
    """arq job: take the steps of one housekeeping."""
    await keep(ctx["services"], keeping_id)


async def scheduled_housekeeping(ctx: dict[Any, Any]) -> None:
    """arq cron job: start the housekeeping that is due now."""
    services: Services = ctx["services"]
    async with services.database.write() as db:
        keeping = await housekeeping.start(db, "cron")
    if not keeping.already_running:
        await enqueue_housekeeping(ctx["redis"], keeping.id)
