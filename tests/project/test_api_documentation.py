"""Every command in the documentation of the API does what it says, on the real thing."""

import re
import shlex
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.drivers.marquee import ENDED, Marquee, running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey
from worker.demo.lists import token

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT.joinpath("docs", "api.md").read_text(encoding="utf-8")
ORIGIN = "http://127.0.0.1:8001"
KEY = "the-key-of-this-test"
GOOD = ("200", "202", "304")


def commands() -> list[str]:
    """The lines of the shell blocks that call curl, in their order."""
    blocks = re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", "").splitlines()
    return [line for line in lines if line.startswith("curl ")]


@pytest.fixture
async def marquee(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> AsyncIterator[Marquee]:
    """A Marquee that has read alice's watchlist, and has a key."""
    keeping: dict[str, Any] = {"TMDB_SYNC_ENABLED": "true", "TMDB_V4_ACCESS_TOKEN": token()}
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, API_KEY=KEY, **keeping) as marquee:
        marquee.client.headers["X-Api-Key"] = KEY
        await marquee.refresh()
        yield marquee


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
async def test_every_command_gets_a_good_answer(marquee: Marquee, tmp_path: Path) -> None:
    assert len(commands()) > 20
    folder = tmp_path / "work"
    folder.mkdir()
    for command in commands():
        status, answer = await _run(command, marquee.settings["API_URL"], folder)
        assert status in GOOD, f"{command}\n{answer}"
        await marquee.until(_is_idle(marquee), "the end of the refresh")
    assert [*folder.glob("watchlist-*.csv")]
    assert folder.joinpath("to-letterboxd.csv").read_text().startswith("LetterboxdURI,")


def test_every_file_that_it_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", TEXT)
    assert [name for name in links if not ROOT.joinpath("docs", name).exists()] == []


async def _run(command: str, origin: str, folder: Path) -> tuple[str, str]:
    """Run a line as a shell would, against another port and with the key; the status of the answer, and all it said."""
    arguments = shlex.split(command.replace(ORIGIN, origin).replace("$API_KEY", KEY))
    keyed = [] if KEY in command.replace("$API_KEY", KEY) else ["-H", f"X-Api-Key: {KEY}"]
    line = [*arguments, *keyed, "--silent", "--show-error", "--write-out", "\n%{http_code}"]
    result = await anyio.run_process(line, cwd=folder, check=False, stderr=subprocess.STDOUT)
    answer, _, status = result.stdout.decode(errors="replace").rpartition("\n")
    return status, answer


def _is_idle(marquee: Marquee) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        newest = await marquee.get("/api/v1/refreshes/current")
        return newest.status in ENDED

    return look
