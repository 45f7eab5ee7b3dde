"""News: what settled is told once, in one digest, to every target; what was broken off is left to a person."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from api.db import deliveries, digests
from api.db.deliveries import BROKEN_OFF, DeliveryOrder
from api.db.digests import News, NewsRules
from api.db.engine import Database
from api.settings import Settings
from worker.notify import Outcome
from worker.progress import AWAY
from worker.services import Services
from worker.sync.digest import Text, compose

logger = logging.getLogger(__name__)

SAY_EVERY = deliveries.HELD_FOR.total_seconds() / 4


async def begin(services: Services) -> None:
    """Say which addresses of NOTIFY_URLS cannot be used, and tell what the worker before this one left untold."""
    for target in await services.notifier.targets():
        if target.problem:
            logger.error("NOTIFY_URLS: %s: %s", target.name, target.problem)
    await tell(services)


async def keep(services: Services) -> dict[str, int]:
    """Tell what settled since the last refresh; how many digests that made."""
    return {"digests": int(await tell(services) is not None)}


async def tell(services: Services, refresh_id: int | None = None) -> int | None:
    """Weigh what settled, and put what is worth telling on its way; the digest's id, None where there is none.

    Where news go nowhere, everything is weighed, so that nothing of it is told when they go somewhere later.
    """
    targets = await services.notifier.targets()
    now = datetime.now(UTC)
    async with services.database.write() as db:
        event_ids = await digests.weigh(db, now, unsettled_too=not targets)
        if not event_ids or not targets:
            return None
        news = await digests.worth_telling(db, event_ids, _rules(services.settings), now)
        if not news:
            return None
        text = _text(services.settings, news)
        told = sorted({one.event_id for one in news})
        digest_id = await digests.create(
            db, kind="news", title=text.title, body=text.body, now=now, refresh_id=refresh_id, event_ids=told
        )
        await deliveries.add(db, digest_id, targets, now)
    logger.info("News %d: %s", digest_id, text.title)
    return digest_id


def _rules(settings: Settings) -> NewsRules:
    return NewsRules(
        kinds=settings.notify_kinds,
        offers=settings.notify_offers,
        countries=settings.country,
        members=settings.letterboxd_username,
        providers=settings.notify_providers,
    )


def _text(settings: Settings, news: Sequence[News]) -> Text:
    several_members = len(settings.letterboxd_username) > 1
    return compose(news, name_countries=len(settings.country) > 1, name_members=several_members)


async def deliver(services: Services, delivery_id: int) -> None:
    """Send this delivery, unless another worker has it or its time has not come."""
    async with services.database.write() as db:
        order = await deliveries.claim(db, delivery_id, datetime.now(UTC))
    if order is None:
        return
    try:
        async with _held(services.database, order):
            outcome = await services.notifier.send(order.target, order.title, order.body)
    except asyncio.CancelledError:
        await _record(services.database, order, Outcome("unknown", BROKEN_OFF))
        raise
    await _record(services.database, order, outcome)


@asynccontextmanager
async def _held(database: Database, order: DeliveryOrder) -> AsyncIterator[None]:
    """Say every now and then that this delivery is being sent."""
    holding = asyncio.ensure_future(_hold(database, order))
    try:
        yield
    finally:
        holding.cancel()
        await asyncio.wait([holding])


async def _hold(database: Database, order: DeliveryOrder) -> None:
    while True:
        await asyncio.sleep(SAY_EVERY)
        with suppress(*AWAY):
            async with database.write() as db:
                await deliveries.hold(db, order, datetime.now(UTC))


async def _record(database: Database, order: DeliveryOrder, outcome: Outcome) -> None:
    """Write down how sending went; where the database is away, it is of unknown outcome as soon as it is back."""
    now = datetime.now(UTC)
    try:
        async with database.write() as db:
            if outcome.status == "sent":
                await deliveries.sent(db, order, now)
            elif outcome.status == "unknown":
                await deliveries.doubtful(db, order, outcome.reason)
            else:
                final = outcome.final or order.test
                await deliveries.failed(db, order, outcome.reason, now, final=final)
    except AWAY as error:
        logger.warning("How delivery %d to %s went could not be written: %s", order.id, order.target_name, error)
    if outcome.status == "sent":
        logger.info("Delivery %d to %s was sent", order.id, order.target_name)
    else:
        logger.warning("Delivery %d to %s: %s", order.id, order.target_name, outcome.reason)


async def give_up_broken_off(database: Database) -> None:
    """Let deliveries whose sender is gone be of unknown outcome: nobody sends them again by itself."""
    now = datetime.now(UTC)
    async with database.read() as db:
        if not await deliveries.abandoned(db, now):
            return
    async with database.write() as db:
        names = await deliveries.give_up_abandoned(db, now)
    for name in names:
        logger.warning("A delivery to %s is not sent again. %s", name, BROKEN_OFF)
