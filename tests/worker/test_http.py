import asyncio
import gzip
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from api.errors import Blocked, Disallowed, Missing, RateLimited, SourceError, Transient
from worker import http
from worker.counting import counting
from worker.http import OutsideHost, RefusedAnswer
from worker.ratelimit import Paused

KEY = "s3cr3t"


class FakePace:
    """Counts slots and keeps pauses, without waiting; refuses slots while `paused` is set."""

    def __init__(self, paused: float | None = None) -> None:
        self.slots = 0
        self.pauses: list[float] = []
        self.paused = paused

    async def slot(self, patience: float = 0) -> None:
        if self.paused and self.paused > patience:
            raise Paused(self.paused)
        self.slots += 1

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


class Outside:
    """A host that gives the prepared answers in turn, the last one for ever."""

    def __init__(
        self, *answers: httpx.Response | Exception, base_url: str = "https://films.test", **options: Any
    ) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.pace = FakePace()
        self.slept: list[float] = []
        transport = httpx.MockTransport(self._answer)
        self.host = OutsideHost(
            base_url, **{"pace": self.pace, "sleep": self._sleep, "transport": transport, **options}
        )

    def urls(self) -> list[str]:
        return [str(request.url) for request in self.requests]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def page(status: int = 200, text: str = "a page", **headers: str) -> httpx.Response:
    return httpx.Response(status, text=text, headers={name.replace("_", "-"): value for name, value in headers.items()})


def redirect(location: str, status: int = 302) -> httpx.Response:
    return httpx.Response(status, headers={"location": location})


async def raised(outside: Outside, path: str = "/x/") -> SourceError:
    with pytest.raises(SourceError) as error:
        await outside.host.get(path)
    return error.value


async def test_a_request_says_who_asks_and_takes_one_slot() -> None:
    outside = Outside(page())
    response = await outside.host.get("/film/x/")
    assert response.text == "a page"
    assert outside.pace.slots == 1
    assert outside.requests[0].headers["user-agent"] == http.user_agent()
    assert outside.requests[0].headers["accept-language"] == "en"
    assert re.fullmatch(r"Marquee/\d+\.\d+\.\d+ \(\+https://\S+\)", http.user_agent())


async def test_every_request_of_a_block_is_counted_and_none_beside_it() -> None:
    outside = Outside(page(503), redirect("/film/y/"), page())
    with counting() as requests:
        await outside.host.get("/film/x/")
    await outside.host.get("/film/z/")
    assert (requests.made, len(outside.requests)) == (3, 4)


async def test_paths_stay_below_the_base_url_and_defaults_go_with_every_request() -> None:
    outside = Outside(
        page(), base_url="https://films.test/api/", params={"api_key": KEY}, headers={"Authorization": "Bearer x"}
    )
    response = await outside.host.get("/3/find", params={"q": "é"}, headers={"X-One": "1"})
    assert outside.urls() == [f"https://films.test/api/3/find?api_key={KEY}&q=%C3%A9"]
    assert outside.requests[0].headers["authorization"] == "Bearer x"
    assert outside.requests[0].headers["x-one"] == "1"
    assert outside.host.path_of(response) == "/3/find"


@pytest.mark.parametrize("path", ["film/x/", "https://elsewhere.test/", "@elsewhere.test/", ""])
async def test_only_paths_are_asked_for(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        await Outside(page()).host.get(path)


@pytest.mark.parametrize("path", ["//elsewhere.test/x", "/@elsewhere.test/", "/\\elsewhere.test/"])
async def test_no_path_leads_to_another_host(path: str) -> None:
    outside = Outside(page())
    await outside.host.get(path)
    assert outside.requests[0].url.host == "films.test"


@pytest.mark.parametrize(
    "fault", [httpx.ConnectError("no"), httpx.ReadTimeout("late"), httpx.RemoteProtocolError("gone")]
)
async def test_a_lost_connection_is_tried_again(fault: Exception) -> None:
    outside = Outside(fault, page())
    assert (await outside.host.get("/x/")).status_code == 200
    assert (outside.pace.slots, len(outside.slept), outside.pace.pauses) == (2, 1, [])


@pytest.mark.parametrize("answer", [page(500), page(503), page(522), httpx.ConnectError("no")])
async def test_after_three_attempts_it_is_transient(answer: httpx.Response | Exception) -> None:
    outside = Outside(answer)
    error = await raised(outside)
    assert isinstance(error, Transient)
    assert error.status == (answer.status_code if isinstance(answer, httpx.Response) else None)
    assert error.url == "https://films.test/x/"
    assert (len(outside.requests), len(outside.slept)) == (3, 2)
    assert 0 <= outside.slept[0] <= 1
    assert 0 <= outside.slept[1] <= 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_other_refusals_are_the_callers_to_judge(status: int) -> None:
    outside = Outside(page(status))
    assert (await outside.host.get("/x/")).status_code == status
    assert len(outside.requests) == 1


async def test_retry_after_pauses_everyone_and_the_request_is_tried_again() -> None:
    outside = Outside(page(429, retry_after="7"), page())
    assert (await outside.host.get("/x/")).status_code == 200
    assert len(outside.pace.pauses) == 1
    assert 7 <= outside.pace.pauses[0] <= 8
    assert outside.slept == []


async def test_retry_after_of_an_overloaded_host_pauses_everyone_too() -> None:
    outside = Outside(page(503, retry_after="7"), page())
    await outside.host.get("/x/")
    assert 7 <= outside.pace.pauses[0] <= 8


async def test_a_rate_limit_without_a_time_is_waited_for_ever_longer() -> None:
    outside = Outside(page(429))
    error = await raised(outside)
    assert isinstance(error, RateLimited)
    assert error.retry_after is None
    assert [int(pause) >= least for pause, least in zip(outside.pace.pauses, (2, 4, 8), strict=True)] == [True] * 3


async def test_a_retry_after_of_nothing_still_waits() -> None:
    outside = Outside(page(429, retry_after="0"), page())
    await outside.host.get("/x/")
    assert outside.pace.pauses[0] >= 1


async def test_a_long_retry_after_is_told_at_once_and_holds_for_everyone() -> None:
    outside = Outside(page(429, retry_after="900"))
    error = await raised(outside)
    assert isinstance(error, RateLimited)
    assert error.retry_after == 900
    assert len(outside.requests) == 1
    assert outside.pace.pauses[0] >= 900


async def test_no_host_can_stop_marquee_for_more_than_a_day() -> None:
    outside = Outside(page(429, retry_after="999999999"))
    await raised(outside)
    assert outside.pace.pauses == [86_400]


async def test_a_host_that_is_paused_for_long_is_not_asked() -> None:
    outside = Outside(page(), pace=FakePace(paused=900))
    error = await raised(outside)
    assert isinstance(error, RateLimited)
    assert (error.retry_after, error.url) == (900, "https://films.test/x/")
    assert outside.requests == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("12", 12), ("1.5", 1.5), ("0", 0), ("soon", None), ("-5", None), ("", None), ("1e9", None), ("nan", None)],
)
def test_retry_after_in_seconds(value: str, seconds: float | None) -> None:
    assert http.retry_after(page(429, retry_after=value)) == seconds


def test_retry_after_as_a_date_is_measured_by_the_hosts_own_clock() -> None:
    then = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
    later = format_datetime(then + timedelta(seconds=90), usegmt=True)
    assert http.retry_after(page(429, retry_after=later, date=format_datetime(then, usegmt=True))) == 90
    assert http.retry_after(page(429, retry_after=later)) == 0


async def test_redirects_are_followed_and_each_takes_a_slot() -> None:
    outside = Outside(redirect("/film/new/", 301), redirect("https://films.test/film/newer/"), page())
    response = await outside.host.get("/film/old/")
    assert str(response.url) == "https://films.test/film/newer/"
    assert outside.pace.slots == 3


async def test_a_redirect_may_lead_to_an_allowed_host_which_gets_no_credentials() -> None:
    outside = Outside(
        redirect("https://short.test/x"), page(), hosts=["short.test"], headers={"Authorization": f"Bearer {KEY}"}
    )
    await outside.host.get("/x/")
    assert outside.urls()[1] == "https://short.test/x"
    assert outside.requests[1].headers["host"] == "short.test"
    assert "authorization" not in outside.requests[1].headers


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.test/",
        "//elsewhere.test/",
        "https://films.test:444/",
        "https://films.test.elsewhere.test/",
        "https://films.test@elsewhere.test/",
        "https://user:password@films.test/",
        "http://films.test/",
        "http://127.0.0.1/",
        "file:///etc/passwd",
    ],
)
async def test_a_redirect_elsewhere_is_refused_and_not_tried_again(location: str) -> None:
    outside = Outside(redirect(location))
    error = await raised(outside)
    assert isinstance(error, RefusedAnswer)
    assert len(outside.requests) == 1


async def test_what_changes_something_is_sent_with_its_body_and_takes_a_slot() -> None:
    outside = Outside(page())
    await outside.host.send("DELETE", "/list/1/items", {"items": [1]})
    [request] = outside.requests
    assert (request.method, request.content, outside.pace.slots) == ("DELETE", b'{"items":[1]}', 1)


@pytest.mark.parametrize("fault", [page(502), page(503, retry_after="1"), httpx.ReadTimeout("")])
async def test_what_changes_something_is_not_sent_again_where_it_may_be_done(
    fault: httpx.Response | Exception,
) -> None:
    outside = Outside(fault, page())
    with pytest.raises(Transient):
        await outside.host.send("POST", "/list", {})
    assert len(outside.requests) == 1


async def test_what_a_rate_limit_refused_was_not_done_and_is_sent_again() -> None:
    outside = Outside(page(429, retry_after="3"), page())
    assert (await outside.host.send("POST", "/list", {})).status_code == 200
    assert [request.content for request in outside.requests] == [b"{}", b"{}"]
    assert outside.pace.pauses[0] >= 3


async def test_what_changes_something_is_not_led_elsewhere() -> None:
    outside = Outside(redirect("/list/2"), page())
    with pytest.raises(RefusedAnswer):
        await outside.host.send("POST", "/list", {})
    assert len(outside.requests) == 1


class Rules:
    """Forbids /no/, as the one answer of the host says that it read once."""

    async def demand(self, url: httpx.URL, fetch: Callable[[httpx.URL], Awaitable[httpx.Response]]) -> None:
        await fetch(url.join("/robots.txt"))
        if url.path == "/no/":
            raise Disallowed(str(url), host="Films")


async def test_what_the_rules_forbid_is_not_asked_for_and_their_own_reading_is_paced() -> None:
    outside = Outside(page(), rules=Rules())
    assert isinstance(await raised(outside, "/no/"), Disallowed)
    assert outside.urls() == ["https://films.test/robots.txt"]
    assert outside.pace.slots == 1


async def test_a_redirect_leads_nowhere_that_the_rules_forbid() -> None:
    outside = Outside(page(), redirect("/no/"), page(), rules=Rules())
    assert isinstance(await raised(outside), Disallowed)
    assert outside.urls() == [f"https://films.test{path}" for path in ("/robots.txt", "/x/", "/robots.txt")]


async def test_rules_that_cannot_be_read_are_asked_for_as_often_as_any_page() -> None:
    outside = Outside(page(503), rules=Rules())
    assert (await raised(outside)).url == "https://films.test/robots.txt"
    assert len(outside.requests) == 3


async def test_rules_are_found_where_a_redirect_leads() -> None:
    outside = Outside(redirect("/no/"), page(), page(), rules=Rules())
    assert (await outside.host.get("/x/")).text == "a page"


async def test_a_redirect_to_no_address_is_transient() -> None:
    assert isinstance(await raised(Outside(redirect("http://[::1"))), Transient)


async def test_redirects_without_end_are_given_up() -> None:
    outside = Outside(redirect("/x/"))
    assert isinstance(await raised(outside), RefusedAnswer)
    assert len(outside.requests) == 6


async def test_an_answer_that_is_too_large_is_refused_even_when_packed_small() -> None:
    packed = gzip.compress(b" " * (http.MAX_BYTES + 1))
    outside = Outside(httpx.Response(200, content=packed, headers={"content-encoding": "gzip"}))
    assert isinstance(await raised(outside), RefusedAnswer)
    assert len(outside.requests) == 1


async def test_a_packed_answer_is_unpacked_once() -> None:
    headers = {"content-encoding": "gzip", "content-type": "text/html; charset=iso-8859-1"}
    outside = Outside(httpx.Response(200, content=gzip.compress("é".encode("latin-1")), headers=headers))
    assert (await outside.host.get("/x/")).text == "é"


async def test_a_broken_packing_is_transient() -> None:
    answers = [
        httpx.Response(200, stream=httpx.ByteStream(b"no gzip"), headers={"content-encoding": "gzip"}) for _ in "123"
    ]
    assert isinstance(await raised(Outside(*answers)), Transient)


def raising(error: Callable[[str], SourceError]) -> Callable[[httpx.Response], None]:
    def classify(response: httpx.Response) -> None:
        if response.status_code >= 400:
            raise error(str(response.url))

    return classify


@pytest.mark.parametrize("error", [lambda url: Blocked(url, challenge=True), Missing])
async def test_what_the_source_knows_better_is_not_tried_again(error: Callable[[str], SourceError]) -> None:
    outside = Outside(page(503), classify=raising(error))
    assert isinstance(await raised(outside), Blocked | Missing)
    assert len(outside.requests) == 1


async def test_what_the_source_calls_transient_is_tried_again() -> None:
    outside = Outside(page(403), page(), classify=raising(lambda url: Transient(url, 403)))
    assert (await outside.host.get("/x/")).status_code == 200


async def test_what_the_source_calls_a_rate_limit_pauses_everyone() -> None:
    outside = Outside(page(426), page(), classify=raising(lambda url: RateLimited(url, 30)))
    assert (await outside.host.get("/x/")).status_code == 200
    assert outside.pace.pauses[0] >= 30


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (page(503), "TMDB answered with an error (503)"),
        (httpx.ConnectError("no"), "TMDB could not be reached"),
        (httpx.ReadError("no"), "TMDB broke off the connection"),
        (httpx.ReadTimeout("late"), "TMDB took too long to answer"),
        (page(429), "TMDB asked Marquee to slow down"),
    ],
)
async def test_errors_say_in_words_what_the_host_did(answer: httpx.Response | Exception, message: str) -> None:
    assert str(await raised(Outside(answer, name="TMDB"))) == message


@pytest.mark.parametrize(
    "answer",
    [page(500), page(429), redirect(f"https://elsewhere.test/?api_key={KEY}"), httpx.LocalProtocolError(f"bad {KEY}")],
)
async def test_no_error_holds_the_query_or_a_header(answer: httpx.Response | Exception) -> None:
    outside = Outside(answer, params={"api_key": KEY})
    error = await raised(outside)
    assert KEY not in f"{error!r} {error.url}"
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


async def test_a_host_that_nobody_answers_for_is_transient() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = await raised(Outside(base_url=f"http://127.0.0.1:{port}", transport=None))
    assert isinstance(error, Transient)
    assert error.status is None


async def test_a_server_on_loopback_is_read_over_one_connection() -> None:
    connections: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        while await lines(reader):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    outside = Outside(base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", transport=None)
    texts = [(await outside.host.get("/x/")).text for _ in range(3)]
    await outside.host.aclose()
    server.close()
    await server.wait_closed()
    assert (texts, len(connections)) == (["ok"] * 3, 1)


async def lines(reader: asyncio.StreamReader) -> Iterable[bytes]:
    """The head of one request; empty when the connection ended."""
    found: list[bytes] = []
    while (line := await reader.readline()) not in (b"\r\n", b""):
        found.append(line)
    return found
