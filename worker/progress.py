"""A run in the hands of a worker: the lease on it, its progress in the database, its end.

The run's row is the truth. It is written at most twice a second, and read as often for a request to cancel. Whatever
this worker writes of a run, it writes only while it holds the lease.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import Enum

from sqlalchemy.exc import InterfaceError, OperationalError

from api.db import refreshes, runs
from api.db.engine import Database
from api.db.refreshes import RunError
from api.db.runs import LEASE, LeaseLost, Progress, RunOrder
from api.errors import MarqueeError, Unavailable
from worker.estimate import Estimate

logger = logging.getLogger(__name__)

TICK = 0.5
HOLD = 5.0
MOST_ATTEMPTS = 20
AWAY = (Unavailable, OperationalError, InterfaceError, OSError)


class Stop(Enum):
    """Why a run's work is ended before its own end."""

    CANCELLED = "cancelled"
    LEASE_LOST = "lease lost"


class Run:
    """What a run is to do, how far it is, and what went wrong.

    `known_films` are those on the lists that it is about: on watchlists, or on the lists that were named.
    """

    def __init__(self, database: Database, order: RunOrder, estimate: Estimate) -> None:
        self.order = order
        self.estimate = estimate
        self.progress = Progress(stage="reading")
        self.problem: RunError | None = None
        self.known_films = 0
        self._failed_members: set[int] = set()
        self._failed_sources: set[tuple[int, str]] = set()
        self._failed_films = 0
        self._database = database
        self._changed = asyncio.Event()

    def advance(self, films: int = 1) -> None:
        """Count films that are done."""
        self.progress.done += films
        self._changed.set()

    def expect(self, films: int) -> None:
        """Say how many films the run has in all, as far as it is known now."""
        self.progress.total = max(films, self.progress.done)
        self._changed.set()

    def enter(self, stage: str) -> None:
        self.progress.stage = stage
        self._changed.set()

    async def source_failed(self, member_id: int, source: str, code: str, message: str) -> None:
        """Note that a member's source could not be read (wholly); the first such problem is the run's error."""
        self._failed_members.add(member_id)
        self.problem = self.problem or RunError(code=code, message=message)
        await self._record_failure("reading", code, message, member_id=member_id, source=source)

    async def film_failed(self, film_id: int, code: str, message: str) -> None:
        """Note that a film could not be matched or enriched; the run goes on."""
        self._failed_films += 1
        await self._record_failure("enriching", code, message, film_id=film_id)

    async def note_problem(
        self, code: str, message: str, *, source: str | None = None, member_id: int | None = None
    ) -> None:
        """Note what kept a part of the run from being done, once for all films, or all of a member, that it touched."""
        self.problem = self.problem or RunError(code=code, message=message)
        if member_id is not None and source is not None:
            self._failed_sources.add((member_id, source))
        stage = "enriching" if member_id is None else "reading"
        await self._record_failure(stage, code, message, member_id=member_id, source=source)

    async def _record_failure(
        self,
        stage: str,
        code: str,
        message: str,
        *,
        member_id: int | None = None,
        film_id: int | None = None,
        source: str | None = None,
    ) -> None:
        async with self._database.write() as db:
            await runs.demand_lease(db, self.order)
            await runs.record_failure(
                db,
                self.order.id,
                stage=stage,
                code=code,
                message=message,
                now=datetime.now(UTC),
                member_id=member_id,
                film_id=film_id,
                source=source,
            )
        self._changed.set()

    async def keep(self) -> Stop:
        """Write progress and hold the lease until the run is to stop; the reason why.

        While the database is away this goes on, for as long as the lease can still be this worker's.
        """
        saved = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(TICK)
            now = asyncio.get_running_loop().time()
            try:
                wanted = await self._is_wanted()
                if not wanted:
                    return Stop.LEASE_LOST if wanted is None else Stop.CANCELLED
                if self._changed.is_set() or now - saved >= HOLD:
                    await self.save()
                    saved = now
            except AWAY as error:
                if now - saved >= LEASE.total_seconds():
                    return Stop.LEASE_LOST
                logger.warning("The progress of refresh %d could not be written: %s", self.order.id, error)

    async def _is_wanted(self) -> bool | None:
        async with self._database.read() as db:
            return await runs.wanted(db, self.order)

    async def save(self) -> None:
        """Write the progress as it is now."""
        self._changed.clear()
        async with self._database.read() as db:
            counts = await runs.count(db, self.order.id)
        async with self._database.write() as db:
            self.progress.eta_seconds = self.estimate.seconds_left(self.progress.total - self.progress.done)
            await runs.save_progress(db, self.order, self.progress, counts, datetime.now(UTC))

    async def close(self, status: str, error: RunError | None = None) -> None:
        """Write the last counts and end the run. Raises LeaseLost when it is another worker's by now."""
        await self.save()
        async with self._database.write() as db:
            await runs.demand_lease(db, self.order)
            await refreshes.close(db, self.order.id, status=status, now=datetime.now(UTC), error=error)

    async def hand_over(self) -> None:
        """Leave the run to the next worker, at once; where that cannot be written, it is free when the lease lapses."""
        try:
            async with self._database.write() as db:
                await runs.hand_over(db, self.order)
        except AWAY as error:
            logger.warning("Refresh %d could not be handed over: %s", self.order.id, error)
        else:
            logger.info("Refresh %d is left to the next worker", self.order.id)

    def verdict(self) -> RunError | None:
        """The first problem; where several watchlists could not be read, with their number."""
        failed, members = len(self._failed_members), len(self.order.members)
        if self.problem is None or failed < 2:
            return self.problem
        message = f"{self.problem.message} In all, {failed} of {members} watchlists could not be read."
        return RunError(code=self.problem.code, message=message)

    def standing(self) -> str:
        """How far it came, such as "2 of 3 watchlists read, 534 of 534 films done"."""
        members = len(self.order.members)
        read, progress = members - len(self._failed_members), self.progress
        if self.order.chosen is not None:
            return f"{', '.join(self.order.chosen)} read, {progress.done} of {progress.total} films done"
        lists = f"{read} of {members} watchlists read" if members != 1 else f"watchlist {'' if read else 'not '}read"
        return f"{lists}, {progress.done} of {progress.total} films done"

    def outcome(self) -> str:
        """The status of a run whose work went to its end: failed only where nothing at all could be done."""
        if self.problem is None and not self._failed_films:
            return "succeeded"
        return "failed" if self._is_nothing_read() and not self.known_films else "partial"

    def _is_nothing_read(self) -> bool:
        """Whether no watchlist could be read; where others were chosen, none of these."""
        members, chosen = len(self.order.members), self.order.chosen
        if chosen is None or "watchlist" in chosen:
            return len(self._failed_members) == members
        return len(self._failed_sources) == members * len(chosen)


async def perform(
    database: Database, refresh_id: int, estimate: Estimate, work: Callable[[Run], Awaitable[None]]
) -> None:
    """Take up a run, do its work, and end it; nothing happens when it has ended or another worker is at it.

    A shutdown hands the run over, and so does a database that is away; the next worker goes on where this one stood.
    """
    async with database.write() as db:
        order = await runs.claim(db, refresh_id, uuid.uuid4().hex, datetime.now(UTC))
    if order is None:
        return
    run = Run(database, order, estimate)
    logger.info("Refresh %d begins (attempt %d)", order.id, order.attempts)
    working = asyncio.ensure_future(work(run))
    keeping = asyncio.ensure_future(run.keep())
    try:
        await asyncio.wait({working, keeping}, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        await _end(working, keeping)
        await run.hand_over()
        raise
    stop = None if working.done() else keeping.result()
    await _end(working, keeping)
    await _conclude(run, working, stop)


async def _end(*futures: asyncio.Future[None] | asyncio.Future[Stop]) -> None:
    """Cancel these where they still run, and wait until they have ended."""
    for future in futures:
        future.cancel()
    await asyncio.wait(futures)


async def _conclude(run: Run, working: asyncio.Future[None], stop: Stop | None) -> None:
    """End the run as its work did, or leave it to another worker."""
    error = None if working.cancelled() else working.exception()
    try:
        if stop is Stop.LEASE_LOST or isinstance(error, LeaseLost):
            logger.warning("Refresh %d was taken up by another worker", run.order.id)
        elif stop is Stop.CANCELLED:
            await _close(run, "cancelled")
        elif isinstance(error, AWAY) and run.order.attempts < MOST_ATTEMPTS:
            logger.warning("Refresh %d could not reach the database: %s", run.order.id, error)
            await run.hand_over()
        elif error is not None:
            await _close(run, "failed", _explained(error))
        else:
            await _close(run, run.outcome(), run.verdict())
    except LeaseLost:
        logger.warning("Refresh %d was taken up by another worker", run.order.id)
    except AWAY as away:
        logger.warning("The end of refresh %d could not be written: %s", run.order.id, away)


async def _close(run: Run, status: str, error: RunError | None = None) -> None:
    await run.close(status, error)
    if error is None:
        logger.info("Refresh %d %s: %s", run.order.id, status, run.standing())
    else:
        logger.warning("Refresh %d %s: %s; %s", run.order.id, status, run.standing(), error.message)


def _explained(error: BaseException) -> RunError:
    if isinstance(error, MarqueeError):
        return RunError(code=error.code, message=str(error))
    logger.error("A refresh ended with an unexpected error", exc_info=error)
    message = f"Marquee made a mistake ({type(error).__name__}); the worker's log has the details"
    return RunError(code="unexpected", message=message)
