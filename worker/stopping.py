"""arq's worker, made to end when it is asked to."""

import asyncio
from signal import Signals

from arq import Worker


class EndingWorker(Worker):
    """A worker that a signal ends even where a library swallows the cancellation, as `asyncio.wait_for` may.

    arq cancels once what is under way, and goes on as before when that is lost: it would even take up again the run
    that it just handed over. Here no work is begun after the signal, and what began in the same moment is cancelled.
    """

    def handle_sig(self, signum: Signals) -> None:
        self.allow_pick_jobs = False
        super().handle_sig(signum)

    async def _poll_iteration(self) -> None:
        if not self.allow_pick_jobs:
            raise asyncio.CancelledError
        await super()._poll_iteration()

    async def close(self) -> None:
        for task in self.tasks.values():
            task.cancel()
        await super().close()
