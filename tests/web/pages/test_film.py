"""A film's page, as its reader sees it."""

import pytest
from parsel import Selector

from tests.web.conftest import Browser, document, said_in, words
from tests.web.fake_api import FakeApi, Json, ago, event, film, film_ref, match, offer, service, stay


def country(*stays: Json, code: str = "GB", **fields: object) -> Json:
    return {"country": code, "checked_at": ago(hours=1), "link": "https://tmdb.test/watch", "intervals": stays} | fields


def bars(page: Selector) -> list[list[str]]:
    return [row.css("g rect::attr(class)").getall() for row in page.css(".stay")]


async def test_a_film_is_shown_with_all_that_is_known_of_it(page: Browser, api: FakeApi) -> None:
    api.films = [
        film(
            "Ran",
            1985,
            original_title="乱",
            directors=["Akira Kurosawa"],
            genres=["Drama", "War"],
            overview="An old lord divides his realm.",
            tmdb_id=11645,
            links={"imdb": "https://www.imdb.com/title/tt0089881/"},
        )
    ]
    shown = document(await page.get("/films/ran"))
    assert (shown.css("title::text").get(), shown.css("h1 bdi::text").get()) == ("Ran (1985) · Marquee", "Ran")
    assert shown.css(".original bdi::text").get() == "乱"
    assert shown.css(".about .facts span::text").getall() == ["1985", "1 h 41 min"]
    assert said_in(shown.css(".makers")) == "Directed by Akira Kurosawa"
    assert shown.css(".genres li::text").getall() == ["Drama", "War"]
    assert shown.css(".overview::text").get() == "An old lord divides his realm."
    assert shown.css(".links a::attr(href)").getall() == [
        "https://letterboxd.test/film/ran/",
        "https://www.themoviedb.org/movie/11645",
        "https://www.imdb.com/title/tt0089881/",
    ]


async def test_a_film_of_which_little_is_known_is_a_page_all_the_same(page: Browser, api: FakeApi) -> None:
    bare: Json = {
        "year": None,
        "runtime_minutes": None,
        "poster_url": None,
        "match": "pending",
        "match_confidence": None,
    }
    api.films = [film("Ran", media_type=None, tmdb_id=None, checked_at=None, **bare)]
    api.availability = [country(checked_at=None, link=None)]
    response = await page.get("/films/ran")
    assert response.status_code == 200
    assert "Marquee has not looked for this film on TMDB yet." in words(response)
    assert document(response).css(".where h2::text").getall() == ["Where to watch"]
    assert "Not known yet. That does not mean that it streams nowhere." in words(response)
    assert document(response).css(".poster.card").get()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("review", "Marquee is not sure which title on TMDB this film is"),
        ("not_found", "Marquee found no title on TMDB"),
        ("error", "Marquee could not find out"),
    ],
)
async def test_a_question_leads_to_its_answer(page: Browser, api: FakeApi, state: str, said: str) -> None:
    api.films = [film("Ran", match=state, match_confidence=None, match_message="Letterboxd names no title.")]
    standing = document(await page.get("/films/ran")).css(".standing")
    assert said in said_in(standing)
    assert said_in(standing).endswith(" Letterboxd names no title. Answer the question")
    assert standing.css("a::attr(href)").get() == f"/matches?state={state}#title-ran"


async def test_a_question_shows_what_letterboxd_said_of_the_film(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran", 1985, match="review", runtime_minutes=None)]
    api.matches = [match("Ran")]
    api.matches[0]["film"] |= {"directors": ["Akira Kurosawa"], "runtime_minutes": 162, "original_title": "乱"}
    shown = document(await page.get("/films/ran"))
    assert said_in(shown.css(".makers")) == "Directed by Akira Kurosawa"
    assert shown.css(".about .facts span::text").getall() == ["1985", "2 h 42 min"]
    assert said_in(shown.css(".original")) == "乱"


async def test_what_is_not_proven_is_marked_and_what_is_proven_is_not(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran", match_confidence="probable"), film("Ikiru")]
    standing = document(await page.get("/films/ran")).css(".standing")
    assert said_in(standing).endswith("Marquee has not proven yet that it is the same film.")
    assert document(await page.get("/films/ikiru")).css(".standing").get() is None


async def test_what_can_be_watched_now_stands_first_with_own_services_before_others(
    page: Browser, api: FakeApi
) -> None:
    api.films = [film("Ran")]
    api.services["ana"] = [service("MUBI")]
    gone = {"closed_at": ago(days=3), "ended": "left"}
    then: Json = {"first_seen_at": "2025-05-03T10:00:00Z"}
    from_start: Json = then | {"seen_from_start": True}
    api.availability = [
        country(
            stay("Apple TV", "rent", **then),
            stay("Apple TV", "buy"),
            stay("Netflix", **from_start),
            stay("MUBI", **then),
            stay("Arte", **gone),
        )
    ]
    now = document(await page.get("/films/ran")).css(".now li")
    assert [said_in(each) for each in now] == [
        "MUBI ★ (your service) subscription since 3 May 2025",
        "Netflix subscription since 3 May 2025 or before",
        "Apple TV rent, buy since 3 May 2025",
    ]
    assert now[0].attrib["class"] == "streams mine"


async def test_each_country_has_a_part_of_its_own(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    api.availability = [country(stay()), country(code="US")]
    shown = document(await page.get("/films/ran"))
    assert shown.css(".where h2::text").getall() == ["Where to watch in the UK", "Where to watch in the US"]
    assert "Nowhere at the moment." in said_in(shown.css(".where")[1:])
    assert shown.css(".checked a::attr(href)").getall() == ["https://tmdb.test/watch"] * 2


async def test_a_country_that_was_never_looked_at_is_unknown_beside_one_that_was(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    api.availability = [country(), country(code="US", checked_at=None, link=None)]
    known, unknown = document(await page.get("/films/ran")).css(".where")
    assert "Nowhere at the moment." in said_in(known)
    assert "Not known yet: Marquee has not looked here." in said_in(unknown)
    assert "Nowhere" not in said_in(unknown)


async def test_the_stays_are_drawn_and_told_in_words_and_in_a_table(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    api.availability = [
        country(
            stay("MUBI", first_seen_at="2025-05-03T10:00:00Z"),
            stay("Netflix", first_seen_at="2025-01-03T10:00:00Z", seen_from_start=True),
            stay("Arte", first_seen_at="2025-02-01T10:00:00Z", closed_at="2025-03-04T10:00:00Z", ended="left"),
        )
    ]
    shown = document(await page.get("/films/ran"))
    assert bars(shown) == [["sure"], ["fade", "sure"], ["sure"]]
    assert [said_in(each) for each in shown.css(".key li")] == ["there at the last check", "perhaps there before"]
    assert len(shown.css(".stay circle.open")) == 2
    assert shown.css(".stay .unseen::text").getall() == [
        "There since 3 May 2025. ",
        "There since before 3 January 2025. ",
        "1 February 2025 to 4 March 2025, 31 days, then it left. ",
    ]
    table = [[said_in(cell) for cell in row.css("th, td")] for row in shown.css("tbody tr")]
    assert table == [
        ["MUBI subscription", "3 May 2025", "at the last check", "still there"],
        ["Netflix subscription", "3 January 2025 or before", "at the last check", "still there"],
        ["Arte subscription", "1 February 2025", "4 March 2025", "left"],
    ]


@pytest.mark.parametrize("beside", [[stay("MUBI")], []])
async def test_renting_and_buying_over_time_is_always_folded_away(
    page: Browser, api: FakeApi, beside: list[Json]
) -> None:
    api.films = [film("Ran")]
    api.availability = [country(*beside, stay("Apple TV", "rent"))]
    shops = document(await page.get("/films/ran")).css(".chart .shops")
    assert said_in(shops.css(".label")) == "Apple TV rent"
    assert "open" not in shops.attrib


async def test_nothing_is_drawn_before_there_is_a_history(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    young: Json = {"first_seen_at": ago(days=5), "seen_from_start": True}
    api.availability = [country(stay("MUBI", **young), stay("Netflix", first_seen_at=ago(days=2)))]
    shown = document(await page.get("/films/ran"))
    assert shown.css(".chart").get() is None
    assert " Remembered since " in said_in(shown.css(".checked"))
    mubi, netflix = (said_in(each) for each in shown.css(".now li"))
    assert mubi == "MUBI subscription"
    assert netflix.startswith("Netflix subscription since ")
    gone = stay("Arte", **young, closed_at=ago(days=1), ended="left")
    api.availability = [country(stay("MUBI", **young), gone)]
    shown = document(await page.get("/films/ran"))
    assert len(shown.css(".chart .stay")) == 2
    assert "Remembered" not in said_in(shown.css(".checked"))


async def test_what_was_last_looked_at_long_ago_is_not_said_to_be_there_now(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    api.availability = [country(stay("MUBI", first_seen_at="2025-05-03T10:00:00Z"), checked_at="2025-11-11T10:00:00Z")]
    shown = document(await page.get("/films/ran"))
    assert said_in(shown.css(".now li")) == "MUBI subscription since 3 May 2025, seen 11 Nov 2025"
    assert said_in(shown.css(".key")) == "there at the last check not looked at"
    ring, end = (float(shown.css(path).get("").rstrip("%")) for path in (".open::attr(cx)", "line.present::attr(x1)"))
    assert ring < end


async def test_offers_of_another_title_stand_apart_and_are_no_place_to_watch(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran", match="not_found", match_confidence=None, match_message="TMDB has nothing of this name.")]
    once: Json = {"first_seen_at": "2025-02-01T10:00:00Z", "ended": "corrected"}
    mistakes = [
        stay("Plex", closed_at="2025-02-03T10:00:00Z", **once),
        stay("MUBI", closed_at="2025-02-01T12:00:00Z", **once),
    ]
    api.availability = [country(*mistakes, checked_at=None, link=None)]
    shown = document(await page.get("/films/ran"))
    assert shown.css(".where h2::text").getall() == ["Where to watch"]
    assert said_in(shown.css(".unknown")) == (
        "Not known: what was shown here before were the offers of another title. "
        "That does not mean that it streams nowhere."
    )
    assert shown.css(".now, .chart").get() is None
    assert [said_in(each) for each in shown.css("details.mistakes li")] == [
        "Plex subscription, shown by mistake from 1 February 2025 to 3 February 2025",
        "MUBI subscription, shown by mistake on 1 February 2025",
    ]
    assert "open" not in shown.css(".mistakes").attrib


async def test_offers_of_another_title_are_told_beside_the_right_ones(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    wrong = stay("Plex", closed_at=ago(days=3), ended="corrected")
    api.availability = [country(stay("MUBI"), wrong), country(wrong, code="US", checked_at=None, link=None)]
    shown = document(await page.get("/films/ran"))
    assert [said_in(each) for each in shown.css(".stay .label")] == ["MUBI subscription"]
    assert len(shown.css(".mistakes li")) == 2
    assert "were the offers of another title" in said_in(shown.css(".where")[1])


async def test_how_long_films_usually_stay_is_told_where_it_is_known(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    api.availability = [country(stay("MUBI", typical_stay={"days": 31, "samples": 7}), stay("Netflix"))]
    shown = document(await page.get("/films/ran"))
    assert shown.css(".typical::text").getall() == ["Films usually stay on MUBI for 31 days (7 seen)."]


async def test_who_wants_to_see_it_is_told_where_there_are_several(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran", members=["ana", "ben"])]
    assert document(await page.get("/films/ran")).css(".listed").get() is None
    api.usernames = ["ana", "ben"]
    assert said_in(document(await page.get("/films/ran")).css(".listed")) == "On the watchlists of ana, ben."
    api.films = [film("Ran", members=[])]
    assert said_in(document(await page.get("/films/ran")).css(".listed")) == "On no watchlist any more."


async def test_the_page_shows_the_services_of_the_member_in_its_address(page: Browser, api: FakeApi) -> None:
    api.usernames = ["ana", "ben"]
    api.films = [film("Ran")]
    api.services["ben"] = [service("MUBI")]
    api.availability = [country(stay("MUBI"))]
    assert document(await page.get("/films/ran")).css(".now .mine").get() is None
    assert document(await page.get("/films/ran?member=ben")).css(".now .mine").get()


async def test_hostile_words_are_text_and_hostile_links_are_none(page: Browser, api: FakeApi) -> None:
    script = "<script>alert(1)</script>"
    api.films = [film("Ran", overview=script, url="javascript:alert(1)", directors=[script], genres=[script])]
    api.availability = [country(stay(script, logo_url="javascript:alert(1)"), link="javascript:alert(1)")]
    response = await page.get("/films/ran")
    assert script not in response.text
    assert "javascript:" not in response.text


@pytest.mark.parametrize(("path", "place"), [("/", ".title a"), ("/changes", ".row h4 a"), ("/films/ran", "h1 bdi")])
async def test_a_title_that_is_read_from_right_to_left_turns_nothing_beside_it(
    page: Browser, api: FakeApi, path: str, place: str
) -> None:
    title = "\N{HEBREW LETTER ALEF}\N{RIGHT-TO-LEFT OVERRIDE}"
    api.films = [film("Ran") | {"title": title}]
    api.events = [event("Ran", film=film_ref("Ran") | {"title": title})]
    shown = document(await page.get(path)).css(place)
    assert shown.css("::text").get() == title
    assert shown.attrib.get("dir") == "auto" or place.endswith("bdi")


async def test_a_film_that_nobody_knows_is_a_page_that_says_so(page: Browser) -> None:
    response = await page.get("/films/nothing")
    assert response.status_code == 404
    assert "There is no film nothing." in words(response)


async def test_a_card_leads_to_the_page_and_marks_what_is_not_proven_and_what_was_watched(
    page: Browser, api: FakeApi
) -> None:
    api.services["ana"] = [service("MUBI")]
    api.films = [
        film("Ran", match_confidence="probable", offers=[offer("Netflix"), offer("MUBI")]),
        film("Ikiru", watched_on="2025-11-12", rating=3.5),
    ]
    ran, ikiru = document(await page.get("/")).css(".film")
    assert ran.css(".title a::attr(href)").get() == "/films/ran"
    assert said_in(ran.css(".unproven")) == "≈ Match not proven yet"
    assert ran.css(".logos img::attr(alt)").getall() == ["MUBI (subscription)", "Netflix (subscription)"]
    assert ran.css(".logos li::attr(class)").getall() == ["mine"]
    assert ikiru.css(".unproven").get() is None
    assert "not proven yet" in said_in(document(await page.get("/")).css(".foot"))
    api.films = api.films[1:]
    assert document(await page.get("/")).css(".foot").get() is None
    assert said_in(ikiru.css(".watched")) == "Watched 12 Nov 2025 ★★★½"
