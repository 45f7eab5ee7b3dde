"""Child processes of the tests: started with their own settings, stopped by pid, their output kept."""

import asyncio
import os
import signal
import socket
from pathlib import Path

from tests.drivers.nursery import ROOT, nursery

PATIENCE = 40.0


class Child:
    """`python -m MODULE` with exactly these settings; what it printed is in `log`."""

    def __init__(self, module: str, settings: dict[str, str], folder: Path, name: str) -> None:
        self.name = name
        self.pid = 0
        self._module = module
        self._settings = settings
        self._folder = folder
        self._log = folder / f"{name}.log"
        self._exit_code: int | None = None

    def start(self) -> None:
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), **self._settings}
        self.pid = nursery().start(self._module, environment, self._folder, self._log)
        self._exit_code = None

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def ended(self) -> bool:
        if self.pid and self._exit_code is None:
            self._exit_code = nursery().exit_code(self.pid)
        return self._exit_code is not None

    async def wait(self) -> int:
        """Its exit code, once it has ended; raises TimeoutError where it does not."""
        async with asyncio.timeout(PATIENCE):
            while not self.ended:  # noqa: ASYNC110  another process decides
                await asyncio.sleep(0.01)
        assert self._exit_code is not None
        return self._exit_code

    async def stop(self) -> int:
        """End it as an operator would; its exit code."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> int:
        """End it without a chance to say goodbye."""
        return await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> int:
        if not self.pid:
            return 0
        if not self.ended:
            os.kill(self.pid, how)
        try:
            return await self.wait()
        except TimeoutError:
            os.kill(self.pid, signal.SIGKILL)
            await self.wait()
            raise AssertionError(f"{self.name} did not end:\n{self.log[-3000:]}") from None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
