"""Whom Marquee follows: adding, removing, and what cannot be."""

import httpx
import pytest

from tests.web.conftest import SAME_ORIGIN, Browser, document, said_in, words
from tests.web.fake_api import FakeApi, film, profile, source


async def send(page: Browser, path: str, **form: str) -> httpx.Response:
    return await page.http.post(path, data=form, headers=SAME_ORIGIN)


async def test_everybody_is_listed_with_the_way_to_their_page(page: Browser, api: FakeApi) -> None:
    api.usernames, api.films = ["ana", "ben"], [film("Ran")]
    api.profiles["ana"] = profile(display_name="Ana Lima")
    people = document(await page.get("/members")).css(".person")
    assert [said_in(each) for each in people.css(".about")] == [
        "Ana Lima ana 1 film on the watchlist Nothing was read yet.",
        "ben 1 film on the watchlist Nothing was read yet.",
    ]
    assert people.css("h2 a::attr(href)").getall() == ["/members/ana", "/members/ben"]
    assert [said_in(each) for each in people.css(".face")] == ["A", "B"]


async def test_members_are_in_the_navigation_of_every_page(page: Browser) -> None:
    for path in ("/", "/members/ana"):
        assert "/members" in document(await page.get(path)).css(".places a::attr(href)").getall()
    assert document(await page.get("/members/ana")).css(".places [aria-current]::attr(href)").get() == "/members"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("ok", ""),
        ("never", "Nothing was read yet."),
        ("missing", "Letterboxd knows nobody of this name."),
        ("private", "The profile is private, so that there is nothing to read."),
    ],
)
async def test_why_nothing_is_known_of_a_member_is_said(page: Browser, api: FakeApi, state: str, said: str) -> None:
    api.sources = [source(state, source="profile"), source("blocked")]
    assert said_in(document(await page.get("/members")).css(".words")) == said


async def test_a_member_is_added_and_its_reading_can_be_watched(page: Browser, api: FakeApi) -> None:
    response = await send(page, "/members", username=" Ben ")
    assert (response.status_code, response.headers["location"]) == (303, "/members/ben")
    assert document(await page.get("/members/ben")).css("#refresh progress")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "A username has 1 to 40 letters"),
        ("a b", "A username has 1 to 40 letters"),
        ("x" * 41, "A username has 1 to 40 letters"),
        ("é", "A username has 1 to 40 letters"),
        ("ANA", "Marquee follows ana already."),
    ],
)
async def test_what_is_wrong_with_a_name_is_said_at_its_field(
    page: Browser, api: FakeApi, typed: str, fault: str
) -> None:
    response = await send(page, "/members", username=typed)
    field = document(response).css("#username")
    assert (response.status_code, field.attrib["value"], field.attrib["aria-describedby"]) == (400, typed, "fault")
    assert said_in(document(response).css("#fault")).startswith(fault)
    assert "/members" not in api.paths("POST")


async def test_what_the_api_finds_wrong_with_a_name_is_said_there_too(page: Browser, api: FakeApi) -> None:
    api.refusals["POST /members"] = (400, "This name is reserved.")
    assert said_in(document(await send(page, "/members", username="ben")).css("#fault")) == "This name is reserved."


async def test_while_redis_is_away_nobody_is_added_and_the_page_says_why(page: Browser, api: FakeApi) -> None:
    api.refusals["POST /members"] = (503, "Redis does not answer.")
    response = await send(page, "/members", username="ben")
    assert response.status_code == 503
    assert "Nobody can be added now The queue (Valkey or Redis) does not answer. Nothing was changed" in words(response)
    assert document(response).css("#username::attr(value)").get() == "ben"


@pytest.mark.parametrize(
    ("keep", "said", "left"),
    [
        ("everything", "ben is not read any more. What was read is kept.", ["ana", "ben"]),
        ("nothing", "ben is not read any more. What was read is gone.", ["ana"]),
    ],
)
async def test_removing_asks_what_to_keep(page: Browser, api: FakeApi, keep: str, said: str, left: list[str]) -> None:
    api.usernames, api.followed = ["ana", "ben"], {"ben": "added"}
    form = document(await page.get("/members")).css(".person details form")
    assert form.css("input::attr(value)").getall() == ["everything", "nothing"]
    assert form.css("[checked]::attr(value)").get() == "everything"
    response = await send(page, form.attrib["action"], keep=keep)
    assert response.status_code == 303
    assert api.asked[-1].method == "DELETE"
    after = document(await page.get(response.headers["location"]))
    assert said_in(after.css("[role=status]")) == said
    assert after.css(".person h2 a bdi::text").getall() == left


async def test_who_is_in_the_settings_is_not_offered_to_be_removed(page: Browser) -> None:
    assert not document(await page.get("/members")).css(".person details")


async def test_who_is_only_kept_can_be_followed_again_or_deleted(page: Browser, api: FakeApi) -> None:
    api.usernames, api.followed = ["ana", "ben"], {"ben": None}
    kept = document(await page.get("/members")).css(".person.kept")
    assert "Not read any more" in said_in(kept)
    assert kept.css("[name=keep]").attrib["value"] == "nothing"
    response = await send(page, "/members", username=kept.css("[name=username]").attrib["value"])
    assert response.headers["location"] == "/members/ben"
    assert api.followed["ben"] == "added"


async def test_a_member_that_is_being_read_stays_and_the_page_says_why(page: Browser, api: FakeApi) -> None:
    api.refusals["DELETE /members/ben"] = (409, "The member ben cannot be removed: they are being refreshed.")
    response = await send(page, "/members/ben/removal", keep="nothing")
    assert response.status_code == 409
    assert "This member stays for now" in words(response)
    assert (await page.get("/members/ben/removal")).headers["location"] == "/members"


async def test_another_sites_form_adds_and_removes_nobody(page: Browser, api: FakeApi) -> None:
    for path in ("/members", "/members/ana/removal"):
        response = await page.http.post(path, data={"username": "ben"}, headers={"sec-fetch-site": "cross-site"})
        assert response.status_code == 403
    assert api.usernames == ["ana"]
