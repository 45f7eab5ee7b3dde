"""A member's feed over HTTP: asked for on condition, and judged like every other page."""

from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest

from api.errors import Blocked, MarkupChanged, Missing, Private, RateLimited, Transient
from tests.worker.sources.letterboxd.test_client import BASE, Pace
from worker.demo.app import create_demo
from worker.demo.faults import Fault
from worker.demo.world import World
from worker.http import MAX_BYTES, RefusedAnswer
from worker.sources.letterboxd.client import LetterboxdClient

EMPTY = b"<?xml version='1.0'?><rss><channel/></rss>"


class Feeds:
    """A Letterboxd with one answer to everything, and the requests that it got."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.requests: list[httpx.Request] = []
        self.client = LetterboxdClient.at(BASE, Pace(), sleep=self._sleep, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer

    async def _sleep(self, seconds: float) -> None: ...


async def test_the_first_request_names_no_condition() -> None:
    feeds = Feeds(httpx.Response(200, content=EMPTY))
    feed = await feeds.client.rss("Alice")
    assert feed is not None
    assert (feed.entries, feed.etag, feed.last_modified) == ([], None, None)
    [request] = feeds.requests
    assert request.url.path == "/alice/rss/"
    assert "if-none-match" not in request.headers
    assert "if-modified-since" not in request.headers


async def test_a_later_request_names_what_is_known_and_304_is_an_answer() -> None:
    feeds = Feeds(httpx.Response(304))
    assert await feeds.client.rss("alice", 'W/"a"', "Tue, 03 Nov 2026 08:00:00 GMT") is None
    [request] = feeds.requests
    assert request.headers["if-none-match"] == 'W/"a"'
    assert request.headers["if-modified-since"] == "Tue, 03 Nov 2026 08:00:00 GMT"


async def test_nothing_changed_is_no_answer_to_a_request_without_a_condition() -> None:
    with pytest.raises(MarkupChanged):
        await Feeds(httpx.Response(304)).client.rss("alice")


async def test_the_answer_says_how_it_is_named() -> None:
    named = {"etag": '"b"', "last-modified": "Tue, 03 Nov 2026 08:00:00 GMT"}
    feed = await Feeds(httpx.Response(200, content=EMPTY, headers=named)).client.rss("alice")
    assert feed is not None
    assert {"etag": feed.etag, "last-modified": feed.last_modified} == named


@pytest.mark.parametrize("path", ["/bob/rss/", "/alice/", "/sign-in/"])
async def test_a_redirect_to_another_page_is_refused(path: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        elsewhere = httpx.Response(302, headers={"location": path})
        return httpx.Response(200, content=EMPTY) if request.url.path == path else elsewhere

    client = LetterboxdClient.at(BASE, Pace(), transport=httpx.MockTransport(answer))
    with pytest.raises(RefusedAnswer):
        await client.rss("alice")


async def test_an_endless_feed_is_refused() -> None:
    with pytest.raises(RefusedAnswer):
        await Feeds(httpx.Response(200, content=b" " * (MAX_BYTES + 1))).client.rss("alice")


async def test_a_feed_that_is_not_understood_names_the_page() -> None:
    with pytest.raises(MarkupChanged) as changed:
        await Feeds(httpx.Response(200, content=b"<html/>")).client.rss("alice")
    assert changed.value.url == f"{BASE}/alice/rss/"


class Demo:
    """The built-in Letterboxd in this process."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self.letterboxd = LetterboxdClient.at("http://demo", Pace(), sleep=self._sleep, transport=transport)
        self._control = httpx.AsyncClient(transport=transport, base_url="http://demo/_demo")

    async def tell(self, path: str, body: object) -> None:
        (await self._control.post(path, json=body)).raise_for_status()

    async def _sleep(self, seconds: float) -> None: ...


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    app = create_demo(World.ordinary())
    async with app.lifespan():
        yield Demo(httpx.ASGITransport(app=cast(Any, app)))


async def test_the_demos_feed_is_understood_and_sent_once(demo: Demo) -> None:
    feed = await demo.letterboxd.rss("alice")
    assert feed is not None
    assert (len(feed.entries), feed.skipped, feed.is_in_order) == (50, 0, True)
    assert await demo.letterboxd.rss("alice", feed.etag, feed.last_modified) is None
    await demo.tell("/members/alice/diary/goodfellas", {"stars": 4.5, "liked": True})
    changed = await demo.letterboxd.rss("alice", feed.etag, feed.last_modified)
    assert changed is not None
    newest = changed.entries[0]
    assert (newest.slug, newest.rating, newest.liked, newest.tmdb is not None) == ("goodfellas", 4.5, True, True)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind="challenge", path="/alice/rss/", times=None), Blocked),
        (Fault(kind="private", path="/alice/rss/", times=None), Private),
        (Fault(kind="missing", path="/alice/rss/", times=None), Missing),
        (Fault(kind="rate_limited", path="/alice/rss/", times=None, retry_after=900), RateLimited),
        (Fault(kind="status", path="/alice/rss/", times=None, status=502), Transient),
        (Fault(kind="changed", path="/alice/rss/", times=None), MarkupChanged),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
async def test_whatever_is_wrong_with_the_feed_is_said(demo: Demo, fault: Fault, error: type[Exception]) -> None:
    await demo.tell("/faults", {"kind": fault.kind, "path": fault.path, "times": None, "status": fault.status,
                                "retry_after": fault.retry_after})  # fmt: skip
    with pytest.raises(error):
        await demo.letterboxd.rss("alice")
