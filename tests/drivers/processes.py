"""Child processes of the tests: started with their own settings, stopped by pid, their output kept."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

PATIENCE = 20.0
ROOT = Path(__file__).resolve().parents[2]


class Child:
    """`python -m MODULE` with exactly these settings; what it printed is in `log`."""

    def __init__(self, module: str, settings: dict[str, str], folder: Path, name: str) -> None:
        self.name = name
        self._module = module
        self._settings = settings
        self._folder = folder
        self._log = folder / f"{name}.log"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), **self._settings}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module, cwd=self._folder, env=environment, stdout=log, stderr=log
            )

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process is None or self._process.returncode is not None

    async def wait(self) -> int:
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), PATIENCE)

    async def stop(self) -> int:
        """End it as an operator would; its exit code."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> int:
        """End it without a chance to say goodbye."""
        return await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(how)
        try:
            return await self.wait()
        except TimeoutError:
            self._process.kill()
            raise AssertionError(f"{self.name} did not end:\n{self.log[-3000:]}") from None
        finally:
            await self._process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
