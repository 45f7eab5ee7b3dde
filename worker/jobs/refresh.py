"""Refreshing watchlists: on demand, and by schedule."""

from functools import partial
from typing import Any

from api.db import members, refreshes
from api.queue import enqueue_refresh
from worker.estimate import Estimate
from worker.jobs.news import tell
from worker.jobs.tmdb_lists import order_after_refresh
from worker.progress import perform
from worker.services import Services
from worker.sync import watchlist


async def refresh(ctx: dict[Any, Any], refresh_id: int) -> None:
    """arq job: read one run's watchlists and enrich what they hold."""
    services: Services = ctx["services"]
    settings = services.settings
    estimate = Estimate(
        seconds_per_page=settings.letterboxd_request_interval, requests_per_second=settings.tmdb_requests_per_second
    )
    await perform(services.database, refresh_id, estimate, partial(watchlist.refresh, services))
    await tell(services, refresh_id)
    await order_after_refresh(services, ctx["redis"], refresh_id)


async def scheduled_refresh(ctx: dict[Any, Any]) -> None:
    """arq cron job: start the refresh that is due now."""
    services: Services = ctx["services"]
    async with services.database.write() as db:
        followed = await members.followed(db, services.settings.letterboxd_username)
        run = await refreshes.start(db, followed, trigger="cron", force=False)
    await enqueue_refresh(ctx["redis"], run.id)
