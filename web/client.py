"""
The only module of the page that speaks to the API.

ApiError
├── ApiAway(because)               no usable answer came
└── ApiProblem(status, detail)     it answered, and refused
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
import msgspec

from web.settings import Settings
from web.shapes import Film, Listing, Member, Problem, Provider, Run, Source

__all__ = ["ApiAway", "ApiError", "ApiProblem", "MarqueeApi", "open_api"]

Answer = TypeVar("Answer")
Query = Mapping[str, Any]

LONGEST_LIST = 100


class ApiError(Exception):
    """Base of what can go wrong between the page and the API."""


class ApiAway(ApiError):
    """Nothing usable came back; `because` is for the log."""

    def __init__(self, because: str) -> None:
        super().__init__(f"The API does not answer: {because}")
        self.because = because


class ApiProblem(ApiError):
    """The API refused; `detail` is fit to be read by a person."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"The API answered {status}: {detail}")
        self.status = status
        self.detail = detail


def open_api(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> "MarqueeApi":
    """A client for the API of `settings`; `transport` replaces the network in tests."""
    headers = {"Accept": "application/json", "User-Agent": "marquee-web"}
    if settings.api_key:
        headers["X-Api-Key"] = settings.api_key
    http = httpx.AsyncClient(
        base_url=settings.api_url,
        headers=headers,
        timeout=httpx.Timeout(10, connect=3),
        transport=transport,
        trust_env=False,
    )
    return MarqueeApi(http)


class MarqueeApi:
    """The API's answers as Structs; every method may raise ApiAway or ApiProblem."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def close(self) -> None:
        await self._http.aclose()

    async def members(self) -> list[Member]:
        answer = await self._get("/members", Listing[Member], {"page_size": LONGEST_LIST})
        return answer.items

    async def watchlist(self, username: str, query: Query) -> Listing[Film]:
        return await self._get(f"/members/{username}/watchlist", Listing[Film], query)

    async def providers(self, username: str, country: str) -> list[Provider]:
        query = {"member": username, "country": country, "page_size": LONGEST_LIST}
        answer = await self._get("/providers", Listing[Provider], query)
        return answer.items

    async def watchlist_source(self, username: str) -> Source | None:
        """How the member's watchlist was last read; None before anybody asked for it."""
        query = {"member": username, "page_size": LONGEST_LIST}
        answer = await self._get("/sources", Listing[Source], query)
        return next((source for source in answer.items if source.source == "watchlist"), None)

    async def newest_run(self) -> Run | None:
        return await self._run("/refreshes/current")

    async def run(self, run_id: int) -> Run | None:
        return await self._run(f"/refreshes/{run_id}")

    async def start_run(self) -> Run:
        """A new refresh of every member, or the one that runs already."""
        return await self._send("POST", "/refreshes", Run, json={})

    async def cancel_run(self, run_id: int) -> Run:
        return await self._send("POST", f"/refreshes/{run_id}/cancel", Run)

    async def _run(self, path: str) -> Run | None:
        try:
            return await self._get(path, Run)
        except ApiProblem as problem:
            if problem.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    async def _get(self, path: str, shape: type[Answer], query: Query | None = None) -> Answer:
        return await self._send("GET", path, shape, query=query)

    async def _send(
        self, method: str, path: str, shape: type[Answer], *, query: Query | None = None, json: object = None
    ) -> Answer:
        try:
            response = await self._http.request(method, f"/api/v1{path}", params=query, json=json)
        except httpx.HTTPError as error:
            raise ApiAway(str(error) or type(error).__name__) from error
        if not response.is_success:
            raise _problem(response)
        try:
            return msgspec.json.decode(response.content, type=shape)
        except msgspec.DecodeError as error:
            raise ApiAway(f"its answer to {path} is not understood ({error})") from error


def _problem(response: httpx.Response) -> ApiError:
    try:
        problem = msgspec.json.decode(response.content, type=Problem)
    except msgspec.DecodeError:
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ApiAway(f"it answered {response.status_code}")
        problem = Problem()
    detail = problem.detail or problem.title or f"The answer was {response.status_code}."
    return ApiProblem(response.status_code, detail)
