"""When the worker acts by itself: at the times of REFRESH_SCHEDULE, at its start, and for what was left undone."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

from arq import cron
from arq.connections import ArqRedis
from arq.cron import CronJob
from arq.typing import WorkerCoroutine

from api.db import housekeeping, matches, members, refreshes, runs, sources
from api.db.runs import LEASE
from api.queue import beat, enqueue_film, enqueue_housekeeping, enqueue_refresh, fall_silent
from api.settings import Schedule
from worker.jobs.news import see_to_deliveries
from worker.jobs.tmdb_lists import offer_waiting
from worker.progress import AWAY
from worker.services import Services
from worker.sync import news

logger = logging.getLogger(__name__)

KEEP_RESULT = 60
LOOK_EVERY = 3.0
READ_AGAIN_AFTER = timedelta(minutes=2)

# A run of yesterday's that began a little late still counts as a period ago.
CATCH_UP_AFTER = 0.9


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


class Keeper:
    """What a worker sees to beside its jobs: its heartbeat, runs that nobody holds, and reads that are due again."""

    def __init__(self, services: Services, queue: ArqRedis) -> None:
        self.services = services
        self.queue = queue
        self._name = uuid.uuid4().hex
        self._task: asyncio.Task[None] | None = None
        self._well = True

    async def start(self) -> None:
        """Make known who is followed, catch up what was missed, and keep at it until `stop`."""
        async with self.services.database.write() as db:
            await members.ensure(db, self.services.settings.letterboxd_username)
        await self._attempt(self._catch_up)
        await self._attempt(self.catch_up_housekeeping)
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await fall_silent(self.queue, self._name)

    async def _keep(self) -> None:
        await self._attempt(self.look_after)
        await self._attempt(partial(news.begin, self.services))
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self._attempt(self.look_after)

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do this; where Redis or the database is away, say so once and leave it to the next time."""
        try:
            await work()
        except AWAY as error:
            if self._well:
                logger.warning("Runs that wait cannot be looked after: %s", error)
            self._well = False
        else:
            self._well = True

    async def look_after(self) -> None:
        await beat(self.queue, self._name)
        await self._take_up_abandoned_runs()
        await self._take_up_abandoned_work()
        await see_to_deliveries(self.services, self.queue)
        await offer_waiting(self.services, self.queue)
        if self.services.settings.schedule is not None:
            await self._retry_sources()

    async def _take_up_abandoned_runs(self) -> None:
        """Hand every run that no worker holds to a worker.

        The attempt's name changes with time: arq refuses the name of a job whose worker was killed for as long as
        that job might have lasted. The lease makes a run that is asked for twice harmless.
        """
        now = datetime.now(UTC)
        async with self.services.database.read() as db:
            waiting = await runs.abandoned(db, now)
        for refresh_id, attempts in waiting:
            await enqueue_refresh(self.queue, refresh_id, f"{attempts}:{_moment(now, LEASE)}")

    async def _take_up_abandoned_work(self) -> None:
        """Hand over the housekeeping that no worker holds, and the films that were decided and not yet read."""
        now = datetime.now(UTC)
        async with self.services.database.read() as db:
            keepings = await housekeeping.abandoned(db, now)
            decided = await matches.unread_decisions(db)
        for keeping_id in keepings:
            await enqueue_housekeeping(self.queue, keeping_id, _moment(now, housekeeping.LEASE))
        for film_id in decided:
            await enqueue_film(self.queue, film_id, _moment(now, READ_AGAIN_AFTER))

    async def _retry_sources(self) -> None:
        """Read again what could not be read, once its time has come."""
        async with self.services.database.read() as db:
            due = await sources.retries_due(db, datetime.now(UTC))
        if due:
            await self._refresh(due, "retry", "reads again what could not be read")

    async def _catch_up(self) -> None:
        """Refresh the members whose last read is older than one period of the schedule, or who were never read."""
        schedule, now = self.services.settings.schedule, datetime.now(UTC)
        if schedule is None:
            return
        async with self.services.database.read() as db:
            missed = await sources.untried_since(db, now - schedule.period(now) * CATCH_UP_AFTER)
        if missed:
            await self._refresh(missed, "startup", "reads what was not read while no worker was there")

    async def catch_up_housekeeping(self) -> None:
        """Keep the house where that was not done for longer than one period of its schedule."""
        schedule, now = self.services.settings.housekeeping, datetime.now(UTC)
        if schedule is None:
            return
        async with self.services.database.write() as db:
            if not await housekeeping.is_missed(db, now - schedule.period(now) * CATCH_UP_AFTER):
                return
            keeping = await housekeeping.start(db, "startup")
        if not keeping.already_running:
            await enqueue_housekeeping(self.queue, keeping.id)

    async def _refresh(self, usernames: Sequence[str], trigger: Literal["startup", "retry"], purpose: str) -> None:
        async with self.services.database.read() as db:
            all_followed = await members.followed(db, self.services.settings.letterboxd_username)
        followed = [name for name in all_followed if name in usernames]
        if not followed:
            return
        async with self.services.database.write() as db:
            run = await refreshes.start(db, followed, trigger=trigger, force=False)
            if not run.already_running:
                await sources.begin_retries(db, run.members, datetime.now(UTC))
        if not run.already_running:
            logger.info("Refresh %d %s: %s", run.id, purpose, ", ".join(run.members))
        await enqueue_refresh(self.queue, run.id)


def _moment(now: datetime, span: timedelta) -> str:
    """A name for this span of time."""
    return str(int(now.timestamp() // span.total_seconds()))
