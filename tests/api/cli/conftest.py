"""The `marquee` command, ready to be started in an empty folder."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.settings import setting_names
from tests.drivers.command import Command

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
