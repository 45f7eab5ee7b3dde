"""The tokens of feeds, and wrong keys; how the key itself is named is in test_app.py."""

from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import feedparser  # type: ignore[import-untyped]
import httpx
import pytest
from litestar import Litestar, post

from api.auth import FEED, demand_key, feed_token
from api.db.engine import Database
from tests.api.conftest import NOBODY, Serve

NAMES = ("changes.atom", "changes.ics", "changes.json")
KEY = "clé-for-tests"


@pytest.fixture
async def guarded(serve: Serve, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(redis_url=NOBODY, api_key=KEY) as client:
        yield client


async def token_of(client: httpx.AsyncClient, name: str) -> str:
    listed = (await client.get("/api/v1/feeds", headers=[(b"x-api-key", KEY.encode())])).json()["items"]
    url: str = next(each["url"] for each in listed if each["name"] == name)
    return parse_qs(urlsplit(url).query)["token"][0]


async def test_each_feed_has_a_token_where_there_is_a_key(guarded: httpx.AsyncClient) -> None:
    tokens = {name: await token_of(guarded, name) for name in NAMES}
    assert len(set(tokens.values())) == 3
    for name, token in tokens.items():
        answer = await guarded.get(f"/feeds/{name}?token={token}")
        assert answer.status_code == 200, name
        assert (await guarded.head(f"/feeds/{name}?kind=left&token={token}")).status_code == 200
        for other in NAMES:
            expected = 200 if other == name else 401
            assert (await guarded.get(f"/feeds/{other}?token={token}")).status_code == expected, (name, other)


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=%C3%A9%F0%9F%91%8D%FF%00", f"?token={KEY}"])
async def test_without_its_token_a_feed_is_closed(guarded: httpx.AsyncClient, query: str) -> None:
    for name in NAMES:
        answer = await guarded.get(f"/feeds/{name}{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert answer.headers["www-authenticate"] == 'Bearer realm="Marquee"'
        assert answer.headers["cache-control"] == "no-store"
        assert KEY not in answer.text
        assert "wrong" not in answer.text


async def test_a_feeds_token_opens_nothing_else(guarded: httpx.AsyncClient) -> None:
    token = await token_of(guarded, "changes.atom")
    assert (await guarded.get(f"/api/v1/events?token={feed_token(KEY, 'None')}")).status_code == 401
    for path in ("/api/v1/events", "/api/v1/feeds", "/api/v1/refreshes"):
        assert (await guarded.get(f"{path}?token={token}")).status_code == 401
        for headers in ({"x-api-key": token}, {"authorization": f"Bearer {token}"}):
            assert (await guarded.get(path, headers=headers)).status_code == 401
    assert (await guarded.post(f"/feeds/changes.atom?token={token}")).status_code == 405
    assert (await guarded.post(f"/api/v1/refreshes?token={token}")).status_code == 401
    assert (await guarded.get("/feeds/changes.atom", headers={"x-api-key": token})).status_code == 401


async def test_the_key_itself_opens_a_feed(guarded: httpx.AsyncClient) -> None:
    for header, value in (("x-api-key", KEY), ("authorization", f"Bearer {KEY}")):
        answer = await guarded.get("/feeds/changes.atom", headers=[(header.encode(), value.encode())])
        assert answer.status_code == 200


async def test_a_token_is_for_reading_even_where_a_feed_could_be_written() -> None:
    @post("/feeds/x", opt={FEED: "x"})
    async def write() -> None: ...

    app = Litestar([write], guards=[demand_key(KEY)], openapi_config=None, logging_config=None)
    transport = httpx.ASGITransport(app=cast(Any, app))
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        answer = await client.post(f"/feeds/x?token={feed_token(KEY, 'x')}")
    assert answer.status_code == 401


def test_a_token_is_good_until_the_key_changes() -> None:
    assert feed_token(KEY, "changes.atom") == feed_token(KEY, "changes.atom")
    assert feed_token(KEY, "changes.atom") != feed_token(KEY + "x", "changes.atom")


async def test_a_token_stands_in_the_feeds_own_link_alone(guarded: httpx.AsyncClient) -> None:
    token = await token_of(guarded, "changes.atom")
    address = f"/feeds/changes.atom?kind=left&token={token}"
    answer = await guarded.get(address)
    found = feedparser.parse(answer.content)
    assert found.feed.links[0].href == f"http://api.test{address}"
    assert answer.text.count(token) == 1
    assert token not in str(answer.headers)
    assert found.feed.id == "tag:marquee,2026:feed:changes.atom?kind=left"
    assert token not in (await guarded.get(f"{address}&nonsense=1")).text


async def test_the_document_tells_of_the_token(guarded: httpx.AsyncClient) -> None:
    document = (await guarded.get("/api/v1/openapi.json", headers=[(b"x-api-key", KEY.encode())])).json()
    assert document["components"]["securitySchemes"]["feed_token"]["in"] == "query"
    security = {path: item["get"].get("security") for path, item in document["paths"].items() if "get" in item}
    assert security["/feeds/changes.atom"] == [{"api_key": []}, {"bearer": []}, {"feed_token": []}]
    assert security["/api/v1/events"] is None
    good = document["paths"]["/feeds/changes.ics"]["get"]["responses"]["200"]
    assert list(good["content"]) == ["text/calendar; charset=utf-8"]


def named(**headers: str) -> list[tuple[bytes, bytes]]:
    return [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (named(x_api_key=KEY, authorization="Bearer other"), 200),
        (named(x_api_key="other", authorization=f"Bearer {KEY}"), 200),
        (named(x_api_key="", authorization=f"Bearer {KEY}"), 200),
        (named(x_api_key="other", authorization="Bearer another"), 401),
        (named(x_api_key="", authorization="Bearer"), 401),
        (named(authorization="Bearer   "), 401),
        (named(x_api_key=KEY.upper()), 401),
        ([(b"x-api-key", KEY.encode("latin-1"))], 401),
        ([(b"x-api-key", b"\xff\xfe")], 401),
    ],
)
async def test_of_two_keys_the_right_one_opens(
    guarded: httpx.AsyncClient, headers: list[tuple[bytes, bytes]], status: int
) -> None:
    assert (await guarded.get("/api/v1/films", headers=headers)).status_code == status


async def test_wrong_keys_are_slowed_down_and_the_right_one_always_opens(guarded: httpx.AsyncClient) -> None:
    wrong = {"x-api-key": "wrong"}
    statuses = [(await guarded.get("/api/v1/films", headers=wrong)).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    answer = await guarded.get("/feeds/changes.atom?token=wrong")
    assert (answer.status_code, answer.headers["content-type"]) == (429, "application/problem+json")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert (await guarded.get("/api/v1/films", headers=named(x_api_key=KEY))).status_code == 200
    assert (await guarded.get("/api/v1/films")).status_code == 401, "who names no key does not guess"
    assert (await guarded.get("/health/live", headers=wrong)).status_code == 200


async def test_who_names_no_key_is_never_slowed_down(guarded: httpx.AsyncClient) -> None:
    for _ in range(15):
        assert (await guarded.get("/api/v1/films")).status_code == 401
        assert (await guarded.get("/api/v1/films", headers={"x-api-key": ""})).status_code == 401
    assert (await guarded.get("/api/v1/films", headers={"x-api-key": "wrong"})).status_code == 401
