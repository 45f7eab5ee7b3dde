"""The composition root of the worker process."""

from typing import Any

from arq import Worker
from arq.connections import ArqRedis
from arq.worker import func

from api.db.engine import Database
from api.queue import ARQ_HEALTH, QUEUE, REFRESH, deserialize, open_patient_queue, serialize
from api.settings import Settings
from worker.jobs.refresh import refresh, scheduled_refresh
from worker.ratelimit import Limiter
from worker.schedule import Keeper, crontab_job
from worker.services import Services
from worker.sources.letterboxd.client import LetterboxdClient
from worker.sources.tmdb.client import TmdbClient

LONGEST_RUN = 12 * 3600
POLL_EVERY = 0.1
MAX_TRIES = 1000


def build_worker(settings: Settings, redis_url: str) -> Worker:
    """The worker, not yet started: its jobs, its schedule, and the clients these work with."""
    queue = open_patient_queue(redis_url)
    schedule = settings.schedule
    return Worker(
        functions=[func(refresh, name=REFRESH, timeout=LONGEST_RUN, keep_result=0, max_tries=MAX_TRIES)],
        cron_jobs=[crontab_job(scheduled_refresh, schedule)] if schedule else [],
        redis_pool=queue,
        queue_name=QUEUE,
        on_startup=_start,
        on_shutdown=_stop,
        poll_delay=POLL_EVERY,
        health_check_key=ARQ_HEALTH,
        job_serializer=serialize,
        job_deserializer=deserialize,
        timezone=schedule.timezone if schedule else None,  # type: ignore[arg-type]
        ctx={"services": _services(settings, queue)},
        log_results=False,
    )


def _services(settings: Settings, queue: ArqRedis) -> Services:
    letterboxd = Limiter(queue, "letterboxd", interval=settings.letterboxd_request_interval)
    tmdb = Limiter(queue, "tmdb", interval=1 / settings.tmdb_requests_per_second)
    return Services(
        settings=settings,
        database=Database(settings.database_url),
        letterboxd=LetterboxdClient.at(settings.letterboxd_base_url, letterboxd),
        tmdb=TmdbClient(settings.tmdb_base_url, settings.tmdb_api_key, tmdb),
    )


async def _start(ctx: dict[Any, Any]) -> None:
    ctx["keeper"] = Keeper(ctx["services"], ctx["redis"])
    await ctx["keeper"].start()


async def _stop(ctx: dict[Any, Any]) -> None:
    services: Services = ctx["services"]
    try:
        if keeper := ctx.get("keeper"):
            await keeper.stop()
    finally:
        await services.letterboxd.aclose()
        await services.tmdb.aclose()
        await services.database.close()
