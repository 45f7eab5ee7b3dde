"""robots.txt as Marquee takes it: what it says, for how long it is believed, and what follows where there is none."""

from collections.abc import AsyncIterator

import httpx
import pytest
from redis.asyncio import Redis

from api.errors import Blocked, Disallowed, Missing, Private, RateLimited, SourceError, Transient
from api.queue import robots_key
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey
from worker.robots import DAY, LARGEST, REFUSAL_LASTS, Robots
from worker.sources.letterboxd.client import LetterboxdClient

HOST = "letterboxd.test"
RULES = """# made for people
User-agent: *
Disallow: /*/by/*
Disallow: /private/
Allow: /private/open/

User-agent: CCBot
Disallow: /
"""


class Host:
    """Answers what a test puts into it, and counts how often its robots.txt was asked for."""

    def __init__(self, redis: Redis, answer: str | bytes | int | SourceError) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.robots = Robots(redis, name="Letterboxd")

    async def allows(self, path: str) -> bool:
        try:
            await self.demand(path)
        except Disallowed:
            return False
        return True

    async def demand(self, path: str) -> None:
        await self.robots.demand(httpx.URL(f"https://{HOST}{path}"), self._fetch)

    async def _fetch(self, url: httpx.URL) -> httpx.Response:
        self.asked.append(str(url))
        if isinstance(self.answer, SourceError):
            raise self.answer
        if isinstance(self.answer, int):
            return httpx.Response(self.answer, text="User-agent: *\nDisallow: /")
        content = self.answer.encode() if isinstance(self.answer, str) else self.answer
        return httpx.Response(200, content=content)


class Pace:
    async def slot(self, patience: float = 0) -> None: ...

    async def pause(self, seconds: float) -> None: ...


async def at_once(seconds: float) -> None: ...


@pytest.fixture
async def redis(valkey: Valkey) -> AsyncIterator[Redis]:
    client = Redis.from_url(valkey.url)
    yield client
    await client.aclose()


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/alice/watchlist/", True),
        ("/film/parasite/", True),
        ("/alice/watchlist/by/name/", False),
        ("/private/", False),
        ("/private/open/x/", True),
        ("/private/x/?a=b", False),
    ],
)
async def test_the_longest_rule_for_everybody_counts(redis: Redis, path: str, allowed: bool) -> None:
    assert await Host(redis, RULES).allows(path) is allowed


@pytest.mark.parametrize("agent", ["Marquee", "marquee", "CCBot\nUser-agent: Marquee"])
async def test_a_rule_for_marquee_counts_before_that_for_everybody(redis: Redis, agent: str) -> None:
    host = Host(redis, f"User-agent: *\nDisallow: /x/\n\nUser-agent: {agent}\nDisallow: /film/\n")
    assert not await host.allows("/film/parasite/")
    assert await host.allows("/x/")


async def test_a_refusal_says_whose_rule_it_is(redis: Redis) -> None:
    with pytest.raises(Disallowed, match=r"^Letterboxd’s robots\.txt does not allow Marquee to read this page$"):
        await Host(redis, RULES).demand("/private/?key=secret")


async def test_it_is_read_from_the_root_and_once_a_day(redis: Redis) -> None:
    host = Host(redis, RULES)
    for path in ("/alice/watchlist/?x=1#y", "/film/parasite/", "/private/"):
        await host.allows(path)
    assert host.asked == [f"https://{HOST}/robots.txt"]
    assert DAY - 10 < await redis.ttl(robots_key(HOST)) <= DAY
    await redis.delete(robots_key(HOST))
    host.answer = ""
    assert await host.allows("/private/")
    assert len(host.asked) == 2


@pytest.mark.parametrize(
    ("answer", "lasts"),
    [
        (404, DAY),
        (410, DAY),
        (401, REFUSAL_LASTS),
        (Missing("u"), DAY),
        (Private("u"), REFUSAL_LASTS),
        (Blocked("u", challenge=True), REFUSAL_LASTS),
        (Transient("u", 403), REFUSAL_LASTS),
    ],
)
async def test_a_host_that_shows_none_forbids_nothing_and_one_that_refused_is_asked_again_soon(
    redis: Redis, answer: int | SourceError, lasts: int
) -> None:
    assert await Host(redis, answer).allows("/film/parasite/")
    assert lasts - 10 < await redis.ttl(robots_key(HOST)) <= lasts


@pytest.mark.parametrize("answer", [Transient("u", 503), Transient("u"), RateLimited("u", 60.0)])
async def test_a_host_whose_rules_cannot_be_had_is_not_asked_for_anything(redis: Redis, answer: SourceError) -> None:
    host = Host(redis, answer)
    with pytest.raises(type(answer)):
        await host.allows("/film/parasite/")
    host.answer = RULES
    assert await host.allows("/film/parasite/")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("<!doctype html><title>Films</title>", True),
        ("\ufeffUser-agent: *\nDisallow: /film/", False),
        ("User-agent: *\r\nDisallow: /film/\r\n", False),
        ("Disallow: /film/", True),
        (b"\xff\xfe\x00User-agent: *\nDisallow: /y/", True),
        ("#" * LARGEST + "\nUser-agent: *\nDisallow: /", True),
    ],
    ids=["empty", "html", "byte order mark", "crlf", "no agent", "not text", "too large"],
)
async def test_any_file_can_be_read(redis: Redis, text: str | bytes, allowed: bool) -> None:
    assert await Host(redis, text).allows("/film/parasite/") is allowed


async def test_two_workers_read_it_once_between_them_and_obey_it_at_every_page(
    redis: Redis, upstream: Upstream
) -> None:
    await upstream.disallow("/film/")
    workers = [
        LetterboxdClient.at(upstream.letterboxd_url, Pace(), rules=Robots(redis, name="Letterboxd"), sleep=at_once)
        for _ in range(2)
    ]
    for client in workers:
        assert len((await client.watchlist_page("bob")).films) == 28
        with pytest.raises(Disallowed) as refused:
            await client.film_page("parasite")
        assert refused.value.url == f"{upstream.letterboxd_url}/film/parasite/"
        await client.aclose()
    assert await upstream.paths() == {"/robots.txt": 1, "/bob/watchlist/": 2}


async def test_an_unreachable_robots_txt_is_asked_for_as_often_as_any_page(redis: Redis, upstream: Upstream) -> None:
    await upstream.fail("/robots.txt", status=503, times=None)
    client = LetterboxdClient.at(upstream.letterboxd_url, Pace(), rules=Robots(redis), sleep=at_once)
    with pytest.raises(Transient) as failed:
        await client.watchlist_page("bob")
    await client.aclose()
    assert failed.value.url.endswith("/robots.txt")
    assert await upstream.paths() == {"/robots.txt": 3}
