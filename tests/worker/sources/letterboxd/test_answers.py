import httpx
import pytest

from api.errors import Blocked, Missing, Private, RateLimited, SourceError, Transient
from worker.sources.letterboxd.answers import classify

NGINX = "<html><head><title>403 Forbidden</title></head><body><center>nginx</center></body></html>"
CHALLENGE = "<!DOCTYPE html><title>Just a moment...</title><script>window._cf_chl_opt = {}</script>"
PRIVATE = "<title>Letterboxd - Forbidden</title><p>The file you’re attempting to access is classified.</p>"
LONG = "<p>words</p>" * 500


def answer(status: int, text: str = "", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = httpx.Request("GET", "https://letterboxd.com/alice/watchlist/?page=1")
    return httpx.Response(status, text=text, headers=named, request=request)


def error_of(response: httpx.Response) -> SourceError:
    with pytest.raises(SourceError) as error:
        classify(response)
    assert error.value.url == "https://letterboxd.com/alice/watchlist/"
    return error.value


def test_a_page_is_let_through() -> None:
    classify(answer(200, "<html>a page</html>"))


@pytest.mark.parametrize(
    "response",
    [
        answer(403, NGINX, cf_mitigated="challenge"),
        answer(503, "", cf_mitigated="challenge"),
        answer(429, "", cf_mitigated="Challenge"),
        answer(403, CHALLENGE),
        answer(503, CHALLENGE),
        answer(200, CHALLENGE),
        answer(403, PRIVATE + CHALLENGE),
        answer(403, LONG + "Enable JavaScript and cookies to continue"),
    ],
)
def test_a_browser_check_is_a_block_whatever_its_status(response: httpx.Response) -> None:
    error = error_of(response)
    assert isinstance(error, Blocked)
    assert error.challenge


@pytest.mark.parametrize("body", [PRIVATE, LONG + PRIVATE, "<strong>Greetings, Professor Falken.</strong>"])
def test_only_letterboxds_own_refusal_is_private(body: str) -> None:
    assert isinstance(error_of(answer(403, body)), Private)


@pytest.mark.parametrize("body", [NGINX, "", "Forbidden"])
def test_a_short_refusal_without_a_reason_goes_by(body: str) -> None:
    error = error_of(answer(403, body))
    assert isinstance(error, Transient)
    assert error.status == 403


@pytest.mark.parametrize(
    "response", [answer(403, LONG), answer(403, "error code: 1020"), answer(401, NGINX), answer(451), answer(400)]
)
def test_any_other_refusal_is_a_block(response: httpx.Response) -> None:
    error = error_of(response)
    assert isinstance(error, Blocked)
    assert not error.challenge


@pytest.mark.parametrize(
    "response",
    [
        answer(429, retry_after="30"),
        answer(426, retry_after="30"),
        answer(403, "error code: 1015", retry_after="30"),
        answer(403, LONG + "Access denied. You are being rate limited", retry_after="30"),
    ],
)
def test_too_many_requests(response: httpx.Response) -> None:
    error = error_of(response)
    assert isinstance(error, RateLimited)
    assert error.retry_after == 30


@pytest.mark.parametrize("status", [404, 410])
def test_what_does_not_exist_is_missing(status: int) -> None:
    assert isinstance(error_of(answer(status, "<body class='error'>Sorry</body>")), Missing)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 520, 522, 530])
def test_a_failing_host_is_transient(status: int) -> None:
    error = error_of(answer(status, "oops", retry_after="5"))
    assert isinstance(error, Transient)
    assert (error.status, error.retry_after) == (status, 5)


@pytest.mark.parametrize(
    "words", ["window._cf_chl_opt", "Enable JavaScript and cookies to continue", PRIVATE, "error code: 1015"]
)
def test_members_may_write_what_they_like(words: str) -> None:
    classify(answer(200, f"<title>A film</title><p>{words}</p>"))
