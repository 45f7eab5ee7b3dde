"""How the page speaks to the API."""

import httpx
import pytest
from msgspec.structs import replace

from tests.web.fake_api import FakeApi, film, problem
from web.client import ApiAway, ApiProblem, open_api
from web.settings import Settings

SETTINGS = Settings(api_url="http://api.test", api_key="secret")


async def test_the_key_goes_in_a_header_and_not_in_an_address() -> None:
    api = FakeApi()
    await open_api(SETTINGS, api.transport).members()
    assert api.asked[0].headers["x-api-key"] == "secret"
    assert "secret" not in str(api.asked[0].url)


async def test_a_key_may_have_any_letters() -> None:
    api = FakeApi()
    await open_api(replace(SETTINGS, api_key="schlüssel"), api.transport).members()
    assert api.asked[0].headers.raw.count((b"X-Api-Key", "schlüssel".encode())) == 1


async def test_fields_that_the_page_does_not_know_are_ignored() -> None:
    api = FakeApi()
    api.films = [film("Ran", directed_by="Kurosawa")]
    films = await open_api(SETTINGS, api.transport).watchlist("ana", {})
    assert [each.title for each in films.items] == ["Ran"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(502, text="<h1>Bad Gateway</h1>"),
        httpx.Response(200, text="<h1>Welcome to nginx</h1>"),
        httpx.Response(200, json={"something": "else"}),
    ],
)
async def test_what_is_not_an_answer_of_the_api_counts_as_away(answer: httpx.Response) -> None:
    with pytest.raises(ApiAway):
        await open_api(SETTINGS, httpx.MockTransport(lambda _: answer)).members()


async def test_a_refusal_keeps_its_status_and_its_words() -> None:
    transport = httpx.MockTransport(lambda _: problem(503, "Redis is not available."))
    with pytest.raises(ApiProblem) as raised:
        await open_api(SETTINGS, transport).start_run()
    assert (raised.value.status, raised.value.detail) == (503, "Redis is not available.")


async def test_no_run_yet_is_none() -> None:
    assert await open_api(SETTINGS, FakeApi().transport).newest_run() is None
