"""What a host's robots.txt leaves open to Marquee: read once a day, known to all workers, obeyed by each (RFC 9309).

This is for hosts whose pages are read. An interface that a key was given for, such as TMDB's, is used by the terms that
came with the key; its robots.txt speaks to those who come without one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import httpx
from protego import Protego
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.errors import Blocked, Disallowed, Missing, Private, SourceError, Transient
from api.queue import robots_key

logger = logging.getLogger(__name__)

PRODUCT = "Marquee"
PATH = "/robots.txt"
LARGEST = 512 * 1024
DAY = 24 * 3600
REFUSAL_LASTS = 3600
NO_RULES = ""

Fetch = Callable[[httpx.URL], Awaitable[httpx.Response]]


class Robots:
    """The rules of every host that is asked through it; `name` is what people call the host.

    A host that has no robots.txt forbids nothing by it. One that refuses to show it (4xx, a browser check among them)
    forbids nothing either, as the RFC has it, but is asked for it again within the hour. One that cannot be reached,
    or answers with an error of its own, is not asked for anything: the error is the caller's.
    """

    def __init__(self, redis: Redis, *, name: str = "The host") -> None:
        self._redis = redis
        self._name = name
        self._reading = asyncio.Lock()
        self._parsed: tuple[str, Protego] | None = None

    async def demand(self, url: httpx.URL, fetch: Fetch) -> None:
        """Make sure that this address may be asked for; raises Disallowed, and what `fetch` raises for robots.txt."""
        async with self._reading:
            text = await self._text(url, fetch)
        if not self._rules(text).can_fetch(str(url), PRODUCT):
            raise Disallowed(str(url.copy_with(query=None, fragment=None, userinfo=b"")), host=self._name)

    async def _text(self, url: httpx.URL, fetch: Fetch) -> str:
        """The file as it was read within a day; where Redis is away it is read anew, since nobody else remembers it."""
        key = robots_key(url.netloc.decode("ascii"))
        with suppress(RedisError, OSError):
            known: bytes | None = await self._redis.get(key)
            if known is not None:
                return known.decode()
        text, lasts = await self._fetched(url.copy_with(raw_path=PATH.encode(), fragment=None), fetch)
        with suppress(RedisError, OSError):
            await self._redis.set(key, text.encode(), ex=lasts)
        return text

    async def _fetched(self, url: httpx.URL, fetch: Fetch) -> tuple[str, int]:
        """The text, and for how many seconds it counts."""
        try:
            response = await fetch(url)
        except Missing:
            return NO_RULES, DAY
        except (Blocked, Private) as error:
            return self._refused(error)
        except Transient as error:
            if error.status is None or error.status >= 500:
                raise
            return self._refused(error)
        if response.status_code >= 400:
            return NO_RULES, DAY if response.status_code in (404, 410) else REFUSAL_LASTS
        return response.content[:LARGEST].decode("utf-8-sig", "replace"), DAY

    def _refused(self, error: SourceError) -> tuple[str, int]:
        logger.warning("%s: %s; no rules are known for the next hour", error.url, error)
        return NO_RULES, REFUSAL_LASTS

    def _rules(self, text: str) -> Protego:
        if self._parsed is None or self._parsed[0] != text:
            self._parsed = text, Protego.parse(text)
        return self._parsed[1]
