"""A run in the hands of a worker: the lease on it, its progress in the database, its end.

The run's row is the truth. It is written at most twice a second, and read as often for a request to cancel.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import Enum

from api.db import refreshes, runs
from api.db.engine import Database
from api.db.refreshes import RunError
from api.db.runs import Progress, RunOrder
from api.errors import KeyRefused, MarqueeError
from worker.estimate import Estimate

logger = logging.getLogger(__name__)

TICK = 0.5
HOLD = 5.0


class Stop(Enum):
    """Why a run's work was ended from outside."""

    CANCELLED = "cancelled"
    LEASE_LOST = "lease lost"


class Run:
    """What a run is to do, how far it is, and what went wrong with its sources."""

    def __init__(self, database: Database, order: RunOrder, owner: str, estimate: Estimate) -> None:
        self.order = order
        self.estimate = estimate
        self.progress = Progress(stage="reading")
        self.problem: RunError | None = None
        self.failed_films = 0
        self._database = database
        self._owner = owner
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

    async def source_failed(self, member_id: int, code: str, message: str) -> None:
        """Note that a member's source could not be read (wholly); the first such problem is the run's error."""
        self.problem = self.problem or RunError(code=code, message=message)
        await self._record_failure("reading", code, message, member_id=member_id)

    async def film_failed(self, film_id: int, code: str, message: str) -> None:
        """Note that a film could not be matched or enriched; the run goes on."""
        self.failed_films += 1
        await self._record_failure("enriching", code, message, film_id=film_id)

    async def _record_failure(
        self, stage: str, code: str, message: str, *, member_id: int | None = None, film_id: int | None = None
    ) -> None:
        async with self._database.write() as db:
            await runs.record_failure(
                db,
                self.order.id,
                stage=stage,
                code=code,
                message=message,
                now=datetime.now(UTC),
                member_id=member_id,
                film_id=film_id,
            )
        self._changed.set()

    async def keep(self) -> Stop:
        """Write progress and hold the lease until the run is to stop; the reason why."""
        saved = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(TICK)
            async with self._database.read() as db:
                wanted = await runs.wanted(db, self.order.id, self._owner)
            if not wanted:
                return Stop.LEASE_LOST if wanted is None else Stop.CANCELLED
            now = asyncio.get_running_loop().time()
            if self._changed.is_set() or now - saved >= HOLD:
                await self.save()
                saved = now

    async def save(self) -> None:
        """Write the progress as it is now."""
        self._changed.clear()
        self.progress.eta_seconds = self.estimate.seconds_left(self.progress.total - self.progress.done)
        async with self._database.write() as db:
            await runs.save_progress(db, self.order.id, self._owner, self.progress, datetime.now(UTC))

    async def close(self, status: str, error: RunError | None = None) -> None:
        """Write the last counts and end the run."""
        await self.save()
        async with self._database.write() as db:
            await refreshes.close(db, self.order.id, status=status, now=datetime.now(UTC), error=error)
            await runs.drop_checkpoints(db, self.order.id)

    async def hand_over(self) -> None:
        """Leave the run to the next worker, at once."""
        await self.save()
        async with self._database.write() as db:
            await runs.hand_over(db, self.order.id, self._owner)

    def outcome(self) -> str:
        """The status of a run whose work went to its end."""
        if self.problem is None and not self.failed_films:
            return "succeeded"
        return "failed" if self.problem is not None and not self.progress.total else "partial"


async def perform(
    database: Database, refresh_id: int, estimate: Estimate, work: Callable[[Run], Awaitable[None]]
) -> None:
    """Take up a run, do its work, and end it; nothing happens when it has ended or another worker is at it.

    A shutdown hands the run over; the next worker goes on where this one stood.
    """
    owner = uuid.uuid4().hex
    async with database.write() as db:
        order = await runs.claim(db, refresh_id, owner, datetime.now(UTC))
    if order is None:
        return
    run = Run(database, order, owner, estimate)
    logger.info("Refresh %d begins (attempt %d)", order.id, order.attempts)
    working = asyncio.ensure_future(work(run))
    keeping = asyncio.ensure_future(run.keep())
    try:
        await asyncio.wait({working, keeping}, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        await _end(working, keeping)
        await run.hand_over()
        logger.info("Refresh %d is left to the next worker", order.id)
        raise
    stop = keeping.result() if keeping.done() and not working.done() else None
    await _end(keeping, working if stop else None)
    await _close(run, working, stop)


async def _close(run: Run, working: asyncio.Future[None], stop: Stop | None) -> None:
    if stop is Stop.LEASE_LOST:
        logger.warning("Refresh %d was taken up by another worker", run.order.id)
        return
    if stop is Stop.CANCELLED:
        await run.close("cancelled")
    elif error := working.exception():
        await run.close("failed", _explained(error))
    else:
        await run.close(run.outcome(), run.problem)
    logger.info("Refresh %d has ended", run.order.id)


def _explained(error: BaseException) -> RunError:
    if isinstance(error, KeyRefused | MarqueeError):
        return RunError(code=error.code, message=str(error))
    logger.error("A refresh ended with an unexpected error", exc_info=error)
    message = f"Marquee made a mistake ({type(error).__name__}); the worker's log has the details"
    return RunError(code="unexpected", message=message)


async def _end(*futures: asyncio.Future[object] | asyncio.Future[None] | asyncio.Future[Stop] | None) -> None:
    """Cancel these, and wait until they have ended."""
    running = [future for future in futures if future is not None]
    for future in running:
        future.cancel()
    await asyncio.wait(running)
