"""The `marquee` command: ready to be started in an empty folder, or with a Marquee that it can ask."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from api.settings import setting_names
from tests.drivers.command import Command
from tests.drivers.marquee import Marquee, running
from tests.drivers.nursery import ROOT
from tests.drivers.terminal import Terminal
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey
from worker.demo.lists import token

Start = Callable[..., Command]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `marquee COMMAND` with these settings alone, in an empty folder."""
    started: list[Command] = []
    mine = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in setting_names()}
    mine["TMPDIR"] = str(tmp_path / "temporary")
    Path(mine["TMPDIR"]).mkdir()

    def command(arguments: str, **settings: str) -> Command:
        started.append(Command(arguments, tmp_path, {**mine, **settings}))
        return started[-1]

    yield command
    for marquee in started:
        if marquee.process.poll() is None:
            marquee.end(signal.SIGKILL)


class Stack:
    """A running Marquee with its worker, and the commands that ask it."""

    def __init__(self, marquee: Marquee, folder: Path) -> None:
        self.marquee = marquee
        self.folder = folder

    async def ask(self, arguments: str, **environ: str) -> Result:
        """Run `marquee ARGUMENTS` in this process; nothing is a terminal."""
        environ = {"API_URL": self.marquee.settings["API_URL"], **environ}
        return await asyncio.to_thread(CliRunner().invoke, main, arguments.split(), env=environ)

    def terminal(self, arguments: str, **environ: str) -> Terminal:
        """Run `marquee ARGUMENTS` as a process of its own on a terminal of 80 columns."""
        return Terminal(arguments.split(), self.folder, self.environ(**environ))

    def environ(self, **environ: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "API_URL": self.marquee.settings["API_URL"],
            **environ,
        }

    async def body(self, path: str) -> str:
        """What the API answers there."""
        return (await self.marquee.client.get(f"/api/v1{path}")).text


@pytest.fixture(scope="session")
async def running_stack(tmp_path_factory: pytest.TempPathFactory, upstream_server: Upstream) -> AsyncIterator[Stack]:
    """One for all tests, with a Valkey that no other test empties; solo and carol have been read."""
    folder = tmp_path_factory.mktemp("stack")
    await upstream_server.reset()
    with Valkey() as valkey:
        wanted: dict[str, Any] = {"LETTERBOXD_USERNAME": "solo,carol", "TMDB_SYNC_ENABLED": "true"}
        wanted["TMDB_V4_ACCESS_TOKEN"] = token()
        usual = running(folder, redis_url=valkey.url, upstream=upstream_server, **wanted)
        async with usual as marquee:
            assert (await marquee.refresh()).status == "succeeded"
            yield Stack(marquee, folder)


@pytest.fixture
async def stack(
    running_stack: Stack, upstream_server: Upstream, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stack]:
    """Nothing is amiss upstream, and no setting of whoever runs the tests is seen."""
    monkeypatch.chdir(running_stack.folder)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    await upstream_server.reset()
    yield running_stack
    await upstream_server.clear()
