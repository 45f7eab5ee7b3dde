"""A terminal for the `marquee` command: what it draws there, and keys that are typed into it."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path
from select import select
from types import TracebackType
from typing import Self

PATIENCE_SECONDS = 60
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """`with Terminal(...) as terminal:` runs the command on a terminal of its own; `drawn` is all that it wrote."""

    def __init__(self, arguments: list[str], folder: Path, environ: dict[str, str], columns: int = 80) -> None:
        self._master, ours = pty.openpty()
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", *arguments],
            cwd=folder,
            env={"TERM": "xterm-256color", "LANG": "C.UTF-8", **environ},
            stdin=ours,
            stdout=ours,
            stderr=ours,
            start_new_session=True,
        )
        os.close(ours)
        self._bytes = b""

    @property
    def drawn(self) -> str:
        return self._bytes.decode(errors="replace")

    @property
    def words(self) -> str:
        """What was drawn, without colours and movements."""
        return ESCAPE.sub("", self.drawn).replace("\r\n", "\n")

    def until(self, pattern: str) -> None:
        """Read on until this has been drawn."""
        while not re.search(pattern, self.words):
            if not self._read():
                raise AssertionError(f"{pattern} was never drawn:\n{self.words}")

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def wait(self) -> int:
        """Read the rest; the exit code."""
        while self._read():
            pass
        return self.process.wait(PATIENCE_SECONDS)

    def _read(self) -> bool:
        """Whether there was more."""
        if not select([self._master], [], [], PATIENCE_SECONDS)[0]:
            raise AssertionError(f"nothing more was drawn:\n{self.words}")
        try:
            chunk = os.read(self._master, 65536)
        except OSError:  # what Linux says of a terminal that nobody has open any more
            return False
        self._bytes += chunk
        return bool(chunk)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)
