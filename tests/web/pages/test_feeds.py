"""The page passes feeds on from the real API, which runs in this process."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import feedparser  # type: ignore[import-untyped]
import httpx
import pytest

from api.app import create_app as create_api
from api.auth import feed_token
from api.db import tables
from api.settings import Settings as ApiSettings
from tests.drivers.database import fresh_database
from tests.factories import AvailabilityRow, EventRow, FilmRow, ProviderRow, add
from web.app import create_app
from web.settings import Settings

KEY = "key-for-tests"
TOKEN = feed_token(KEY, "changes.atom")
ADDRESS = f"/feeds/changes.atom?kind=arrived&token={TOKEN}"


class Between(httpx.AsyncBaseTransport):
    """The way from the page to the API, and what went over it."""

    def __init__(self, app: Any) -> None:
        self.asked: list[httpx.Request] = []
        self.away = False
        self._way = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.away:
            raise httpx.ConnectError("Connection refused", request=request)
        return await self._way.handle_async_request(request)


@pytest.fixture
async def between(tmp_path: Path) -> AsyncIterator[Between]:
    settings = ApiSettings(
        letterboxd_username=("alice",),
        tmdb_api_key="secret",
        api_key=KEY,
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}",
    )
    app = create_api(settings)
    async with fresh_database(tmp_path) as database, app.lifespan():
        async with database.write() as db:
            await add(db, tables.films, FilmRow.build(id=1, slug="heat-1995", title="Heat"))
            await add(db, tables.providers, ProviderRow.build(id=8, name="Netflix"))
            await add(db, tables.availability, AvailabilityRow.build(id=1, film_id=1, provider_id=8))
            await add(db, tables.events, *(EventRow.build(id=number, availability_id=1) for number in range(1, 30)))
        yield Between(app)


@pytest.fixture
async def reader(between: Between) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who can reach the page alone, below a prefix."""
    app = create_app(Settings(api_url="http://api.test", api_key=KEY), between)
    transport = httpx.ASGITransport(app=cast(Any, app), root_path="/marquee")
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="https://films.test/marquee") as client:
        yield client


async def test_a_feed_can_be_read_at_the_page_and_its_links_lead_there(reader: httpx.AsyncClient) -> None:
    answer = await reader.get(ADDRESS)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["cache-control"] == "private, max-age=300"
    found = feedparser.parse(answer.content)
    assert not found.bozo
    assert [link.href for link in found.feed.links] == [
        f"https://films.test/marquee{ADDRESS}",
        "https://films.test/marquee/changes",
    ]
    assert [(link.rel, link.href) for link in found.entries[0].links] == [
        ("alternate", "https://films.test/marquee/films/heat-1995"),
        ("related", "https://letterboxd.com/film/heat-1995/"),
    ]


async def test_who_has_the_feed_already_is_told_so_at_the_page_too(reader: httpx.AsyncClient) -> None:
    first = await reader.get(ADDRESS)
    for asked in (
        {"if-none-match": first.headers["etag"]},
        {"if-modified-since": first.headers["last-modified"]},
    ):
        again = await reader.get(ADDRESS, headers=asked)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    other = await reader.get(ADDRESS, headers={"if-none-match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


async def test_head_is_answered_without_the_body(reader: httpx.AsyncClient) -> None:
    head = await reader.head(ADDRESS)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == (await reader.get(ADDRESS)).headers["etag"]


async def test_the_page_demands_the_token_and_lends_nobody_its_key(reader: httpx.AsyncClient, between: Between) -> None:
    for query in ("", "?token=wrong", f"?token={feed_token(KEY, 'changes.ics')}"):
        answer = await reader.get(f"/feeds/changes.atom{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (401, "text/plain; charset=utf-8")
        assert "www-authenticate" in answer.headers
    assert between.asked
    assert all("x-api-key" not in request.headers for request in between.asked)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{ADDRESS}&nonsense=1", 400),
        (f"{ADDRESS}&kind=%00%ff%F0%9F%91%8D", 400),
        ("/feeds/changes.rss", 404),
        ("/feeds/%2e%2e", 404),
        ("/feeds/..%2fapi%2fv1%2ffilms", 404),
        ("/feeds/%00", 404),
    ],
)
async def test_a_refusal_is_passed_on(reader: httpx.AsyncClient, path: str, status: int) -> None:
    assert (await reader.get(path)).status_code == status


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [(b"if-none-match", b"\xff", 200), (b"if-modified-since", b"\xe9", 200), (b"host", b"films.test:port", 400)],
)
async def test_a_strange_header_is_borne(reader: httpx.AsyncClient, header: bytes, value: bytes, status: int) -> None:
    assert (await reader.get(ADDRESS, headers=[(header, value)])).status_code == status


async def test_a_refusal_is_said_in_plain_words(reader: httpx.AsyncClient) -> None:
    answer = await reader.get(f"{ADDRESS}&offer=loan&nonsense=1")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("nonsense: is not a parameter here; known are country,")
    answer = await reader.get(f"{ADDRESS}&offer=loan")
    assert answer.text == "offer: is none of flatrate, free, ads, rent, buy\n"
    answer = await reader.get("/feeds/changes.rss")
    assert answer.text == "There is nothing at this address.\n"


async def test_an_api_that_is_away_is_no_empty_feed(reader: httpx.AsyncClient, between: Between) -> None:
    between.away = True
    answer = await reader.get(ADDRESS)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == "The part of Marquee that keeps the films does not answer. It may still be starting.\n"


async def test_a_feed_is_only_read(reader: httpx.AsyncClient) -> None:
    answer = await reader.post(ADDRESS, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 405
