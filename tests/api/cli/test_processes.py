"""Groups of child processes: how they end, in which order, and that none is left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.cli.processes import Child, ChildEnded, Group

Said = list[tuple[str, str]]

PATIENCE_SECONDS = 20

OBEDIENT = """
import os, signal, sys, time
def end(*_):
    os.write(1, b"ending\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(600)
"""
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
time.sleep(600)
"""
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
time.sleep(600)
"""


class Listener:
    """A sink that remembers, and can wait for a line; what it `shows` is not told again."""

    def __init__(self, *, shows: bool = False) -> None:
        self.said: Said = []
        self._shows = shows
        self._heard = asyncio.Event()

    def __call__(self, name: str, line: str) -> bool:
        self.said.append((name, line))
        self._heard.set()
        return self._shows

    async def line_of(self, name: str) -> str:
        while True:
            for speaker, line in self.said:
                if speaker == name:
                    return line
            self._heard.clear()
            await self._heard.wait()


async def start(group: Group, name: str, program: str) -> Child:
    return await group.start(name, [sys.executable, "-c", program], os.environ, Path.cwd())


async def test_a_child_that_ends_by_itself_is_named_with_its_exit_code_and_last_words() -> None:
    async with Group(Listener()) as group:
        await start(group, "steady", OBEDIENT)
        await start(group, "brief", "import sys; print('out of film'); sys.exit(3)")
        ended = await group.first_end()
    assert (ended.name, ended.returncode, ended.tail) == ("brief", 3, ["out of film"])
    assert str(ended) == "brief ended unexpectedly (exit code 3) after saying:\n  out of film"


async def test_a_child_that_was_killed_is_said_to_be_killed() -> None:
    async with Group(Listener()) as group:
        child = await start(group, "victim", OBEDIENT)
        os.kill(child.process.pid, signal.SIGKILL)
        assert "victim ended unexpectedly (killed by SIGKILL)." in str(await group.first_end())


async def test_lines_that_were_shown_are_not_told_again() -> None:
    async with Group(Listener(shows=True)) as group:
        await start(group, "brief", "print('out of film'); raise SystemExit(3)")
        assert str(await group.first_end()) == "brief ended unexpectedly (exit code 3)."


async def test_a_child_has_of_our_open_files_those_alone_that_it_is_given(tmp_path: Path) -> None:
    listener = Listener()
    look = "import os; print([os.path.exists(f'/dev/fd/{n}') for n in map(int, os.environ['ASKED'].split())])"
    kept, other = (os.open(tmp_path, os.O_RDONLY) for _ in range(2))
    try:
        async with Group(listener) as group:
            environ = {**os.environ, "ASKED": f"{kept} {other}"}
            await group.start("child", [sys.executable, "-c", look], environ, tmp_path, keep_open=[kept])
            assert await listener.line_of("child") == "[True, False]"
    finally:
        os.close(kept)
        os.close(other)


async def test_only_the_last_lines_are_kept_and_every_line_is_passed_on() -> None:
    listener = Listener()
    async with Group(listener) as group:
        await start(group, "talker", "for n in range(50): print(n)")
        ended = await group.first_end()
    assert ended.tail == [str(number) for number in range(30, 50)]
    assert listener.said == [("talker", str(number)) for number in range(50)]


async def test_a_line_of_any_length_is_one_line() -> None:
    async with Group(Listener()) as group:
        await start(group, "talker", "print('x' * 300_000)")
        ended = await group.first_end()
    assert ended.tail == ["x" * 300_000]


async def test_leaving_a_group_ends_its_layers_in_reverse() -> None:
    listener = Listener()
    async with Group(listener) as group:
        await start(group, "server", OBEDIENT)
        group.new_layer()
        await start(group, "client", OBEDIENT)
        await asyncio.gather(listener.line_of("server"), listener.line_of("client"))
        listener.said.clear()
    assert [name for name, line in listener.said if line == "ending"] == ["client", "server"]


async def test_a_child_that_ignores_the_request_to_end_is_killed_after_the_grace() -> None:
    listener = Listener()
    async with Group(listener, grace=0.05) as group:
        child = await start(group, "stubborn", STUBBORN)
        await listener.line_of("stubborn")
    assert child.process.returncode == -signal.SIGKILL


async def test_what_a_child_started_ends_with_it() -> None:
    listener = Listener()
    async with Group(listener) as group:
        await start(group, "parent", PARENT)
        grandchild = int(await listener.line_of("parent"))
    await asyncio.to_thread(wait_until_gone, grandchild)


async def test_leaving_in_haste_kills_at_once() -> None:
    listener = Listener()

    async def work() -> None:
        async with Group(listener, grace=3600) as group:
            children.append(await start(group, "stubborn", STUBBORN))
            await group.first_end()

    children: list[Child] = []
    task = asyncio.create_task(work())
    await listener.line_of("stubborn")
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(wait_until_gone, children[0].process.pid)


async def test_waiting_for_something_ends_when_a_child_does() -> None:
    async with Group(Listener()) as group:
        await start(group, "brief", "raise SystemExit(4)")
        with pytest.raises(ChildEnded, match="exit code 4"):
            await group.while_alive(asyncio.sleep(60))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends children with a killed parent")
def test_children_end_when_marquee_itself_is_killed() -> None:
    program = f"""
import asyncio, os, sys
from pathlib import Path
from api.cli.processes import Group

async def main():
    async with Group(lambda name, line: bool(print(line, flush=True))) as group:
        await group.start("stubborn", [sys.executable, "-c", {STUBBORN!r}], os.environ, Path.cwd())
        await group.first_end()

asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as marquee:
        assert marquee.stdout is not None
        child = int(marquee.stdout.readline())
        marquee.kill()
    wait_until_gone(child)


def wait_until_gone(pid: int) -> None:
    """Return once no process has this id (or only its remains, for somebody else to collect)."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while alive(pid):
        if time.monotonic() > patience:
            os.kill(pid, signal.SIGKILL)
            pytest.fail(f"process {pid} was left behind")
        time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return b"Z" not in Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[:1]
    except (ProcessLookupError, FileNotFoundError):
        return False
