"""Whether a run still asks an outside host: it waits where it is asked to, and stops in time where nobody answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from api.errors import RateLimited, SourceError, Transient
from worker.progress import Run

MOST_FAILURES = 5
UNNAMED_WAIT = 60.0

Answer = TypeVar("Answer")


class GivenUp(Exception):
    """A host, or a family of its pages, is not asked any more for now; `code` is the state that it is in."""

    def __init__(self, reason: str, code: str = "unreachable") -> None:
        super().__init__(reason)
        self.code = code


class Reach:
    """One outside host in one run.

    MOST_FAILURES failures in a row end the asking, and so does a wait that would make more than `patience` seconds
    without an answer. From then on each `ask` raises GivenUp, and the run has a problem that says so, once.
    """

    def __init__(
        self,
        run: Run,
        *,
        patience: float = 0.0,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run = run
        self._patience = patience
        self._sleep = sleep
        self._clock = clock
        self._failures = 0
        self._silent_since: float | None = None
        self._reason: str | None = None

    async def ask(self, request: Callable[[], Awaitable[Answer]]) -> Answer:
        """What the request answers, after the waits that the host asks for. Raises its SourceErrors, and GivenUp."""
        while self._reason is None:
            try:
                answer = await request()
            except RateLimited as error:
                await self._wait(error)
            except Transient as error:
                self._failures += 1
                if self._failures < MOST_FAILURES and self._reason is None:
                    raise
                await self._give_up(error, f"{error}, {MOST_FAILURES} times in a row")
            except SourceError:
                self._answered()
                raise
            else:
                self._answered()
                return answer
        raise GivenUp(self._reason)

    def _answered(self) -> None:
        self._failures = 0
        self._silent_since = None

    async def _wait(self, error: RateLimited) -> None:
        now = self._clock()
        self._silent_since = now if self._silent_since is None else self._silent_since
        wait = error.retry_after or UNNAMED_WAIT
        if now + wait > self._silent_since + self._patience:
            await self._give_up(error, f"{error} for {_minutes(wait)}")
            return
        self._run.estimate.pause(wait)
        await self._sleep(wait)

    async def _give_up(self, error: SourceError, reason: str) -> None:
        if self._reason is None:
            self._reason = f"{reason}."
            rest = "The films that need it wait for the next refresh."
            await self._run.note_problem(error.code, f"{self._reason} {rest}")


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"
