"""Every address in the documentation of the feeds leads where it says."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from api.app import create_app
from api.feeds.formats import FORMATS
from api.settings import Settings
from tests.drivers.database import fresh_database
from web.app import create_app as create_page
from web.settings import Settings as PageSettings

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT.joinpath("docs", "feeds.md").read_text()
ADDRESSES = re.findall(r"http://127\.0\.0\.1:(8000|8001)(/[^\s`]*)", TEXT)


@pytest.fixture
async def hosts(tmp_path: Path) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """The page and the API, by their ports."""
    settings = Settings(
        letterboxd_username=("alice", "bob"),
        tmdb_api_key="secret",
        country=("GB", "DE"),
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}",
    )
    api = create_app(settings)
    way = httpx.ASGITransport(app=cast(Any, api))
    page = create_page(PageSettings(api_url="http://127.0.0.1:8001"), way)
    async with fresh_database(tmp_path), api.lifespan(), page.lifespan():
        apps = {"8000": page, "8001": api}
        yield {
            port: httpx.AsyncClient(
                transport=httpx.ASGITransport(app=cast(Any, app)), base_url=f"http://127.0.0.1:{port}"
            )
            for port, app in apps.items()
        }


async def test_every_address_answers(hosts: dict[str, httpx.AsyncClient]) -> None:
    assert ADDRESSES
    for port, path in ADDRESSES:
        assert (await hosts[port].get(path)).status_code == 200, (port, path)


async def test_every_feed_and_every_filter_is_described(hosts: dict[str, httpx.AsyncClient]) -> None:
    assert {f"/feeds/{form.name}" for form in FORMATS} <= {path for _, path in ADDRESSES}
    document = (await hosts["8001"].get("/api/v1/openapi.json")).json()
    parameters = {each["name"] for each in document["paths"]["/feeds/changes.atom"]["get"]["parameters"]}
    described = set(re.findall(r"^\| `(\w+)(?:=true)?` \|", TEXT, re.MULTILINE))
    assert described == parameters - {"token"}
