"""A TMDB that answers what a test tells it to, and remembers what it was asked."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from worker.sources.tmdb.client import TmdbClient

KEY = "0123456789abcdef0123456789abcdef"


class Upstream:
    """Answers each request with the next of `answers`, and with the last one from then on."""

    def __init__(self) -> None:
        self.answers: list[httpx.Response] = []
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    def answer(self, *bodies: dict[str, Any], status: int = 200) -> None:
        self.answers += [httpx.Response(status, json=body) for body in bodies]

    def answer_raw(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.answers.append(httpx.Response(status, content=content, headers=headers))

    def client(self, key: str = KEY) -> TmdbClient:
        return TmdbClient("https://tmdb.test", key, self, sleep=_at_once, transport=httpx.MockTransport(self._handle))

    @property
    def asked(self) -> list[str]:
        """The requests' paths and queries, without the key."""
        return [
            f"{request.url.path}?{request.url.copy_remove_param('api_key').query.decode()}".rstrip("?")
            for request in self.requests
        ]

    async def slot(self, patience: float = 0) -> None:
        """Every slot is free."""

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture
async def tmdb(upstream: Upstream) -> AsyncIterator[TmdbClient]:
    client = upstream.client()
    yield client
    await client.aclose()


async def _at_once(seconds: float) -> None:
    """A sleep that does not take any time."""
