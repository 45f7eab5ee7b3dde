"""The operator's key reaches TMDB and nothing else."""

import logging
import traceback
from collections.abc import Awaitable, Callable

import httpx
import pytest

from api.errors import MarqueeError
from tests.worker.sources.tmdb.conftest import KEY, Upstream
from worker.sources.tmdb.client import TmdbClient
from worker.sources.tmdb.credentials import Credential, redacted

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl-_x"
CALLS: list[Callable[[TmdbClient], Awaitable[object]]] = [
    lambda tmdb: tmdb.search_all("Heat"),
    lambda tmdb: tmdb.search_movies("Heat", 1995),
    lambda tmdb: tmdb.find("tt0137523"),
    lambda tmdb: tmdb.details("movie", 550, ["GB"]),
]


async def test_a_read_token_is_sent_as_bearer_and_never_in_the_address(upstream: Upstream) -> None:
    upstream.answer({"movie_results": [], "tv_results": []})
    await upstream.client(f" Bearer {TOKEN}\n").find("tt0137523")
    [request] = upstream.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert str(request.url) == "https://tmdb.test/3/find/tt0137523?external_source=imdb_id"


@pytest.mark.parametrize("key", [KEY, "abc", "eyJnot-a-token", "a b&c=ü\n.x", "eyJ.ü.x"])
async def test_any_other_key_goes_into_the_query(upstream: Upstream, key: str) -> None:
    upstream.answer({"movie_results": [], "tv_results": []})
    await upstream.client(key).find("tt0137523")
    [request] = upstream.requests
    assert "authorization" not in request.headers
    assert request.url.params["api_key"] == key


@pytest.mark.parametrize("key", [KEY, TOKEN, "s3cret+key/with?odd&signs"])
@pytest.mark.parametrize("status", [200, 400, 401, 404, 418, 429, 503])
async def test_no_log_line_and_no_error_holds_the_key(
    upstream: Upstream, caplog: pytest.LogCaptureFixture, key: str, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    upstream.answer({"status_message": f"You sent {key}: https://x/?api_key={key}", "success": False}, status=status)
    client = upstream.client(key)
    written = [repr(client), str(client)]
    for call in CALLS:
        try:
            await call(client)
        except MarqueeError as error:
            written += [str(error), repr(error), error.code, *map(str, vars(error).values()), *_traceback(error)]
    for record in caplog.records:
        written += [record.getMessage(), repr(record.args), str(record.msg)]
    assert any("HTTP Request: GET https://tmdb.test/3/" in line for line in written)
    assert len(upstream.requests) >= len(CALLS)
    odd = str(httpx.QueryParams({"k": key})).removeprefix("k=")
    assert [line for line in written if key in line or odd in line] == []


async def test_a_failed_connection_does_not_tell_the_key(caplog: pytest.LogCaptureFixture, upstream: Upstream) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot connect to {request.url}", request=request)

    caplog.set_level(logging.DEBUG)
    client = TmdbClient("https://tmdb.test", KEY, upstream, sleep=upstream.pause, transport=httpx.MockTransport(fail))
    with pytest.raises(MarqueeError) as failed:
        await client.find("tt0137523")
    assert KEY not in "".join(_traceback(failed.value)) + str(failed.value) + caplog.text


def test_a_credential_does_not_show_itself() -> None:
    assert KEY not in repr(Credential(KEY)) + str(Credential(KEY))


@pytest.mark.parametrize("name", ["api_key", "session_id", "guest_session_id", "request_token"])
def test_every_credential_of_a_query_is_redacted(name: str) -> None:
    line = f'HTTP Request: GET https://tmdb.test/3/x?{name}=s3cret&page=2 "HTTP/1.1 200 OK"'
    assert redacted(line) == line.replace("s3cret", "…")


def _traceback(error: BaseException) -> list[str]:
    return traceback.format_exception(error)
