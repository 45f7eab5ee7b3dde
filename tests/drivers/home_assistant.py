"""A real Home Assistant, installed apart from Marquee and kept for the next time."""

import json
import os
import shutil
import subprocess
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

VERSIONS = {(3, 11): "2024.3.3", (3, 12): "2025.1.4", (3, 13): "2025.4.4"}
"""The newest that every Python of this minor version can install."""
REQUIREMENTS = ("josepy<2", "jsonpath", "xmltodict")
"""What these versions need without saying so, or fetch when they start."""
PROCESS = Path(__file__).with_name("home_assistant_process.py")
CONFIGURATION = "homeassistant:\n  name: Home\n  packages:\n    marquee: !include marquee.yaml\n"


class HomeAssistant:
    """One that runs; it is asked line by line."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    async def states(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """The state and the attributes of each entity, by its id without the kind."""
        return {name.partition(".")[2]: (each[0], each[1]) for name, each in (await self._ask("states")).items()}

    async def request_refresh(self) -> Any:
        """What the answer to its command is, as an automation sees it."""
        return await self._ask("refresh")

    async def _ask(self, command: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{command}\n".encode())
        line = await self._process.stdout.readline()
        assert line, self.log
        return json.loads(line)


@asynccontextmanager
async def home_assistant(python: Path, folder: Path, package: str, key: str) -> AsyncIterator[HomeAssistant]:
    """Home Assistant on this package of settings; its process ends with the block."""
    _configure(folder, package, key)
    log = folder / "home-assistant.log"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    with open(log, "w") as output:  # noqa: ASYNC230  of a file nobody else reads yet
        process = await create_subprocess_exec(
            python, PROCESS, folder, stdin=PIPE, stdout=PIPE, stderr=output, env=environment, limit=1 << 20
        )
    try:
        yield HomeAssistant(process, log)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _configure(folder: Path, package: str, key: str) -> None:
    folder.mkdir()
    folder.joinpath("configuration.yaml").write_text(CONFIGURATION)
    folder.joinpath("secrets.yaml").write_text(f"marquee_api_key: {key}\n")
    folder.joinpath("marquee.yaml").write_text(package)


def installed() -> Path:
    """The Python that has Home Assistant, in the user's cache; skips where none can be installed."""
    version, uv = VERSIONS.get(sys.version_info[:2]), shutil.which("uv")
    if version is None or uv is None:
        pytest.skip(f"Home Assistant is installed with uv, on Python 3.{'/3.'.join(str(each[1]) for each in VERSIONS)}")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "marquee-tests")
    folder = cache / f"home-assistant-{version}"
    python, complete = folder / "bin" / "python", folder / "complete"
    if not complete.exists():
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], cwd=cache, check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), f"homeassistant=={version}"]
        subprocess.run([*install, "--no-deps"], cwd=cache, check=True)
        [constraints] = folder.glob("lib/*/site-packages/homeassistant/package_constraints.txt")
        subprocess.run([*install, *REQUIREMENTS, "--constraint", str(constraints)], cwd=cache, check=True)
        complete.touch()
    return python
