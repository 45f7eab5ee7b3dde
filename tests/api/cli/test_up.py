"""`marquee up` and `marquee demo` as a person starts and ends them, with all their real processes."""

import os
import re
import signal
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import msgspec
import pytest

from api.cli.up import Serving, greet
from tests.drivers.command import Command

Start = Callable[..., Command]

NOWHERE = "http://127.0.0.1:1"
OFFLINE = {
    "LETTERBOXD_USERNAME": "alice",
    "TMDB_API_KEY": "key",
    "LETTERBOXD_BASE_URL": NOWHERE,
    "TMDB_BASE_URL": NOWHERE,
    "REFRESH_SCHEDULE": "off",
    "API_PORT": "0",
    "WEB_PORT": "0",
}
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at the processes in /proc")


def test_up_without_its_settings_ends_with_2_and_starts_nothing(start: Start, tmp_path: Path) -> None:
    marquee = start("up", COUNTRY="Britain")
    assert marquee.wait() == 2
    assert all(name in marquee.output for name in ("LETTERBOXD_USERNAME", "TMDB_API_KEY", "COUNTRY"))
    assert [path.name for path in tmp_path.iterdir()] == ["temporary"]


@linux
def test_up_serves_the_page_and_ends_every_process_on_ctrl_c(start: Start, tmp_path: Path) -> None:
    marquee = start("up", **OFFLINE)
    url = marquee.until(r"Marquee is ready: (http://127\.0\.0\.1:\d+/)")[1]
    assert httpx.get(url, trust_env=False).status_code == 200
    children = marquee.children()
    assert {"api", "worker", "web"} < children.keys()
    assert marquee.end(signal.SIGINT) == 0
    assert not [name for name, pid in children.items() if Path(f"/proc/{pid}").exists()]
    assert tmp_path.joinpath("data/marquee.db").is_file()
    assert not list(tmp_path.joinpath("temporary").iterdir())


@linux
def test_a_worker_that_dies_ends_the_group_with_its_name_and_reason(start: Start) -> None:
    marquee = start("up", **OFFLINE)
    marquee.until("Marquee is ready")
    children = marquee.children()
    os.kill(children["worker"], signal.SIGKILL)
    assert marquee.wait() == 1
    assert marquee.output.endswith("worker ended unexpectedly (killed by SIGKILL).\n")
    assert not [name for name, pid in children.items() if Path(f"/proc/{pid}").exists()]


def test_up_asked_to_end_while_it_starts_ends_well(start: Start) -> None:
    marquee = start("up", **OFFLINE)
    marquee.until("web ")
    assert marquee.end(signal.SIGTERM) == 0


@linux
def test_the_demo_prints_two_addresses_shows_films_and_leaves_nothing_behind(start: Start, tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text("LETTERBOXD_USERNAME=somebody\nWEB_PORT=1\n")
    marquee = start("demo", DATABASE_URL="postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    url = marquee.until(r"(http://127\.0\.0\.1:\d+/)")[1]
    assert "alice" in httpx.get(url, trust_env=False).text
    children = marquee.children()
    assert {"worker.demo", "api", "worker", "web"} < children.keys()
    assert marquee.end(signal.SIGTERM) == 0
    assert [each.rpartition("/")[2] for each in re.findall(r"http://\S+", marquee.output)] == ["", "docs"]
    assert not [name for name, pid in children.items() if Path(f"/proc/{pid}").exists()]
    assert not list(tmp_path.joinpath("temporary").iterdir())
    assert {path.name for path in tmp_path.iterdir()} == {"temporary", ".env"}


class Readiness(BaseHTTPRequestHandler):
    """Not ready the first time, ready from then on."""

    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        well = self.asked > 1
        self.send_response(200 if well else 503)
        self.end_headers()
        faults = [{"field": "redis", "message": "Redis does not answer."}]
        self.wfile.write(
            msgspec.json.encode({"title": "", "status": 503, "detail": "", "code": "not_ready", "errors": faults})
        )

    def log_message(self, format: str, *args: object) -> None:
        pass


async def test_ready_is_said_when_it_is_true_and_what_is_amiss_before(capsys: pytest.CaptureFixture[str]) -> None:
    with HTTPServer(("127.0.0.1", 0), Readiness) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        await greet(Serving(page="http://page/", api=f"http://127.0.0.1:{server.server_port}"), patience=0)
        server.shutdown()
        thread.join()
    assert capsys.readouterr().out == (
        "Marquee is up at http://page/, but not ready: Redis does not answer.\nMarquee is ready: http://page/\n"
    )
