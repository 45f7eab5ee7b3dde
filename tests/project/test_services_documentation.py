"""Every command in the documentation of services works."""

import re
import shlex
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from api.app import create_app
from api.brands import parse_brands
from api.db import tables
from api.planning import EXACT_UP_TO
from api.settings import Settings
from tests.drivers.database import fresh_database
from tests.factories import ProviderRow, add

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT.joinpath("docs", "services.md").read_text()
COMMANDS = [shlex.split(line) for line in TEXT.splitlines() if line.startswith("curl ")]


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(
        letterboxd_username=("alice", "bob"),
        tmdb_api_key="secret",
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}",
    )
    app = create_app(settings)
    way = httpx.ASGITransport(app=cast(Any, app))
    async with fresh_database(tmp_path) as database, app.lifespan(), httpx.AsyncClient(transport=way) as client:
        async with database.write() as db:
            names = {8: "Netflix", 1796: "Netflix Standard with Ads", 11: "MUBI"}
            await add(db, tables.providers, *(ProviderRow.build(id=each, name=name) for each, name in names.items()))
        yield client


async def test_every_command_works(api: httpx.AsyncClient) -> None:
    assert COMMANDS
    for _, *words in COMMANDS:
        method, body = ("PUT", words[-1]) if words[0] == "-X" else ("GET", None)
        [address] = [word for word in words if word.startswith("http://127.0.0.1:8001/")]
        headers = {"content-type": "application/json"} if body else {}
        answer = await api.request(method, address, content=body, headers=headers)
        assert answer.status_code == 200, (address, answer.text)


async def test_every_parameter_of_the_plan_is_described(api: httpx.AsyncClient) -> None:
    document = (await api.get("http://127.0.0.1:8001/api/v1/openapi.json")).json()
    parameters = {each["name"] for each in document["paths"]["/api/v1/plan"]["get"]["parameters"]}
    assert set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) == parameters


def test_the_example_of_a_file_can_be_used() -> None:
    [example] = re.findall(r"^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert [each.brand for each in parse_brands(example)] == ["sky", "mubi-at-amazon"]


def test_the_bound_is_the_real_one() -> None:
    assert f"at most {EXACT_UP_TO:,} combinations" in TEXT
