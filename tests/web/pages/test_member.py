"""The page about one member: who it is, what was watched, and how well it could be read."""

import httpx
import pytest

from tests.web.conftest import HTMX, SAME_ORIGIN, Browser, document, said_in, words
from tests.web.fake_api import FakeApi, ago, film_ref, profile, rated_film, run, source, statistics

AVATAR = "https://a.ltrbxd.com/resized/avatar/upload/1/avtr-0-220-0-220-crop.jpg"


@pytest.fixture
def ana(api: FakeApi) -> FakeApi:
    """Ana, of whom everything was read."""
    stats = {"films_watched": 1367, "lists": 1, "following": 44, "followers": 1}
    api.profiles["ana"] = profile(
        display_name="Ana Lima", bio="Sees <b>films</b>.\nWrites.", stats=stats, favorites=[film_ref("Ran")]
    )
    api.statistics = statistics(
        {3.5: 2, 5: 4},
        totals={"watched": 8, "liked": 5, "described": 7},
        decades=[{"decade": 1950, "films": 2, "mean_rating": None}, {"decade": 1960, "films": 4, "mean_rating": 4.25}],
        directors=[{"id": 1, "name": "Yasujirō Ozu", "films": 4, "mean_rating": 4.5}],
        genres=[{"id": 18, "name": "Drama", "films": 6, "mean_rating": 4.0}],
    )
    api.top_rated = [rated_film("Ran", 5), rated_film("Ikiru", 3.5)]
    api.sources = [source(), source(id=2, source="profile"), source(id=3, source="films", expected=8, got=8)]
    return api


async def test_a_member_is_shown_with_name_words_and_counts(page: Browser, ana: FakeApi) -> None:
    shown = document(await page.get("/members/Ana"))
    assert shown.css("title::text").get() == "Ana Lima · Marquee"
    assert said_in(shown.css("h1")) == "Ana Lima"
    assert shown.css(".portrait .summary span::text").getall() == [
        "ana",
        "1,367 films",
        "1 list",
        "44 following",
        "1 follower",
    ]
    assert shown.css(".bio::text").get() == "Sees <b>films</b>.\nWrites."
    assert shown.css(".portrait .links a::attr(href)").get() == "https://letterboxd.test/ana/"


@pytest.mark.parametrize(
    ("address", "picture"),
    [(AVATAR, AVATAR), (None, None), ("https://elsewhere.test/a.jpg", None), ("javascript:alert(1)", None)],
)
async def test_a_picture_is_shown_only_from_where_the_page_may_load_it(
    page: Browser, ana: FakeApi, address: str | None, picture: str | None
) -> None:
    ana.profiles["ana"]["avatar_url"] = address
    response = await page.get("/members/ana")
    shown = document(response)
    assert shown.css(".face img::attr(src)").get() == picture
    assert said_in(shown.css(".face")) == "A"
    assert "img-src 'self' https://images.test https://a.ltrbxd.com;" in response.headers["content-security-policy"]


async def test_the_histogram_has_all_ratings_in_words(page: Browser, ana: FakeApi) -> None:
    columns = document(await page.get("/members/ana")).css(".histogram li")
    spoken = [said_in(each.css(".number, .unseen")) for each in columns]
    assert spoken[0] == "0 films with ½ star"
    assert (spoken[6], spoken[9]) == ("2 films with 3½ stars", "4 films with 5 stars")
    assert [float(each) for each in columns.css("rect::attr(height)").getall()] == [0] * 6 + [50, 0, 0, 100]


async def test_what_was_watched_is_told_in_numbers(page: Browser, ana: FakeApi) -> None:
    shown = document(await page.get("/members/ana"))
    totals = [(said_in(each.css("dt")), said_in(each.css("dd"))) for each in shown.css(".totals div")]
    assert totals == [("watched", "8"), ("rated", "6"), ("liked", "5"), ("mean rating", "4.5")]
    assert [said_in(each) for each in shown.css(".ranking li")] == [
        "1950s 2 films",
        "1960s 4 films ★ rated 4.2 on average",
        "Yasujirō Ozu 4 films ★ rated 4.5 on average",
        "Drama 6 films ★ rated 4.0 on average",
    ]
    assert said_in(shown.css(".foot")).startswith("Directors and genres are known of 7 of the 8 watched films.")


async def test_favourites_and_loved_films_lead_to_their_pages(page: Browser, ana: FakeApi) -> None:
    shown = document(await page.get("/members/ana"))
    assert shown.css(".four a::attr(href)").getall() == ["/films/ran"]
    loved = shown.css("#top-rated .film")
    assert [said_in(each.css(".title, .facts")) for each in loved] == [
        "Ran 1999 ★★★★★ 5 of 5 stars",
        "Ikiru 1999 ★★★½ 3½ of 5 stars",
    ]
    assert said_in(shown.css("#top-rated .results")) == "2 films with both stars and a heart"


async def test_the_loved_films_have_an_order_and_pages(page: Browser, ana: FakeApi) -> None:
    ana.top_rated = [rated_film(f"Film {number}") for number in range(30)]
    shown = document(await page.get("/members/ana?sort=title"))
    asked = next(each.url.params for each in ana.asked if each.url.path.endswith("/top-rated"))
    assert (asked["sort_by"], asked["sort_order"], asked["page_size"]) == ("title", "asc", "24")
    assert shown.css(".orders [aria-current]::text").get() == "Title"
    assert shown.css("[rel=next]::attr(href)").get() == "/members/ana?sort=title&page=2#top-rated"
    assert len(document(await page.get("/members/ana?page=2")).css("#top-rated .film")) == 6
    assert (await page.get("/members/ana?page=9&sort=title")).headers["location"] == "/members/ana?sort=title&page=2"


async def test_how_far_a_challenged_reading_came_is_said_with_since_when(page: Browser, ana: FakeApi) -> None:
    reason = "Letterboxd did not let Marquee read page 2 of ana’s films (it asked for a browser check)."
    ana.sources[2] |= source("blocked", id=3, source="films", expected=12, got=8, message=reason, since=ago(hours=3))
    ana.sources[2] |= {"turned_away": True, "advice": "Wait."}
    shown = document(await page.get("/members/ana"))
    assert "The last reading came as far as 8 of 12 films." in said_in(shown.css(".foot"))
    card = shown.css("#source-3")
    assert reason in said_in(card)
    assert "8 of 12 films" in said_in(card.css(".facts"))
    assert "Like this since" in said_in(card.css(".facts"))
    assert card.css("form::attr(action)").get() == "/members/ana/refresh"


async def test_before_anything_was_read_the_page_says_what_refresh_does(page: Browser, api: FakeApi) -> None:
    api.sources = [source("never", source="profile"), source("never", id=2, source="films")]
    shown = document(await page.get("/members/ana"))
    assert said_in(shown.css(".nothing h2")) == "Nothing has been read of ana yet"
    assert not shown.css(".histogram, #top-rated, #lists button")
    assert shown.css("#refresh form::attr(action)").get() == "/members/ana/refresh"


async def test_what_is_not_to_be_told_before_a_run_has_ended_shows_that_run(page: Browser, api: FakeApi) -> None:
    waiting = httpx.Response(202, json=run("running", id=4, members=["ana"]))
    api.answers = {f"GET /members/ana{path}": waiting for path in ("", "/statistics", "/top-rated")}
    api.sources = []
    shown = document(await page.get("/members/ana"))
    assert said_in(shown.css(".nothing h2")) == "The first reading has begun"
    assert "/refreshes/4/bar?" in (shown.css("#refresh::attr(hx-get)").get() or "")
    assert shown.css("noscript meta").get()


@pytest.mark.parametrize(
    ("state", "title"), [("missing", "This member was not found"), ("private", "This profile is private")]
)
async def test_who_cannot_be_read_is_told_once_and_in_full(page: Browser, api: FakeApi, state: str, title: str) -> None:
    api.sources = [source(state, source="profile", message="Letterboxd says no.", advice="Mend it.")]
    shown = document(await page.get("/members/ana"))
    assert said_in(shown.css(".notice")).startswith(f"{title} Letterboxd says no. Mend it.")
    assert not shown.css(".nothing")
    assert shown.css("#sources details")


@pytest.mark.parametrize(("status", "state"), [(404, "missing"), (404, "private"), (503, "never")])
async def test_an_api_that_tells_nothing_of_a_member_leaves_the_page(
    page: Browser, api: FakeApi, status: int, state: str
) -> None:
    api.refusals = {f"GET /members/ana{path}": (status, "No.") for path in ("", "/statistics", "/top-rated")}
    api.sources = [source(state, source="profile", message="Why not.", tried_at=None)]
    response = await page.get("/members/ana")
    assert response.status_code == 200
    assert ("Nothing has been read" if state == "never" else "Why not.") in words(response)


async def test_who_was_added_by_a_wrong_name_is_sent_to_the_page_of_members(page: Browser, api: FakeApi) -> None:
    api.followed["ana"] = "added"
    api.sources = [source("missing", source="profile", advice="Check the name in LETTERBOXD_USERNAME.")]
    said = said_in(document(await page.get("/members/ana")).css(".notice"))
    assert "remove it on the page of members" in said
    assert "LETTERBOXD_USERNAME" not in said


async def test_nobody_is_a_page_that_says_so(page: Browser) -> None:
    response = await page.get("/members/nobody")
    assert response.status_code == 404
    assert "Marquee does not follow a member named nobody." in words(response)


async def test_refresh_reads_this_member_alone_and_its_bar_stays_on_this_page(page: Browser, ana: FakeApi) -> None:
    response = await page.http.post("/members/ana/refresh", headers=SAME_ORIGIN | HTMX)
    bar = document(response).css("#refresh")
    assert ana.paths("POST") == ["/members/ana/refresh"]
    assert "page_of=ana" in bar.attrib["hx-get"]
    assert bar.css("form::attr(action)").get() == "/refreshes/7/cancel?page_of=ana"
    ana.runs[7] = run("succeeded", members=["ana"])
    ended = document(await page.fragment(bar.attrib["hx-get"]))
    assert ended.css("#refresh form::attr(hx-post)").get() == "/members/ana/refresh"
    assert "page_of=ana" in (ended.css("#refresh::attr(hx-get)").get() or "")


async def test_the_refresh_of_somebody_else_is_not_shown(page: Browser, ana: FakeApi) -> None:
    ana.runs[7] = run("running", members=["ben"])
    assert not document(await page.get("/members/ana")).css("#refresh progress")
    assert (await page.fragment("/refreshes/newest/bar?seen=&page_of=ana")).status_code == 204
    assert (await page.fragment("/refreshes/newest/bar?seen=")).status_code == 200


async def test_without_javascript_forms_lead_back_to_this_page(page: Browser, ana: FakeApi) -> None:
    response = await page.post("/members/ana/refresh")
    assert (response.status_code, response.headers["location"]) == (303, "/members/ana")
    response = await page.post("/refreshes/7/cancel?page_of=ana")
    assert response.headers["location"] == "/members/ana?stopping=7"
    assert said_in(document(await page.get("/members/ana?stopping=7")).css("#refresh label")) == "Cancelling"
    assert (await page.get("/members/ana/refresh")).headers["location"] == "/members/ana"


async def test_while_redis_is_away_the_page_stays_and_says_why_nothing_starts(page: Browser, ana: FakeApi) -> None:
    ana.refusals["POST /members/ana/refresh"] = (503, "Redis does not answer.")
    response = await page.post("/members/ana/refresh")
    assert response.status_code == 503
    assert "No refresh can start now" in words(response)
    assert document(response).css(".histogram")
    fragment = await page.http.post("/members/ana/refresh", headers=SAME_ORIGIN | HTMX)
    assert fragment.headers["hx-retarget"] == "#flash"
