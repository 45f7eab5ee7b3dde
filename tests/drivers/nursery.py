"""Marquee's processes, born quickly: forked from one process that has imported everything already.

An import of Marquee takes most of a second of processor time, and the tests start some hundred processes. What is
forked has run nothing yet: it begins at `__main__`, in its own folder, with exactly its own environment, as a process
started by a person does (`tests/api/cli/test_up.py` starts those).
"""

import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMPORTED = ("aiosqlite", "api.app", "api.settings.logs", "sqlalchemy.dialects.sqlite.aiosqlite", "uvicorn", "uvloop")
IMPORTED_TOO = ("uvicorn.protocols.http.httptools_impl", "web.app", "web.logs", "worker.app")


class Nursery:
    """The tests' end: starts the process that forks, which ends with the tests, and everything it forked with it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tests.drivers.nursery", str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()])
        self._channel = ours.makefile("rw")

    def start(self, module: str, environment: dict[str, str], folder: Path, log: Path) -> int:
        """`python -m module`; its process id."""
        return self._ask({"module": module, "environment": environment, "folder": str(folder), "log": str(log)})

    def exit_code(self, pid: int) -> int | None:
        """How the process ended, as `subprocess` says it; None while it lives. It can be asked for once."""
        code = self._ask({"pid": pid})
        return None if code == ALIVE else code

    def _ask(self, question: dict[str, object]) -> int:
        self._channel.write(json.dumps(question) + "\n")
        self._channel.flush()
        return int(self._channel.readline())


ALIVE = 1000


@cache
def nursery() -> Nursery:
    """The one of this process; it begins when it is first asked for."""
    return Nursery()


def main(descriptor: int) -> None:
    """Fork what is asked for until the tests are gone."""
    for name in (*IMPORTED, *IMPORTED_TOO):
        import_module(name)
    gc.freeze()
    living: set[int] = set()
    channel = socket.socket(fileno=descriptor).makefile("rw")
    for line in channel:
        question = json.loads(line)
        if "pid" in question:
            answer = _exit_code(question["pid"], living)
        elif answer := os.fork():
            living.add(answer)
        else:
            channel.close()
            be(**question)
            return
        channel.write(f"{answer}\n")
        channel.flush()
    for pid in living:
        os.kill(pid, signal.SIGKILL)


def be(module: str, environment: dict[str, str], folder: str, log: str) -> None:
    """Be this module's process from here on."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _exit_code(pid: int, living: set[int]) -> int:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        return ALIVE
    living.discard(pid)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main(int(sys.argv[1]))
