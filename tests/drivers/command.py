"""A driver for the `marquee` command as its own process."""

import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

PATIENCE_SECONDS = 120


class Command:
    """A running command; its output is read by line, and it is killed when it outlives all patience."""

    def __init__(self, command: str, folder: Path, environ: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", *command.split()],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        self._patience = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        self._patience.start()

    def until(self, pattern: str) -> re.Match[str]:
        """Read on until a line matches."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"{pattern} was never said:\n{self.output}")

    def children(self) -> dict[str, int]:
        """The process id of each child, by the module or the program that it runs (Linux)."""
        pids = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        commands = {pid: Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in pids}
        return {
            (command[2] if command[1] == "-m" else Path(command[0]).name): int(p) for p, command in commands.items()
        }

    def end(self, number: signal.Signals) -> int:
        """Send a signal, read the rest, and give the exit code."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        self.output += self.process.communicate()[0]
        self._patience.cancel()
        return self.process.returncode
