"""
The only module of the page that speaks to the API.

ApiError
├── ApiAway(because)               no usable answer came
├── ApiProblem(status, detail)     it answered, and refused
└── NeverRead(run)                 it knows nothing of this yet, and told what reads it
"""

from collections.abc import Awaitable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from web.match_shapes import DecidedMatch, ImportedDecisions, Match
from web.member_shapes import Profile, RatedFilm, Statistics
from web.memory_shapes import Availability, Correction, Event, Feed, FilmDetails, Service, Services
from web.notification_shapes import Delivery, Notifications, Ordered
from web.plan_shapes import Plan
from web.settings import Settings
from web.shapes import (
    Brand,
    Faceted,
    Facets,
    Film,
    Item,
    Keeping,
    Listing,
    Member,
    Passed,
    Pick,
    Problem,
    Provider,
    Run,
    Source,
)
from web.tmdb_shapes import TmdbAccount, TmdbApproval, TmdbList, TmdbSync

__all__ = ["ApiAway", "ApiError", "ApiProblem", "MarqueeApi", "NeverRead", "open_api"]

Answer = TypeVar("Answer")
Query = Mapping[str, Any]

LONGEST_LIST = 100
NEWEST_DELIVERIES = 30
NOTHING_KNOWN = ("not_read_yet", "missing", "private")
"""What the API says of a member where it has nothing to tell."""


class ApiError(Exception):
    """Base of what can go wrong between the page and the API."""


class ApiAway(ApiError):
    """Nothing usable came back; `because` is for the log."""

    def __init__(self, because: str) -> None:
        super().__init__(f"The API does not answer: {because}")
        self.because = because


class ApiProblem(ApiError):
    """The API refused; `detail` is fit to be read by a person, `faults` are (field, message) of a bad request."""

    def __init__(self, status: int, detail: str, faults: Sequence[tuple[str, str]] = (), code: str = "") -> None:
        super().__init__(f"The API answered {status}: {detail}")
        self.status = status
        self.detail = detail
        self.faults = list(faults)
        self.code = code


class NeverRead(ApiError):
    """Nothing was read of this member yet; `run` does, once it has ended."""

    def __init__(self, run: Run) -> None:
        super().__init__("Nothing was read of this member yet")
        self.run = run


async def or_else(answer: Awaitable[Answer], otherwise: Answer) -> Answer:
    """The API's answer, `otherwise` where it gives none: for what a page can do without."""
    try:
        return await answer
    except ApiError:
        return otherwise


def open_api(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> "MarqueeApi":
    """A client for the API of `settings`; `transport` replaces the network in tests."""
    headers = {"Accept": "application/json", "User-Agent": "marquee-web"}
    if settings.api_key:
        headers["X-Api-Key"] = settings.api_key
    http = httpx.AsyncClient(
        base_url=settings.api_url,
        headers=httpx.Headers(headers, encoding="utf-8"),
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

    async def profile(self, username: str) -> Profile:
        """Who this member is; this and what was watched may raise NeverRead."""
        return await self._of_member(username, "", Profile)

    async def statistics(self, username: str) -> Statistics:
        return await self._of_member(username, "/statistics", Statistics)

    async def top_rated(self, username: str, query: Query) -> Listing[RatedFilm]:
        return await self._of_member(username, "/top-rated", Listing[RatedFilm], query)

    async def add_member(self, username: str) -> Run:
        """Follow this member; the run that reads all of it."""
        return await self._send("POST", "/members", Run, json={"username": username})

    async def remove_member(self, username: str, keep: str) -> None:
        """Follow this member no more; `keep` everything that was read, or nothing."""
        await self._answer("DELETE", f"/members/{quote(username)}", params={"keep": keep})

    async def refresh_member(self, username: str, *, force: bool = False) -> Run:
        """A new refresh of this member, or the one that runs already."""
        return await self._send("POST", f"/members/{quote(username)}/refresh", Run, json={"force": force})

    async def watchlist(self, username: str, query: Query) -> Listing[Film]:
        """The films on it that are known: none before anything was read, which the member's source explains."""
        path = f"/members/{username}/watchlist"
        try:
            answer = await self._answer("GET", path, params=query)
        except ApiProblem as problem:
            if problem.code not in NOTHING_KNOWN:
                raise
            return Listing(items=[], total=0)
        if answer.status_code == HTTPStatus.ACCEPTED:
            return Listing(items=[], total=0)
        return _decoded(answer, path, Listing[Film])

    async def facets(self, username: str) -> Facets:
        """What there is on a watchlist to filter it by."""
        query = {"facets": "true", "page_size": 1, "fields": "slug"}
        return (await self._get(f"/members/{username}/watchlist", Faceted, query)).facets

    async def pick(self, query: Query) -> Pick | None:
        """A film for tonight; None where none fits."""
        return await self._or_none("/pick", Pick, query)

    async def providers(self, username: str, country: str) -> list[Provider]:
        query = {"member": username, "country": country, "page_size": LONGEST_LIST}
        answer = await self._get("/providers", Listing[Provider], query)
        return answer.items

    async def brands(self, username: str, country: str) -> list[Brand]:
        query = {"member": username, "country": country, "page_size": LONGEST_LIST}
        return (await self._get("/brands", Listing[Brand], query)).items

    async def every_provider(self, country: str) -> list[Provider]:
        """All that show any film in this country, those with the most films by subscription first."""
        return await self._every("/providers", Listing[Provider], {"country": country})

    async def film(self, slug: str) -> FilmDetails:
        return await self._get(f"/films/{quote(slug)}", FilmDetails)

    async def availability(self, slug: str) -> Availability:
        """All that is remembered of a film's stays on providers, in every country."""
        return await self._get(f"/films/{quote(slug)}/availability", Availability, {"history": "true"})

    async def events(self, query: Query) -> Listing[Event]:
        return await self._get("/events", Listing[Event], query)

    async def corrections(self) -> list[Correction]:
        """The newest ones."""
        answer = await self._get("/corrections", Listing[Correction], {"page_size": LONGEST_LIST})
        return answer.items

    async def feeds(self) -> list[Feed]:
        answer = await self._get("/feeds", Listing[Feed])
        return answer.items

    async def services(self, username: str) -> list[Service]:
        """What this member pays for, in every country."""
        answer = await self._get(f"/members/{username}/services", Services)
        return answer.items

    async def choose_services(self, username: str, country: str, provider_ids: Sequence[int]) -> None:
        """Let these be all that this member pays for in this country."""
        choice = {"country": country, "provider_ids": provider_ids}
        await self._send("PUT", f"/members/{username}/services", Services, json=choice)

    async def plan(self, username: str, country: str) -> Plan:
        """Which services show the most of this member's watchlist."""
        return await self._get("/plan", Plan, {"member": username, "country": country})

    async def watchlist_source(self, username: str) -> Source | None:
        """How the member's watchlist was last read; None before anybody asked for it."""
        found = await self.sources(username)
        return next((source for source in found if source.source == "watchlist"), None)

    async def sources(self, username: str | None = None) -> list[Source]:
        """How everything that is read from Letterboxd stands, of this member or of all."""
        return await self._every("/sources", Listing[Source], {"member": username} if username else {})

    async def sample(self, source_id: int) -> str:
        """How a page is built that is not understood, for a bug report."""
        return (await self._answer("GET", f"/sources/{source_id}/sample")).text

    async def last_keeping(self) -> Keeping | None:
        answer = await self._get("/housekeeping", Listing[Keeping], {"page_size": 1})
        return answer.items[0] if answer.items else None

    async def newest_run(self) -> Run | None:
        return await self._or_none("/refreshes/current", Run)

    async def run(self, run_id: int) -> Run | None:
        return await self._or_none(f"/refreshes/{run_id}", Run)

    async def start_run(self, *, force: bool = False) -> Run:
        """A new refresh of every member, or the one that runs already; `force` asks whoever turned Marquee away too."""
        return await self._send("POST", "/refreshes", Run, json={"force": force})

    async def cancel_run(self, run_id: int) -> Run:
        return await self._send("POST", f"/refreshes/{run_id}/cancel", Run)

    async def notifications(self) -> Notifications:
        return await self._get("/notifications", Notifications)

    async def deliveries(self) -> list[Delivery]:
        """The newest ones."""
        return (await self._get("/deliveries", Listing[Delivery], {"page_size": NEWEST_DELIVERIES})).items

    async def send_test(self) -> Ordered:
        """A test to every target of news."""
        return await self._send("POST", "/notifications/test", Ordered)

    async def retry_delivery(self, delivery_id: int) -> Delivery:
        return await self._send("POST", f"/deliveries/{delivery_id}/retry", Delivery)

    async def questions_count(self) -> int:
        """How many films wait for a person to say which title they are."""
        return await self.questions_total({})

    async def questions_total(self, query: Query) -> int:
        return (await self._get("/matches", Listing[Any], {**query, "page_size": 1})).total

    async def matches(self, query: Query) -> Listing[Match]:
        return await self._get("/matches", Listing[Match], query)

    async def match(self, slug: str) -> DecidedMatch:
        return await self._get(f"/films/{quote(slug)}/match", DecidedMatch)

    async def decide(self, slug: str, decision: Mapping[str, object]) -> DecidedMatch:
        return await self._send("PUT", f"/films/{quote(slug)}/match", DecidedMatch, json=decision)

    async def take_back(self, slug: str) -> DecidedMatch:
        return await self._send("DELETE", f"/films/{quote(slug)}/match", DecidedMatch)

    async def decisions(self, file_format: str) -> bytes:
        """All decisions as a file."""
        return (await self._answer("GET", "/matches/decisions", params={"format": file_format})).content

    async def import_decisions(self, content: bytes, media_type: str, *, replace: bool) -> ImportedDecisions:
        answer = await self._answer(
            "POST",
            "/matches/decisions",
            params={"replace": replace},
            content=content,
            headers={"Content-Type": media_type},
        )
        return _decoded(answer, "/matches/decisions", ImportedDecisions)

    async def tmdb_account(self) -> TmdbAccount:
        return await self._get("/tmdb-account", TmdbAccount)

    async def ask_for_approval(self) -> TmdbApproval:
        """Where a person lets Marquee change lists on TMDB."""
        return await self._send("POST", "/tmdb-account/approval", TmdbApproval)

    async def finish_approval(self) -> TmdbAccount:
        return await self._send("POST", "/tmdb-account/approval/finish", TmdbAccount)

    async def tmdb_lists(self) -> list[TmdbList]:
        """All that are kept, of every member."""
        return await self._every("/tmdb-lists", Listing[TmdbList], {})

    async def sync_tmdb_lists(self, order: Mapping[str, object]) -> TmdbSync:
        return await self._send("POST", "/tmdb-lists/sync", TmdbSync, json=order)

    async def tmdb_sync(self, sync_id: int) -> TmdbSync:
        return await self._get(f"/tmdb-lists/syncs/{sync_id}", TmdbSync)

    async def feed(self, path: str, query: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> Passed:
        """A feed or a list as the API gives it to who has no key, whatever it answers; raises ApiAway alone."""
        sent = [(each.encode("latin-1"), value.encode("latin-1")) for each, value in headers.items()]
        request = self._http.build_request("GET", quote(path), params=list(query), headers=sent)
        request.headers.pop("X-Api-Key", None)
        try:
            answer = await self._http.send(request)
        except httpx.HTTPError as error:
            raise ApiAway(str(error) or type(error).__name__) from error
        return Passed(status=answer.status_code, headers=dict(answer.headers), content=answer.content)

    async def _of_member(self, username: str, path: str, shape: type[Answer], query: Query | None = None) -> Answer:
        path = f"/members/{quote(username)}{path}"
        response = await self._answer("GET", path, params=query)
        if response.status_code == HTTPStatus.ACCEPTED:
            raise NeverRead(_decoded(response, path, Run))
        return _decoded(response, path, shape)

    async def _or_none(self, path: str, shape: type[Answer], query: Query | None = None) -> Answer | None:
        try:
            return await self._get(path, shape, query)
        except ApiProblem as problem:
            if problem.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    async def _get(self, path: str, shape: type[Answer], query: Query | None = None) -> Answer:
        return await self._send("GET", path, shape, query=query)

    async def _every(self, path: str, shape: type[Listing[Item]], query: Query) -> list[Item]:
        """All items of a list, whatever number of pages it has."""
        query = {**query, "page_size": LONGEST_LIST}
        first = await self._get(path, shape, query)
        more = [await self._get(path, shape, query | {"page": page}) for page in range(2, first.total_pages + 1)]
        return [item for answer in (first, *more) for item in answer.items]

    async def _send(
        self, method: str, path: str, shape: type[Answer], *, query: Query | None = None, json: object = None
    ) -> Answer:
        return _decoded(await self._answer(method, path, params=query, json=json), path, shape)

    async def _answer(self, method: str, path: str, **request: Any) -> httpx.Response:
        """A good answer to a request, whose parts are httpx's."""
        try:
            response = await self._http.request(method, f"/api/v1{path}", **request)
        except httpx.HTTPError as error:
            raise ApiAway(str(error) or type(error).__name__) from error
        if not response.is_success:
            raise _problem(response)
        return response


def _decoded(response: httpx.Response, path: str, shape: type[Answer]) -> Answer:
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
    return ApiProblem(
        response.status_code, detail, [(each.field, each.message) for each in problem.errors], problem.code
    )
