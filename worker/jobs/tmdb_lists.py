"""Lists on TMDB: bringing them in step, on demand and after refreshes, and the account that they are of."""

import logging
from datetime import UTC, datetime
from typing import Any

from arq.connections import ArqRedis

from api.db import tmdb_syncs
from api.queue import enqueue_tmdb_sync
from worker.progress import AWAY
from worker.services import Services
from worker.sync.tmdb_lists import account, runs

logger = logging.getLogger(__name__)

OFFER_AGAIN_AFTER = 15
"""Seconds after which a run that nobody took up is offered under another name."""


async def sync_tmdb_lists(ctx: dict[Any, Any], sync_id: int) -> None:
    """arq job: bring the lists of one run in step, then let the next one begin."""
    if await runs.perform(ctx["services"], sync_id):
        await offer_waiting(ctx["services"], ctx["redis"])


async def ask_tmdb_account(ctx: dict[Any, Any], action: str) -> dict[str, Any]:
    """arq job: ask for an approval, finish it, or forget the account; the API waits for what comes of it."""
    return await account.answer(ctx["services"], action)


async def order_after_refresh(services: Services, queue: ArqRedis, refresh_id: int) -> None:
    """Have the lists of the members of this refresh brought in step, where that is wanted; the keeper hands it over."""
    try:
        sync_id = await runs.order_after(services, refresh_id)
        if sync_id is not None:
            await enqueue_tmdb_sync(queue, sync_id)
    except AWAY as error:
        logger.warning("TMDB lists wait for the next refresh: %s", error)


async def offer_waiting(services: Services, queue: ArqRedis) -> None:
    """Hand the oldest run that waits to a worker; one is done at a time.

    The offer's name changes with time, since arq refuses the name of a job whose worker was killed for as long as that
    job might have lasted.
    """
    now = datetime.now(UTC)
    async with services.database.read() as db:
        waiting = await tmdb_syncs.waiting(db, now)
    for sync_id, attempts in waiting[:1]:
        moment = int(now.timestamp() // OFFER_AGAIN_AFTER)
        await enqueue_tmdb_sync(queue, sync_id, f"{attempts}:{moment}")
