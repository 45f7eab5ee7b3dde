"""Other sites cannot make the page act, and the page lets nothing foreign in."""

import pytest

from tests.web.conftest import Browser, document
from tests.web.fake_api import FakeApi, film


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"sec-fetch-site": "cross-site", "origin": "http://marquee.test"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://marquee.test"}, 303),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "http://marquee.test.evil.test"}, 403),
        ({"origin": "http://marquee.test:8000"}, 403),
        ({"origin": "null"}, 403),
        ({"referer": "http://marquee.test/?q=a"}, 303),
        ({"referer": "http://evil.test/marquee.test"}, 403),
        ({}, 403),
    ],
)
async def test_only_its_own_page_may_start_a_refresh(
    page: Browser, api: FakeApi, headers: dict[str, str], status: int
) -> None:
    response = await page.http.post("/refresh", headers=headers)
    assert response.status_code == status
    assert api.paths("POST") == (["/refreshes"] if status == 303 else [])


async def test_cancelling_is_guarded_too(page: Browser, api: FakeApi) -> None:
    assert (await page.http.post("/refreshes/7/cancel", headers={"origin": "http://evil.test"})).status_code == 403
    assert api.paths("POST") == []


@pytest.mark.parametrize("path", ["/", "/nowhere", "/static/marquee.css", "/health/live"])
async def test_every_answer_has_a_strict_policy(page: Browser, path: str) -> None:
    headers = (await page.get(path)).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https://images.test "
        "https://a.ltrbxd.com; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


async def test_hostile_titles_are_text_and_hostile_links_are_none(page: Browser, api: FakeApi) -> None:
    title = '<script>alert(1)</script>" onmouseover="alert(2)'
    api.films = [film(title, url="javascript:alert(3)", poster_url="data:text/html,x")]
    response = await page.get()
    assert "<script>alert" not in response.text
    assert "javascript:" not in response.text
    assert "data:text" not in response.text
    assert document(response).css(".title a::text").get() == title
    assert not document(response).css("[onmouseover]")


async def test_a_search_is_escaped_where_it_is_repeated(page: Browser, api: FakeApi) -> None:
    api.films = [film("Stalker")]
    response = await page.get('/?q="><img src=x onerror=alert(1)>')
    assert "<img src=x" not in response.text
    assert document(response).css("#q::attr(value)").get() == '"><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("path", ["/", "/?q=a", "/health/live"])
async def test_monitors_may_ask_with_head(page: Browser, path: str) -> None:
    assert (await page.http.head(path)).status_code == 200
