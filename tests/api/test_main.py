import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.db import migrate

PATIENCE = 30


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONUNBUFFERED": "1",
        "LETTERBOXD_USERNAME": "alice",
        "TMDB_API_KEY": "secret-key",
        "API_PORT": "0",
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}",
    }


@contextmanager
def running(environment: dict[str, str], folder: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "api"], env=environment, cwd=folder, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


def test_it_serves_on_a_free_port_and_ends_on_sigterm(environment: dict[str, str], tmp_path: Path) -> None:
    asyncio.run(migrate.upgrade(environment["DATABASE_URL"]))
    with running(environment, tmp_path) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"API listening on (http://127\.0\.0\.1:\d+)$", line)
        assert found, line
        answer = httpx.get(f"{found[1]}/api/v1/films", trust_env=False)
        assert (answer.status_code, answer.json()["items"]) == (200, [])
        assert "server" not in answer.headers
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        assert "Traceback" not in process.stderr.read()


def test_settings_at_fault_end_it_with_2_and_are_named(environment: dict[str, str], tmp_path: Path) -> None:
    del environment["TMDB_API_KEY"]
    environment["COUNTRY"] = "Britain"
    with running(environment, tmp_path) as process:
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "TMDB_API_KEY: is missing" in errors
    assert "COUNTRY: 'Britain'" in errors
    assert "Traceback" not in errors


def test_a_database_that_was_not_migrated_ends_it_with_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    with running(environment, tmp_path) as process:
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 3
    assert "run the migrations" in errors
    assert len(errors.splitlines()) == 1


def test_a_port_that_is_taken_ends_it(environment: dict[str, str], tmp_path: Path) -> None:
    asyncio.run(migrate.upgrade(environment["DATABASE_URL"]))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment["API_PORT"] = str(taken.getsockname()[1])
        with running(environment, tmp_path) as process:
            _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 3
    assert "address already in use" in errors
