"""Requests to one outside host: paced, retried, bounded in size and time, and never led elsewhere."""

import asyncio
import logging
import random
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import metadata
from typing import Protocol

import httpx

from api.errors import RateLimited, SourceError, Transient
from worker.counting import HostCounts, count_request
from worker.ratelimit import Paused

logger = logging.getLogger(__name__)


ATTEMPTS = 3
FIRST_BACKOFF = 1.0
PATIENCE = 120.0
LONGEST_PAUSE = 86_400.0
MAX_REDIRECTS = 5
MAX_BYTES = 8 * 1024 * 1024
TOTAL_TIMEOUT = 60.0
TIMEOUT = httpx.Timeout(10, connect=5, read=20, pool=60)
LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=20, keepalive_expiry=60)
OUTCOMES = {"blocked": "blocked", "missing": "not_found", "rate_limited": "rate_limited", "unreachable": "error"}
"""What to count where a request ends with an error, by its code."""

Params = Mapping[str, str | int]
Classify = Callable[[httpx.Response], None]
Sleep = Callable[[float], Awaitable[object]]


class Pace(Protocol):
    """What `Limiter` is to a host."""

    async def slot(self, patience: float = ...) -> None: ...

    async def pause(self, seconds: float) -> None: ...


class Rules(Protocol):
    """What `Robots` is to a host."""

    async def demand(self, url: httpx.URL, fetch: Callable[[httpx.URL], Awaitable[httpx.Response]]) -> None: ...


class RefusedAnswer(Transient):
    """An answer that Marquee does not take: too large, or a redirect elsewhere. Asking again at once would not help."""


class OutsideHost:
    """One outside host as Marquee may use it.

    `name` is what people call it. `base_url` may hold a path, before which every path is put; `hosts` are the
    host[:port]s to which a redirect may lead besides its own. `headers` and `params` go with every request (`params`
    not with a redirected one). `classify` sees each answer before it is judged by its status, and raises a
    SourceError for what it knows better: RateLimited and Transient are retried, others are not. `pause` and `slot` of
    `pace` rule every request, redirected ones too, and so do `rules` where there are any, whose own reading is paced.
    `counts` are told what became of every request.
    """

    def __init__(
        self,
        base_url: str,
        pace: Pace,
        *,
        name: str = "The host",
        hosts: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
        params: Params | None = None,
        classify: Classify | None = None,
        rules: Rules | None = None,
        counts: HostCounts | None = None,
        sleep: Sleep = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._name = name
        self._base = base_url.rstrip("/")
        self._hosts = {_authority(httpx.URL(self._base)), *hosts}
        self._pace = pace
        self._params = dict(params or {})
        self._classify = classify
        self._rules = rules
        self._counts = counts or HostCounts()
        self._sleep = sleep
        self._client = httpx.AsyncClient(
            headers={"User-Agent": user_agent(), "Accept-Language": "en", "Accept-Encoding": "gzip", **(headers or {})},
            timeout=TIMEOUT,
            limits=LIMITS,
            transport=transport,
        )

    async def get(
        self, path: str, params: Params | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """The answer to GET `path` (from "/"), its body read; 4xx other than 429 are the caller's to judge.

        Raises RateLimited, Transient (of it RefusedAnswer), Disallowed, and what `classify` raises.
        """
        if not path.startswith("/"):
            raise ValueError(f"not a path from the root: {path!r}")
        url = httpx.URL(self._base + path).copy_merge_params({**self._params, **(params or {})})
        request = self._client.build_request("GET", url, headers=headers)
        await self._demand(request)
        return await self._patiently(request)

    async def send(self, method: str, path: str, body: object = None, params: Params | None = None) -> httpx.Response:
        """The answer to a request that changes something; what it raises is as of `get`.

        Nothing is sent again of which it is not known that nothing came of it: after Transient it may have been done.
        """
        url = httpx.URL(self._base + path).copy_merge_params({**self._params, **(params or {})})
        request = self._client.build_request(method, url, json=body)
        return await self._patiently(request, repeating=False)

    def path_of(self, response: httpx.Response) -> str:
        """The path of an answer, after redirects, as `get` would take it."""
        return response.url.path.removeprefix(httpx.URL(self._base).path.rstrip("/"))

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _demand(self, request: httpx.Request) -> None:
        """Make sure that the rules of its host allow this request; they are read without being asked themselves."""
        if self._rules is not None:
            await self._rules.demand(request.url, self._read_rules)

    async def _read_rules(self, url: httpx.URL) -> httpx.Response:
        return await self._patiently(self._client.build_request("GET", url), obeying=False)

    async def _patiently(
        self, request: httpx.Request, *, obeying: bool = True, repeating: bool = True
    ) -> httpx.Response:
        try:
            return await self._insist(request, obeying=obeying, repeating=repeating)
        except Paused as paused:
            raise RateLimited(bare(request.url), paused.seconds, host=self._name) from None

    async def _insist(self, request: httpx.Request, *, obeying: bool, repeating: bool) -> httpx.Response:
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._followed(request, obeying=obeying)
            except RefusedAnswer:
                raise
            except (RateLimited, Transient) as error:
                asked = isinstance(error, RateLimited) or error.retry_after is not None
                wait = _pause(error.retry_after, attempt) if asked else _jitter(attempt)
                if asked:
                    await self._pace.pause(wait)
                may_be_done = not repeating and not isinstance(error, RateLimited)
                if attempt == ATTEMPTS or wait > PATIENCE or may_be_done:
                    raise
                self._counts.retry()
                if not asked:
                    await self._sleep(wait)

    async def _followed(self, request: httpx.Request, *, obeying: bool) -> httpx.Response:
        """The judged answer at the end of the redirects."""
        for _ in range(MAX_REDIRECTS + 1):
            await self._pace.slot(PATIENCE)
            response = await self._judged(request)
            if not response.has_redirect_location:
                return response
            request = self._redirected(request, response.headers["location"])
            if obeying:
                await self._demand(request)
        raise self._refused(request, "redirects without end")

    def _redirected(self, request: httpx.Request, location: str) -> httpx.Request:
        """The request for where a redirect leads; only to allowed hosts, and never from https to http."""
        target = request.url.join(location)
        if request.method != "GET":
            raise self._refused(request, "redirects what was to be changed")
        downgraded = request.url.scheme == "https" and target.scheme != "https"
        if target.scheme not in ("http", "https") or downgraded or target.userinfo:
            raise self._refused(request, "redirects to an unsafe address")
        if _authority(target) not in self._hosts:
            raise self._refused(request, f"redirects to another host, {target.host}")
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "cookie")}
        redirected = self._client.build_request("GET", target, headers=headers)
        if _authority(target) != _authority(request.url):
            redirected.headers.pop("authorization", None)
        return redirected

    async def _judged(self, request: httpx.Request) -> httpx.Response:
        """The answer to this request alone; one that leads elsewhere is not judged."""
        try:
            response = await self._answer(request)
            if not response.has_redirect_location:
                self._judge(response)
        except SourceError as error:
            self._counts.request(OUTCOMES.get(error.code, "refused"))
            raise
        self._counts.request(_outcome(response.status_code))
        return response

    def _judge(self, response: httpx.Response) -> None:
        if self._classify:
            self._classify(response)
        status, url = response.status_code, bare(response.url)
        if status == 429:
            raise RateLimited(url, retry_after(response), host=self._name)
        if status >= 500:
            raise Transient(url, status, retry_after=retry_after(response), host=self._name)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        count_request()
        # The text of these errors can hold a key that was sent, so nothing of it is passed on.
        try:
            async with asyncio.timeout(TOTAL_TIMEOUT):
                return await self._read(request)
        except (httpx.TimeoutException, TimeoutError):
            raise Transient(bare(request.url), because="took too long to answer", host=self._name) from None
        except httpx.RequestError as error:
            logger.debug("%s failed: %s", bare(request.url), type(error).__name__)
            raise Transient(bare(request.url), because=_fault(error), host=self._name) from None

    def _refused(self, request: httpx.Request, because: str) -> RefusedAnswer:
        return RefusedAnswer(bare(request.url), because=because, host=self._name)

    async def _read(self, request: httpx.Request) -> httpx.Response:
        """The whole answer, without redirects followed, and of no more than MAX_BYTES once unpacked."""
        response = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise self._refused(request, f"sent an answer larger than {MAX_BYTES >> 20} MB")
        finally:
            await response.aclose()
        # The body is unpacked already, so the headers must no longer say how it was packed.
        packed = {"content-encoding", "content-length", "transfer-encoding"}
        headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in packed]
        return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=request)


def user_agent() -> str:
    """Who asks, and where to complain: the project's version and its first declared address."""
    about = metadata("marquee")
    contact = about["Project-URL"].partition(", ")[2]
    return f"Marquee/{about['Version']} (+{contact})"


def bare(url: httpx.URL) -> str:
    """The address without query, fragment and user: what may be logged, stored and shown."""
    return str(url.copy_with(query=None, fragment=None, userinfo=b""))


def retry_after(response: httpx.Response) -> float | None:
    """The seconds that `Retry-After` asks for, given as such or as a date; None where it says nothing useful."""
    value = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        return float(value)
    until = _date(value)
    if until is None:
        return None
    now = _date(response.headers.get("date", "")) or datetime.now(UTC)
    return max((until - now).total_seconds(), 0.0)


def _outcome(status: int) -> str:
    if status in (404, 410):
        return "not_found"
    return "refused" if status >= 400 else "ok"


def _fault(error: httpx.RequestError) -> str:
    return "could not be reached" if isinstance(error, httpx.ConnectError) else "broke off the connection"


def _jitter(attempt: int) -> float:
    return random.uniform(0, FIRST_BACKOFF * 2 ** (attempt - 1))  # noqa: S311


def _pause(asked: float | None, attempt: int) -> float:
    """How long to leave a host alone that asked for it; some ask for 0 seconds, which cannot be meant."""
    wait = float(2**attempt) if asked is None else max(asked, 1.0)
    return min(wait + _jitter(attempt), LONGEST_PAUSE)


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _authority(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")
