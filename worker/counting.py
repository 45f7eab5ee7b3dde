"""How many requests to outside hosts there are: of one piece of work, and of the worker for whoever watches over it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from arq.connections import ArqRedis

from api.errors import Unavailable
from api.queue import Counted, add_counts

EVERY = 1.0
LAST_WITHIN = 2.0
"""Seconds that a worker which ends has for handing over its last counts."""


class Requests:
    """`made`: how many there were so far."""

    def __init__(self) -> None:
        self.made = 0


_counted: ContextVar[Requests | None] = ContextVar("counted", default=None)


@contextmanager
def counting() -> Iterator[Requests]:
    """Counts the requests made in this block, those tried again and redirected ones too."""
    requests = Requests()
    token = _counted.set(requests)
    try:
        yield requests
    finally:
        _counted.reset(token)


def count_request() -> None:
    """Note that a request is made."""
    if requests := _counted.get():
        requests.made += 1


class Counts:
    """What this worker counted and did not hand over yet: nobody who counts waits for Redis."""

    def __init__(self) -> None:
        self._new: defaultdict[Counted, float] = defaultdict(int)
        self._ended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, counted: Counted, amount: float = 1) -> None:
        self._new[counted] += amount

    def of(self, upstream: str) -> "HostCounts":
        return HostCounts(upstream, self)

    def start(self, queue: ArqRedis) -> None:
        """Hand over what is counted, at most once a second, until `stop`."""
        self._task = asyncio.create_task(self._keep(queue))

    async def stop(self) -> None:
        """Hand over the rest; where Redis is away it is lost."""
        self._ended.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=LAST_WITHIN)
            self._task.cancel()
            await asyncio.wait([self._task])

    async def hand_over(self, queue: ArqRedis) -> None:
        """Add what is new to what is counted in Redis; raises Unavailable when Redis is away: then it is still new.

        Where the connection breaks before Redis has answered, it may be added a second time.
        """
        counts, self._new = self._new, defaultdict(int)
        if not counts:
            return
        try:
            await add_counts(queue, counts)
        except Unavailable:
            for counted, amount in counts.items():
                self.add(counted, amount)
            raise

    async def _keep(self, queue: ArqRedis) -> None:
        is_last = False
        while not is_last:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), EVERY)
            is_last = self._ended.is_set()
            with suppress(Unavailable):
                await self.hand_over(queue)


class HostCounts:
    """What is counted of one outside host. Without `counts` to add it to, nobody asks for it."""

    def __init__(self, upstream: str = "", counts: Counts | None = None) -> None:
        self._upstream = upstream
        self._counts = counts

    def request(self, outcome: str) -> None:
        """Note what became of a request: one of the outcomes in `api.queue`."""
        self._add(1, "requests", outcome)

    def retry(self) -> None:
        """Note that a request is made again."""
        self._add(1, "retries")

    def wait(self, seconds: float) -> None:
        """Note that a request waited for its turn."""
        self._add(1, "waits")
        self._add(float(seconds), "wait_seconds")

    def _add(self, amount: float, name: str, *more: str) -> None:
        if self._counts is not None:
            self._counts.add((name, self._upstream, *more), amount)
