"""One film for tonight, as its reader sees it."""

from typing import Any

from tests.web.conftest import Browser, document, said_in, words
from tests.web.fake_api import FakeApi, Json, film


def pick(title: str = "Ran", *, seed: int = 7, candidates: int = 2, **fields: Any) -> Json:
    why = "On MUBI, 162 min."
    return {"film": film(title, **fields), "why": why, "seed": seed, "reasons": {"candidates": candidates}}


async def test_the_film_is_shown_with_what_speaks_for_it(page: Browser, api: FakeApi) -> None:
    api.pick = pick(overview="A king divides his land.")
    shown = document(await page.get("/pick"))
    assert said_in(shown.css("h1")) == "Ran"
    assert shown.css("h1 a::attr(href)").get() == "/films/ran"
    assert said_in(shown.css(".why")) == "On MUBI, 162 min."
    assert said_in(shown.css(".overview")) == "A king divides his land."


async def test_another_one_is_another_seed_under_the_same_filters(page: Browser, api: FakeApi) -> None:
    api.usernames = ["ana", "ben"]
    api.pick = pick()
    shown = document(await page.get("/pick?member=ben&genre=War&length=short&seed=7"))
    assert shown.css(".choices a::attr(href)").getall() == [
        "/pick?member=ben&genre=War&length=short&seed=8&not=ran",
        "/?member=ben&genre=War&length=short",
    ]
    asked = {"member": "ben", "genre": "War", "runtime_max": "90", "seed": "7", "country": "GB"}
    assert [dict(each.url.params) for each in api.asked if each.url.path.endswith("/pick")] == [asked]


async def test_where_nothing_fits_there_is_a_way_back(page: Browser, api: FakeApi) -> None:
    shown = await page.get("/pick?genre=War&sort=title")
    assert "No film fits" in words(shown)
    assert document(shown).css(".nothing a::attr(href)").get() == "/?sort=title"


async def test_a_seed_that_cannot_be_is_left_out(page: Browser, api: FakeApi) -> None:
    api.pick = pick(seed=2**31 - 1)
    shown = document(await page.get("/pick?seed=99999999999"))
    assert "seed" not in api.asked[-1].url.params
    assert shown.css(".choices a::attr(href)").get() == "/pick?seed=1&not=ran"


async def test_another_one_is_not_the_same_again(page: Browser, api: FakeApi) -> None:
    """Another seed may choose the same film; then the next seed is asked."""
    api.pick = pick()
    api.picks = {8: pick("Ran", seed=8), 9: pick("Tampopo", seed=9)}
    assert said_in(document(await page.get("/pick?seed=8&not=ran")).css("h1")) == "Tampopo"
    api.picks = {}
    assert said_in(document(await page.get("/pick?seed=8&not=ran")).css("h1")) == "Ran"


async def test_the_only_one_is_said_to_be_that(page: Browser, api: FakeApi) -> None:
    api.pick = pick(candidates=1)
    shown = document(await page.get("/pick?seed=8&not=ran"))
    assert said_in(shown.css(".choices")) == "It is the only one that fits. Back to the watchlist"
    assert len([each for each in api.asked if each.url.path.endswith("/pick")]) == 1
