"""The page in-process, on an API of the tests' own."""

from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar
from parsel import Selector, SelectorList

from tests.web.fake_api import FakeApi
from web.app import create_app
from web.settings import Settings

HTMX = {"hx-request": "true"}
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


class Browser:
    """What a reader does with the page, and what the page then says."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str = "/", **headers: str) -> httpx.Response:
        return await self.http.get(path, headers=_names(headers))

    async def post(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.post(path, headers=SAME_ORIGIN | _names(headers))

    async def fragment(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(path, headers=HTMX | _names(headers))

    async def words(self, path: str = "/") -> str:
        """All that a reader sees of a page, in one line."""
        return words(await self.get(path))


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def document(response: httpx.Response) -> Selector:
    return Selector(response.text)


def words(response: httpx.Response) -> str:
    texts = document(response).xpath("//body//text()[not(ancestor::script)]").getall()
    return " ".join(" ".join(texts).split())


def _client(app: Litestar, prefix: str = "") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=cast(Any, app), root_path=prefix)
    return httpx.AsyncClient(transport=transport, base_url="http://marquee.test")


def said_in(part: Selector | SelectorList[Selector]) -> str:
    """All that a reader sees of a part of a page, in one line."""
    return " ".join(" ".join(part.css("*::text").getall()).split())


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def settings() -> Settings:
    return Settings(
        api_url="http://api.test",
        letterboxd_base_url="https://letterboxd.test",
        tmdb_image_base_url="https://images.test/t/p",
        refresh_timezone="Europe/Berlin",
    )


@pytest.fixture
async def page(api: FakeApi, settings: Settings) -> AsyncIterator[Browser]:
    app = create_app(settings, api.transport)
    async with app.lifespan(), _client(app) as http:
        yield Browser(http)


@pytest.fixture
async def open_page(api: FakeApi) -> AsyncIterator[Callable[[str], httpx.AsyncClient]]:
    """Opens the page below a prefix, as behind a proxy that strips it."""
    clients: list[httpx.AsyncClient] = []

    def open_below(prefix: str) -> httpx.AsyncClient:
        app = create_app(Settings(api_url="http://api.test"), api.transport)
        clients.append(_client(app, prefix))
        return clients[-1]

    yield open_below
    for client in clients:
        await client.aclose()
