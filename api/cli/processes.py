"""Child processes that live and die together.

Each child leads a process group of its own, so that Ctrl-C in a terminal reaches Marquee alone and the children
are ended in order. On Linux the kernel ends them even when Marquee itself is killed.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

from api.errors import MarqueeError

T = TypeVar("T")
Sink = Callable[[str, str], bool]
"""Takes the name of a child and a line of its output, and says whether it showed the line."""

GRACE_SECONDS = 10.0
TAIL_LINES = 20
LAST_WORDS_SECONDS = 1.0
PR_SET_PDEATHSIG = 1


class ChildEnded(MarqueeError):
    """A child ended although nobody had asked it to; `tail` holds the last of its lines that were not shown."""

    code = "child_ended"

    def __init__(self, name: str, returncode: int, tail: list[str]) -> None:
        said = "".join(f"\n  {line}" for line in tail)
        super().__init__(
            f"{name} ended unexpectedly ({_ending(returncode)})" + (f" after saying:{said}" if said else ".")
        )
        self.name = name
        self.returncode = returncode
        self.tail = tail


class Child:
    """A running child; its output (both streams as one) goes to `sink` by line, and is kept where that is silent."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, sink: Sink) -> None:
        self.name = name
        self.process = process
        self.lines: deque[str] = deque(maxlen=TAIL_LINES)
        self._sink = sink
        self._gone = False
        self._reading = asyncio.create_task(self._read())

    async def ended(self) -> ChildEnded:
        """Wait for the end and the last words."""
        returncode = await self.process.wait()
        await self._last_words()
        return ChildEnded(self.name, returncode, list(self.lines))

    async def stop(self, grace: float) -> None:
        """SIGTERM, and SIGKILL to what is left after `grace` seconds."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), grace)
        await self.kill()

    async def kill(self) -> None:
        """SIGKILL to what is left, once: its process id may be another's afterwards."""
        if self._gone:
            return
        self._signal(signal.SIGKILL)
        await self.process.wait()
        self._gone = True
        await self._last_words()
        self._reading.cancel()

    async def _last_words(self) -> None:
        """Wait until all is read; what the child left its output open to is not waited for."""
        await asyncio.wait([self._reading], timeout=LAST_WORDS_SECONDS)

    def _signal(self, number: signal.Signals) -> None:
        """To the child's whole group: what it started ends with it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    async def _read(self) -> None:
        assert self.process.stdout is not None  # noqa: S101
        async for line in _lines(self.process.stdout):
            if not self._sink(self.name, line):
                self.lines.append(line)


class Group:
    """The children of one command, ended in the reverse order of their layers when the group is left."""

    def __init__(self, sink: Sink, grace: float = GRACE_SECONDS) -> None:
        self._sink = sink
        self._grace = grace
        self._layers: list[list[Child]] = [[]]
        self._endings: list[asyncio.Task[ChildEnded]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """End every child; where this is cancelled too, they are killed at once."""
        for ending in self._endings:
            ending.cancel()
        try:
            for layer in reversed(self._layers):
                await asyncio.gather(*(child.stop(self._grace) for child in layer))
        finally:
            await asyncio.gather(*(child.kill() for layer in self._layers for child in layer))

    async def start(
        self,
        name: str,
        command: list[str],
        environ: Mapping[str, str],
        directory: Path,
        keep_open: Sequence[int] = (),
    ) -> Child:
        """Start a child in `directory`; of our file descriptors it has those of `keep_open` alone."""
        process = await asyncio.create_subprocess_exec(
            *command,
            env=dict(environ),
            cwd=directory,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=keep_open,
            process_group=0,
            preexec_fn=_die_with_parent(),
        )
        child = Child(name, process, self._sink)
        self._layers[-1].append(child)
        self._endings.append(asyncio.create_task(child.ended()))
        return child

    def new_layer(self) -> None:
        """What is started from here on is ended before what was started until now."""
        self._layers.append([])

    async def first_end(self) -> ChildEnded:
        """Wait until any child ends."""
        await asyncio.wait(self._endings, return_when=asyncio.FIRST_COMPLETED)
        return next(ending.result() for ending in self._endings if ending.done())

    async def while_alive(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`; raises ChildEnded where a child ends before it."""
        working, ending = asyncio.create_task(work), asyncio.create_task(self.first_end())
        try:
            await asyncio.wait([working, ending], return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            raise ending.result()
        finally:
            working.cancel()
            ending.cancel()


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """The lines of a stream, however long they are."""
    rest = b""
    while chunk := await stream.read(65536):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace").rstrip("\r")
    if rest:
        yield rest.decode(errors="replace")


def _die_with_parent() -> Callable[[], None] | None:
    """What a child does before it becomes its program: ask the kernel to end it when its parent ends."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _ending(returncode: int) -> str:
    if returncode >= 0:
        return f"exit code {returncode}"
    try:
        return f"killed by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"killed by signal {-returncode}"
