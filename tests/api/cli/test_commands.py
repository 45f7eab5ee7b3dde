"""`marquee healthcheck`, `marquee migrate` and the command itself: exit codes and words."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import COMMANDS, main
from api.cli.demo import demo_settings
from api.db.migrate import head_revision
from api.settings import setting_names
from tests.drivers.nursery import ROOT
from tests.drivers.valkey import Valkey
from worker.demo.lists import token


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        well = self.path == "/health/live"
        self.send_response(200 if well else 503)
        self.end_headers()
        self.wfile.write(b"" if well else b"no worker has a heartbeat")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield str(server.server_port)
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` and no setting of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)


def marquee(*arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environ)


def test_a_part_that_answers_is_well(port: str) -> None:
    assert marquee("healthcheck", API_PORT=port).exit_code == 0
    assert marquee("healthcheck", "live", API_URL=f"http://127.0.0.1:{port}").exit_code == 0
    assert marquee("healthcheck", "web", WEB_PORT=port).exit_code == 0


def test_a_part_that_is_not_well_is_quoted(port: str) -> None:
    result = marquee("healthcheck", "ready", API_PORT=port)
    assert result.exit_code == 1
    assert "no worker has a heartbeat" in result.stderr


def test_a_part_that_does_not_answer_is_said_to_be_away() -> None:
    result = marquee("healthcheck", API_PORT="1")
    assert result.exit_code == 1
    assert result.stderr.startswith("http://127.0.0.1:1/health/live is not available")


def test_a_proxy_of_the_environment_is_not_asked(port: str) -> None:
    assert marquee("healthcheck", API_PORT=port, http_proxy="http://127.0.0.1:1").exit_code == 0


def test_a_worker_without_a_heartbeat_is_not_well() -> None:
    with Valkey() as server:
        result = marquee("healthcheck", "worker", REDIS_URL=server.url)
    assert (result.exit_code, result.stderr) == (1, "The worker is not available: it has no heartbeat.\n")


def test_a_worker_whose_redis_is_away_is_not_well(tmp_path: Path) -> None:
    assert marquee("healthcheck", "worker", REDIS_URL=f"unix://{tmp_path}/none").exit_code == 1
    assert "REDIS_URL is not set" in marquee("healthcheck", "worker").stderr


def test_migrate_needs_the_database_alone(tmp_path: Path) -> None:
    result = marquee("migrate", DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/marquee.db")
    assert (result.exit_code, result.output) == (0, f"The database is at revision {head_revision()}.\n")


def test_a_wrong_setting_ends_with_2_and_is_named() -> None:
    result = marquee("migrate", DATABASE_URL="mysql://x")
    assert result.exit_code == 2
    assert "DATABASE_URL" in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_listed_and_explains_itself(command: str) -> None:
    assert command in marquee("--help").output
    result = marquee(command, "--help")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 5


@pytest.mark.parametrize("arguments", ["--help", "refresh --help", "member --help", "completion bash"])
def test_help_and_completion_load_nothing_heavy(arguments: str) -> None:
    heavy = {"httpx", "rich", "litestar", "sqlalchemy", "arq", "lxml"}
    program = f"import sys; from api.cli import main; main({arguments.split()}, standalone_mode=False); "
    program += f"print(sorted({heavy} & sys.modules.keys()))"
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_the_version_is_told() -> None:
    assert marquee("--version").output.startswith("marquee, version ")


def test_the_demo_keeps_lists_on_the_only_account_of_its_tmdb(tmp_path: Path) -> None:
    settings = demo_settings("http://127.0.0.1:1", tmp_path, "127.0.0.1", 0)
    assert settings["TMDB_SYNC_ENABLED"] == "true"
    assert settings["TMDB_V4_ACCESS_TOKEN"] == token()
