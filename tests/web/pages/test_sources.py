"""The page of sources."""

import re

from parsel import Selector

from tests.web.conftest import Browser, document, said_in, words
from tests.web.fake_api import FakeApi, Json, ago, ahead, source

BLOCKED: Json = {
    "message": "Letterboxd did not let Marquee read page 2 of ana’s watchlist (it asked for a browser check).",
    "next": "Marquee tries again by itself at 19:00 on 20 November (Europe/Berlin).",
    "advice": "Wait: asking more often makes a block longer.",
}


def cards(page: Selector) -> list[str]:
    return [said_in(card.css("*")) for card in page.css(".standing")]


async def test_each_source_says_how_it_stands_and_what_comes_next(page: Browser, api: FakeApi) -> None:
    api.sources = [source(expected=335, got=335, tried_at=ago(minutes=5))]
    [card] = cards(document(await page.get("/sources")))
    assert "Watchlist Up to date" in card
    assert "335 of 335 films" in card
    assert "Last read 5 minutes ago" in card
    assert "Marquee reads it with the next refresh." in card
    assert "What you can do" not in card


async def test_trouble_is_told_with_its_reason_and_what_a_person_can_do(page: Browser, api: FakeApi) -> None:
    api.sources = [source("blocked", since=ago(days=3), next_try_at=ahead(hours=6), good_at=ago(days=4), **BLOCKED)]
    shown = document(await page.get("/sources"))
    [card] = cards(shown)
    for said in (*BLOCKED.values(), "Turned away", "Last read 4 days ago", "Tried 5 minutes ago", "Like this since"):
        assert said in card
    assert shown.css(".standing.fair")
    assert "1 of 1 source is not in order." in said_in(shown.css(".overall"))


async def test_sources_stand_by_member_and_film_pages_for_all_at_the_end(page: Browser, api: FakeApi) -> None:
    api.sources = [
        source(source="film_pages", id=1, member=None),
        source("never", source="rss", id=2, good_at=None, tried_at=None),
        source(id=3),
        source(member="ben", id=4),
    ]
    shown = document(await page.get("/sources"))
    assert shown.css("#sources h2::text").getall() == ["ana", "ben", "Shared"]
    assert shown.css(".standing h3::text").getall() == ["Watchlist", "Diary feed", "Watchlist", "Film pages"]
    assert "Not read yet" in words(await page.get("/sources"))
    assert "Everything is in order." in said_in(shown.css(".overall"))


async def test_a_page_that_is_not_understood_can_be_reported(page: Browser, api: FakeApi) -> None:
    api.sources = [source("changed", id=5, selector="ul.grid > li", has_sample=True)]
    shown = document(await page.get("/sources"))
    assert shown.css(".report code::text").get() == "ul.grid > li"
    assert shown.css(".report a::attr(href)").getall()[0] == "/sources/5/sample"
    assert shown.css(".report a::attr(href)").getall()[1].startswith("https://")
    sample = await page.get("/sources/5/sample")
    assert (sample.headers["content-type"], sample.text) == ("text/plain; charset=utf-8", "<div.mosaic>\n")


async def test_the_last_housekeeping_is_one_line(page: Browser, api: FakeApi) -> None:
    async def said(sentence: str) -> bool:
        return sentence in re.sub(r" ([.:])", r"\1", await page.words("/sources"))

    assert not await said("housekeeping")
    api.keepings = [{"status": "succeeded", "started_at": ago(hours=5), "finished_at": ago(hours=5), "message": None}]
    assert await said("The last housekeeping ended well 5 hours ago.")
    api.keepings[0] |= {"status": "failed", "message": "TMDB does not accept this key."}
    assert await said("The last housekeeping failed 5 hours ago: TMDB does not accept this key.")
    api.refusals["GET /housekeeping"] = (404, "There is nothing here.")
    assert (await page.get("/sources")).status_code == 200


async def test_an_unknown_state_and_source_are_shown_as_they_are(page: Browser, api: FakeApi) -> None:
    api.sources = [source("odd", source="dreams", id=9)]
    [card] = cards(document(await page.get("/sources")))
    assert card.startswith("dreams odd")


async def test_since_when_it_is_well_is_nobodys_question(page: Browser, api: FakeApi) -> None:
    api.sources = [source(since=ago(days=3))]
    assert "Like this since" not in await page.words("/sources")


async def test_whoever_turned_marquee_away_can_be_asked_all_the_same(page: Browser, api: FakeApi) -> None:
    api.sources = [source("blocked", turned_away=True), source("private", id=2)]
    insists = document(await page.get("/sources")).css(".standing form")
    assert [form.attrib["action"] for form in insists] == ["/refresh"]
    assert insists.css("button[name=force][value=true]::text").get() == "Try all the same"


async def test_that_marquee_reads_nothing_by_itself_is_said_once(page: Browser, api: FakeApi) -> None:
    api.sources = [source(by_itself=False), source("never", source="rss", id=2, by_itself=False)]
    assert (await page.words("/sources")).count("REFRESH_SCHEDULE is off.") == 1
    api.sources = [source()]
    assert "REFRESH_SCHEDULE" not in await page.words("/sources")


async def test_a_single_member_is_spoken_to(page: Browser, api: FakeApi) -> None:
    api.sources = [source(), source(source="film_pages", id=2, member=None)]
    assert "The films that you want to see" in await page.words("/sources")
    api.sources.append(source(member="ben", id=3))
    assert "The films that the member wants to see" in await page.words("/sources")


async def test_before_anything_was_read_nothing_is_in_order(page: Browser, api: FakeApi) -> None:
    never = {"good_at": None, "tried_at": None}
    api.sources = [source("never", **never), source("never", source="rss", id=2, **never)]
    said = await page.words("/sources")
    assert "Nothing has been read yet." in said
    assert "in order" not in said


async def test_nothing_yet_is_said_so(page: Browser, api: FakeApi) -> None:
    api.sources = []
    assert "Sources appear here with the first refresh." in await page.words("/sources")
