"""The composition root of the worker process."""

from typing import Any
from zoneinfo import ZoneInfo

from arq import Worker
from arq.connections import ArqRedis
from arq.worker import func

from api.db.engine import Database
from api.queue import (
    ARQ_HEALTH,
    ASK_TMDB_ACCOUNT,
    DELIVER,
    KEEP_HOUSE,
    QUEUE,
    REFRESH,
    SEE_TO_FILM,
    SYNC_TMDB_LISTS,
    deserialize,
    open_patient_queue,
    serialize,
)
from api.settings import Settings
from worker.counting import Counts
from worker.jobs.film import see_to_film
from worker.jobs.housekeeping import keep_house, scheduled_housekeeping
from worker.jobs.news import deliver
from worker.jobs.refresh import refresh, scheduled_refresh
from worker.jobs.tmdb_lists import ask_tmdb_account, sync_tmdb_lists
from worker.notify import Notifier
from worker.ratelimit import Limiter
from worker.robots import Robots
from worker.schedule import CrontabJob, Keeper, crontab_job
from worker.services import Services
from worker.sources.letterboxd.answers import NAME
from worker.sources.letterboxd.client import LetterboxdClient
from worker.sources.tmdb.accounts import TmdbAccounts
from worker.sources.tmdb.client import TmdbClient
from worker.stopping import EndingWorker

LONGEST_RUN = 12 * 3600
LONGEST_FILM = 600
LONGEST_HOUSEKEEPING = 3600
LONGEST_DELIVERY = 120
LONGEST_SYNC = 6 * 3600
LONGEST_ACCOUNT = 90
KEEP_ACCOUNT_ANSWER = 30
POLL_EVERY = 0.1
MAX_TRIES = 1000


def build_worker(settings: Settings, redis_url: str) -> Worker:
    """The worker, not yet started: its jobs, its schedule, and the clients these work with."""
    queue, counts = open_patient_queue(redis_url), Counts()
    return EndingWorker(
        functions=[
            func(refresh, name=REFRESH, timeout=LONGEST_RUN, keep_result=0, max_tries=MAX_TRIES),
            func(see_to_film, name=SEE_TO_FILM, timeout=LONGEST_FILM, keep_result=0, max_tries=MAX_TRIES),
            func(deliver, name=DELIVER, timeout=LONGEST_DELIVERY, keep_result=0, max_tries=MAX_TRIES),
            func(keep_house, name=KEEP_HOUSE, timeout=LONGEST_HOUSEKEEPING, keep_result=0, max_tries=MAX_TRIES),
            func(sync_tmdb_lists, name=SYNC_TMDB_LISTS, timeout=LONGEST_SYNC, keep_result=0, max_tries=MAX_TRIES),
            func(
                ask_tmdb_account,
                name=ASK_TMDB_ACCOUNT,
                timeout=LONGEST_ACCOUNT,
                keep_result=KEEP_ACCOUNT_ANSWER,
                max_tries=1,
            ),
        ],
        cron_jobs=_cron_jobs(settings),
        redis_pool=queue,
        queue_name=QUEUE,
        on_startup=_start,
        on_shutdown=_stop,
        poll_delay=POLL_EVERY,
        health_check_key=ARQ_HEALTH,
        job_serializer=serialize,
        job_deserializer=deserialize,
        timezone=ZoneInfo(settings.refresh_timezone),  # type: ignore[arg-type]
        ctx={"services": _services(settings, queue, counts), "counts": counts},
        log_results=False,
    )


def _cron_jobs(settings: Settings) -> list[CrontabJob]:
    due = ((scheduled_refresh, settings.schedule), (scheduled_housekeeping, settings.housekeeping))
    return [crontab_job(coroutine, schedule) for coroutine, schedule in due if schedule is not None]


def _services(settings: Settings, queue: ArqRedis, counts: Counts) -> Services:
    pages, titles = counts.of("letterboxd"), counts.of("tmdb")
    letterboxd = Limiter(queue, "letterboxd", interval=settings.letterboxd_request_interval, counts=pages)
    tmdb = Limiter(queue, "tmdb", interval=1 / settings.tmdb_requests_per_second, counts=titles)
    return Services(
        settings=settings,
        database=Database(settings.database_url),
        letterboxd=LetterboxdClient.at(
            settings.letterboxd_base_url, letterboxd, rules=Robots(queue, name=NAME), counts=pages
        ),
        tmdb=TmdbClient(settings.tmdb_base_url, settings.tmdb_api_key, tmdb, counts=titles),
        notifier=Notifier(settings.notify_urls, counts.of("notify")),
        accounts=TmdbAccounts(settings.tmdb_base_url, settings.tmdb_api_key, tmdb, counts=titles),
    )


async def _start(ctx: dict[Any, Any]) -> None:
    ctx["counts"].start(ctx["redis"])
    ctx["keeper"] = Keeper(ctx["services"], ctx["redis"])
    await ctx["keeper"].start()


async def _stop(ctx: dict[Any, Any]) -> None:
    services: Services = ctx["services"]
    try:
        if keeper := ctx.get("keeper"):
            await keeper.stop()
    finally:
        await ctx["counts"].stop()
        await services.letterboxd.aclose()
        await services.tmdb.aclose()
        await services.database.close()
