"""The documentation of lists on TMDB names what there is, and tells what Marquee does."""

import re
import shlex
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.app import create_app
from api.openapi import openapi_document
from api.schemas.tmdb_lists import TmdbSyncRequest
from api.settings import Settings, setting_names
from api.settings.tmdb import MAKE_A_KEY
from worker.sources.tmdb.lists import BATCH
from worker.sync.tmdb_lists.one import TRUST

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT.joinpath("docs", "tmdb-lists.md").read_text(encoding="utf-8")
COMMANDS = [shlex.split(line) for line in TEXT.splitlines() if line.startswith("curl ")]
ORIGIN = "http://127.0.0.1:8001"


@pytest.fixture(scope="module")
def paths() -> Any:
    return openapi_document(create_app(Settings(letterboxd_username=("alice",), tmdb_api_key="x")))["paths"]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_is_an_operation_with_a_body_that_fits(paths: Any, command: list[str]) -> None:
    method = command[command.index("-X") + 1].lower() if "-X" in command else "get"
    path = command[-1].removeprefix(ORIGIN).partition("?")[0]
    assert method in paths[path]
    if "-d" in command:
        assert msgspec.json.decode(command[command.index("-d") + 1], type=TmdbSyncRequest).dry_run


def test_what_else_it_names_is_there(paths: Any) -> None:
    for method, path in re.findall(r"`([A-Z]+) (/api/v1/[^`]+)`", TEXT):
        assert method.lower() in paths[path.replace("{id}", "{list_id}")]
    named = {name.removesuffix("_FILE") for name in re.findall(r"`((?:TMDB|TOKEN)_[A-Z0-9_]+)(?:=\w+)?`", TEXT)}
    assert named <= set(setting_names())
    assert {"TOKEN_KEY", "TMDB_V4_ACCESS_TOKEN", "TMDB_SYNC_ENABLED"} <= named


def test_it_tells_the_numbers_that_hold() -> None:
    assert MAKE_A_KEY in TEXT
    assert f"batches of\n{BATCH}" in TEXT
    assert TRUST.days == 7
    assert "once a\nweek" in TEXT.lower()
