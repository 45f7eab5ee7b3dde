"""`python -m web` as a process."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


def start(directory: Path, **settings: str) -> subprocess.Popen[str]:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | settings
    return subprocess.Popen(
        [sys.executable, "-m", "web"], cwd=directory, env=environ, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_it_says_where_it_listens_serves_and_stops_when_told(tmp_path: Path, log_format: str) -> None:
    with start(tmp_path, WEB_PORT="0", API_URL="http://127.0.0.1:1", LOG_FORMAT=log_format) as process:
        try:
            assert process.stderr
            lines = iter(process.stderr.readline, "")
            address = next(
                found[1] for line in lines if (found := re.search(r"Page listening on (http://[\d.:]+)", line))
            )
            assert httpx.get(f"{address}/health/live").json() == {"status": "ok"}
            away = httpx.get(address)
            assert away.status_code == 503
            assert "Marquee is not ready" in away.text
        finally:
            process.terminate()
        process.stderr.read()
        assert process.wait(timeout=20) in (0, -15)


def test_wrong_settings_end_it_with_one_message(tmp_path: Path) -> None:
    with start(tmp_path, WEB_PORT="x", COUNTRY="X") as process:
        _, said = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "WEB_PORT: " in said
    assert "COUNTRY: " in said
    assert "Traceback" not in said
