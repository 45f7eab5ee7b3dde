"""The page of questions: with htmx card by card, and without JavaScript."""

import json

import httpx
import pytest

from tests.web.conftest import HTMX, SAME_ORIGIN, Browser, document, said_in, words
from tests.web.fake_api import FakeApi, candidate, match, source

HEAT = "/matches/film/heat"


@pytest.fixture(autouse=True)
def asked(api: FakeApi) -> None:
    """Heat may be one of two, Alien was not found, Ran is decided."""
    api.matches = [
        match(
            "Heat", candidate("Heat", 949, 1995, directors=["Michael Mann"]), candidate("Heat", 5, why_not="a video")
        ),
        match("Alien", state="not_found"),
        match("Ran", state="found", locked=True, media_type="movie", tmdb_id=7, message=None),
    ]


async def post(page: Browser, path: str, data: dict[str, str], **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return await page.http.post(path, data=data, headers=SAME_ORIGIN | names)


def sent(api: FakeApi) -> list[object]:
    return [json.loads(request.content) for request in api.asked if request.method == "PUT"]


def cards(response: httpx.Response, kind: str = ".question") -> list[str]:
    return [card.attrib["aria-label"] for card in document(response).css(kind)]


async def test_a_film_stands_beside_what_it_may_be(page: Browser) -> None:
    response = await page.get("/matches")
    assert cards(response) == ["Heat"]
    said = words(response)
    assert "Two titles fit." in said
    assert "Year 1995 By Michael Mann Length not known" in said
    assert "Which of these is it?" in said
    assert "A video." in said
    assert "2 films wait for your answer" in said
    choices = document(response).css(".choice button")
    assert [button.attrib["data-key"] for button in choices] == ["1", "2"]
    assert document(response).css(".choice input::attr(value)").getall() == ["movie/949", "movie/5"]


async def test_only_a_title_that_nothing_speaks_against_has_the_loud_button(page: Browser) -> None:
    buttons = document(await page.get("/matches")).css(".choice button")
    assert [button.attrib.get("class") for button in buttons] == [None, "plain"]


async def test_a_film_leads_to_its_page_here_and_to_the_one_at_letterboxd(page: Browser) -> None:
    links = document(await page.get("/matches")).css(".asked a")
    assert [link.attrib["href"] for link in links] == ["/films/heat", "https://letterboxd.test/film/heat/"]
    assert links[1].css("::text").get() == "Letterboxd"


async def test_after_the_last_question_of_a_kind_the_next_kind_is_named(page: Browser, api: FakeApi) -> None:
    onward = "Go on with “Not found” (1)"
    link = document(await post(page, HEAT, {"title": "movie/949"}, **HTMX)).css("#questions-end[hx-swap-oob] a")
    assert (link.attrib["href"], link.css("::text").get()) == ("/matches?state=not_found", onward)
    assert onward in words(await page.get("/matches?state=review"))
    response = await post(page, "/matches/film/alien", {"none": "1"}, **HTMX)
    assert "No question is left." in said_in(document(response).css("#questions-end"))


async def test_before_anything_was_read_nothing_is_said_to_be_matched(page: Browser, api: FakeApi) -> None:
    api.matches, api.sources = [], [source("never", good_at=None), source("ok", source="rss", member="ben")]
    for state in ("review", "not_found", "error"):
        response = await page.get(f"/matches?state={state}")
        assert document(response).css(".nothing h2::text").get() == "Nothing has been read yet"


async def test_each_kind_of_question_has_its_own_list_and_count(page: Browser) -> None:
    response = await page.get("/matches?state=not_found")
    assert cards(response) == ["Alien"]
    assert document(response).css(".tabs [aria-current]::text").get("").strip() == "Not found"
    assert [said.strip() for said in document(response).css(".tabs .tally::text").getall()] == ["1", "1", "0", "1"]
    assert cards(await page.get("/matches?state=decided")) == ["Ran"]
    assert document(response).css("#questions-waiting::text").get() == "2"


async def test_without_a_kind_the_first_that_has_any_is_shown(page: Browser, api: FakeApi) -> None:
    api.matches = [match("Alien", state="not_found")]
    assert cards(await page.get("/matches")) == ["Alien"]
    assert cards(await page.get("/matches?state=nonsense&page=x")) == ["Alien"]


async def test_one_click_decides_without_javascript_and_can_be_undone(page: Browser, api: FakeApi) -> None:
    response = await page.get("/matches?state=review")
    form = document(response).css(".choice form")[0]
    assert form.attrib["action"] == f"{HEAT}?state=review"
    response = await post(page, form.attrib["action"], {"title": "movie/949"})
    assert response.status_code == 303
    assert response.headers["location"] == "/matches?state=review&answered=heat"
    assert sent(api) == [{"media_type": "movie", "tmdb_id": 949}]
    after = await page.get(response.headers["location"])
    assert cards(after, ".decided") == ["Heat"]
    assert "Heat (1995)" in said_in(document(after).css(".decided"))
    undo = document(after).css(".decided form::attr(action)").get("")
    assert undo == f"{HEAT}/undo?state=review"
    response = await post(page, undo, {})
    assert (response.status_code, response.headers["location"]) == (303, "/matches?state=review")
    assert api.paths("DELETE") == ["/films/heat/match"]


async def test_with_htmx_the_card_becomes_its_answer_and_the_counts_follow(page: Browser) -> None:
    response = await post(page, HEAT, {"title": "movie/949"}, **HTMX)
    assert cards(response) == cards(response, ".decided") == ["Heat"]
    assert "Decided." in words(response)
    assert document(response).css("#tally-review[hx-swap-oob]::text").get() == "0"
    assert document(response).css("#questions-waiting[hx-swap-oob]::text").get() == "1"
    said = document(response).css("#questions-status::text").get()
    assert said == "Heat is decided. 1 question left."
    response = await post(page, f"{HEAT}/undo", {}, **HTMX)
    assert cards(response, ".question:not(.decided)") == ["Heat"]
    assert document(response).css(".choice")


async def test_there_is_none_is_one_click_too(page: Browser, api: FakeApi) -> None:
    response = await post(page, HEAT, {"none": "1"}, **HTMX)
    assert sent(api) == [{"state": "not_found"}]
    assert "Not on TMDB" in words(response)


async def test_a_pasted_address_decides_and_is_looked_up_again_for_a_while(page: Browser, api: FakeApi) -> None:
    response = await post(page, HEAT, {"title": "https://www.themoviedb.org/tv/1399-thrones"}, **HTMX)
    assert sent(api) == [{"media_type": "tv", "tmdb_id": 1399}]
    card = document(response).css(".decided")
    assert (card.attrib["hx-get"], "Series 1399" in words(response)) == (f"{HEAT}?looks=2", True)
    api.matches[0]["film"]["poster_url"] = "https://images.test/p.jpg"
    later = await page.fragment(card.attrib["hx-get"])
    assert document(later).css(".decided img::attr(src)").get() == "https://images.test/p.jpg"
    assert not document(later).css("[hx-get]")


async def test_what_is_no_title_is_said_beside_what_was_typed(page: Browser, api: FakeApi) -> None:
    for headers, status in ((HTMX, 200), ({}, 400)):
        response = await post(page, f"{HEAT}?state=review", {"title": "<Heat>"}, **headers)
        assert response.status_code == status
        field = document(response).css("#title-heat")
        assert (field.attrib["value"], field.attrib["aria-invalid"]) == ("<Heat>", "true")
        assert "neither the address" in document(response).css("#fault-heat::text").get("")
    assert sent(api) == []


async def test_two_films_of_one_title_are_pointed_out(page: Browser, api: FakeApi) -> None:
    api.matches[0]["same_title"] = [{"slug": "heat-2", "title": "Heat 2", "url": "https://x.test", "year": 1996}]
    response = await post(page, HEAT, {"title": "movie/949"}, **HTMX)
    assert "Also taken for this title: Heat 2 (1996)." in words(response)


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        ("review", "Nothing to ask"),
        ("not_found", "Nothing to ask"),
        ("error", "Nothing to ask"),
        ("decided", "Nothing is decided yet"),
    ],
)
async def test_an_empty_page_is_worth_reading(page: Browser, api: FakeApi, state: str, heading: str) -> None:
    api.matches = []
    response = await page.get(f"/matches?state={state}")
    assert document(response).css(".nothing h2::text").get() == heading
    assert "No film waits for an answer" in words(response)


async def test_a_page_after_the_last_leads_back(page: Browser, api: FakeApi) -> None:
    response = await page.get("/matches?state=review&page=9")
    assert (response.status_code, response.headers["location"]) == (303, "/matches?state=review")
    api.matches = [match(f"Film {number}", state="review") for number in range(25)]
    assert len(cards(await page.get("/matches?page=3"))) == 5


async def test_a_film_that_went_away_is_a_calm_error(page: Browser) -> None:
    response = await post(page, "/matches/film/nothing", {"title": "movie/5"}, **HTMX)
    assert (response.status_code, response.headers["hx-retarget"]) == (404, "#flash")
    assert (await page.get("/matches?answered=nothing")).status_code == 200


async def test_answers_from_another_site_are_refused(page: Browser, api: FakeApi) -> None:
    for path in (HEAT, f"{HEAT}/undo", "/matches/decisions"):
        response = await page.http.post(path, data={"none": "1"}, headers={"sec-fetch-site": "cross-site"})
        assert response.status_code == 403
    assert sent(api) == []


async def test_answers_can_be_saved_as_a_file(page: Browser) -> None:
    links = document(await page.get("/matches")).css(".files a::attr(href)").getall()
    assert links == ["/matches/decisions?format=json", "/matches/decisions?format=csv"]
    response = await page.get(links[1])
    assert response.content == b"lid,media_type,tmdb_id\n"
    assert response.headers["content-type"].startswith("text/csv")
    assert response.headers["content-disposition"] == 'attachment; filename="marquee-decisions.csv"'


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'\xef\xbb\xbf {"decisions": []}', "application/json"),
        (b"[]", "application/json"),
        (b"lid,media_type,tmdb_id\n", "text/csv"),
        (b"lid,media_type,tmdb_id\n" + b"aaaa,movie,1\n" * 20_000, "text/csv"),
    ],
)
async def test_a_file_is_read_as_what_it_is(page: Browser, api: FakeApi, content: bytes, kind: str) -> None:
    api.imported = {"imported": 2, "unchanged": 1, "waiting": 3, "kept": 1, "note": "Marquee reads them now."}
    response = await page.http.post(
        "/matches/decisions?state=review",
        files={"file": ("x.txt", content)},
        data={"replace": "1"},
        headers=SAME_ORIGIN,
    )
    assert response.status_code == 200
    request = next(request for request in api.asked if request.method == "POST")
    assert (request.content, request.headers["content-type"].partition(";")[0]) == (content, kind)
    assert request.url.params["replace"] == "true"
    said = words(response)
    assert "2 films decided. Marquee reads them now. 1 row said what was decided here already." in said
    assert "3 decisions will wait" in said


async def test_every_bad_line_of_a_file_is_named(page: Browser, api: FakeApi) -> None:
    body = {
        "title": "Bad Request",
        "status": 400,
        "detail": "The request cannot be used; see errors.",
        "errors": [
            {"field": "line 3", "message": "media_type must be movie or tv"},
            {"field": "body", "message": "is not text in UTF-8"},
            {"field": "body", "message": "5 more rows cannot be used"},
        ],
    }
    api.answers["POST /matches/decisions"] = httpx.Response(400, json=body)
    response = await page.http.post("/matches/decisions", files={"file": ("x", b"x")}, headers=SAME_ORIGIN)
    assert response.status_code == 400
    assert "Nothing was imported" in words(response)
    assert document(response).css(".notice li::text").getall() == [
        "line 3: media_type must be movie or tv",
        "The file is not text in UTF-8",
        "5 more rows cannot be used",
    ]
