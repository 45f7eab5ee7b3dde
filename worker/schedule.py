"""When the worker acts by itself: at the times of REFRESH_SCHEDULE, at its start, and for runs left behind."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from arq import cron
from arq.connections import ArqRedis
from arq.cron import CronJob
from arq.typing import WorkerCoroutine

from api.db import refreshes, runs
from api.errors import Unavailable
from api.queue import enqueue_refresh
from api.settings import Schedule
from worker.services import Services

logger = logging.getLogger(__name__)

KEEP_RESULT = 60
TAKE_UP_EVERY = 3.0


@dataclass
class CrontabJob(CronJob):
    """A cron job of arq with the times of a crontab expression; one run however many workers there are."""

    schedule: Schedule | None = None

    def calculate_next(self, prev_run: datetime) -> None:
        """The next time from now on: after a suspended machine wakes, missed times are one refresh and not many."""
        if self.schedule is not None:
            self.next_run = self.schedule.next_after(max(prev_run, datetime.now(UTC)))


def crontab_job(coroutine: WorkerCoroutine, schedule: Schedule) -> CrontabJob:
    """`coroutine` at the times of `schedule`; a run that a shutdown broke off is taken up again."""
    plain = cron(coroutine, keep_result=KEEP_RESULT, max_tries=3)
    return CrontabJob(**vars(plain), schedule=schedule)


async def catch_up(services: Services, queue: ArqRedis) -> None:
    """Start one refresh if the last good one is older than one period of the schedule, or if there was none."""
    schedule, now = services.settings.schedule, datetime.now(UTC)
    if schedule is None:
        return
    async with services.database.write() as db:
        last = await refreshes.last_good_start(db)
        if last is not None and now - last <= schedule.period(now):
            return
        run = await refreshes.start(db, services.settings.letterboxd_username, trigger="startup", force=False)
    logger.info("Refresh %d makes up for a missed one", run.id)
    await enqueue_refresh(queue, run.id, 0)


async def take_up_abandoned_runs(services: Services, queue: ArqRedis) -> None:
    """For ever: hand every run that no worker holds to a worker."""
    while True:
        try:
            await _take_up(services, queue)
        except Unavailable as error:
            logger.warning("%s Runs that wait are taken up when it is back.", error)
        await asyncio.sleep(TAKE_UP_EVERY)


async def _take_up(services: Services, queue: ArqRedis) -> None:
    async with services.database.read() as db:
        waiting = await runs.abandoned(db, datetime.now(UTC))
    for refresh_id, attempts in waiting:
        await enqueue_refresh(queue, refresh_id, attempts)
