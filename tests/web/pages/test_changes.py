"""What changed, as its reader sees it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from parsel import Selector

from tests.web.conftest import HTMX, Browser, document, said_in, words
from tests.web.fake_api import FakeApi, ago, correction, event, feed, film, film_ref, offer, service
from web.app import create_app
from web.settings import Settings

BERLIN = ZoneInfo("Europe/Berlin")


def noon(days_ago: int = 0) -> str:
    """The middle of the reader's day, so many days ago; the last minute for today, which may be younger than noon."""
    now = datetime.now(BERLIN)
    day = now.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)
    return min(day, now - timedelta(seconds=1)).astimezone(UTC).isoformat().replace("+00:00", "Z")


def sections(page: Selector, day: int = 0) -> dict[str, list[str]]:
    """The headings of a day with the titles below each."""
    told = page.css(".day")[day].css(".told")
    lists = told.css(".rows, .corrections")
    return {
        heading: part.css("h4 a::text, li > a:first-child::text").getall()
        for heading, part in zip(told.css("h3::text").getall(), lists, strict=True)
    }


async def test_changes_are_told_by_the_readers_day(page: Browser, api: FakeApi) -> None:
    old = datetime(2025, 11, 18, 23, 30, tzinfo=UTC).isoformat()
    api.events = [
        event("Ran", at=noon()),
        event("Ikiru", at=noon(1)),
        event("Dreams", at=old),
    ]
    response = await page.get("/changes")
    days = [" ".join(each.split()) for each in document(response).css(".day h2 time::text").getall()]
    assert days == ["Today", "Yesterday", "Wednesday, 19 November 2025"]
    assert document(response).css(".day h2 time::attr(datetime)").getall()[2] == "2025-11-19"


async def test_what_arrived_on_own_services_comes_first_and_what_left_last(page: Browser, api: FakeApi) -> None:
    api.services["ana"] = [service("MUBI")]
    api.events = [
        event("Gone", "Netflix", "left"),
        event("Other", "Netflix"),
        event("Mine", "MUBI"),
    ]
    shown = document(await page.get("/changes"))
    assert sections(shown) == {"On your services": ["Mine"], "Also arrived": ["Other"], "Left": ["Gone"]}


async def test_without_services_what_arrived_is_only_that(page: Browser, api: FakeApi) -> None:
    api.events = [event("Ran")]
    assert sections(document(await page.get("/changes"))) == {"Arrived": ["Ran"]}


async def test_a_service_counts_in_its_own_country_alone(page: Browser, api: FakeApi) -> None:
    api.services["ana"] = [service("MUBI", country="US")]
    api.events = [event("Ran", "MUBI", country="GB")]
    assert sections(document(await page.get("/changes"))) == {"Arrived": ["Ran"]}


async def test_a_film_that_arrived_in_several_places_on_one_day_is_one_row(page: Browser, api: FakeApi) -> None:
    api.services["ana"] = [service("MUBI")]
    api.events = [
        event("Ran", "Apple TV", offer="buy"),
        event("Ran", "Apple TV", offer="rent"),
        event("Ran", "Netflix"),
        event("Ran", "MUBI"),
        event("Ran", "MUBI", at=noon(3)),
    ]
    days = document(await page.get("/changes")).css(".day")
    assert [len(day.css(".row")) for day in days] == [1, 1]
    places = [said_in(place) for place in days[0].css(".on li")]
    assert places == ["MUBI subscription", "Netflix subscription", "Apple TV rent, buy"]


async def test_films_that_stream_come_before_those_that_cost_extra(page: Browser, api: FakeApi) -> None:
    api.events = [event("Dear", offer="rent"), event("Cheap", offer="ads")]
    assert sections(document(await page.get("/changes"))) == {"Arrived": ["Cheap", "Dear"]}


async def test_a_row_shows_the_film_and_leads_to_its_page(page: Browser, api: FakeApi) -> None:
    api.events = [event("Ran", film=film_ref("Ran", year=1985))]
    row = document(await page.get("/changes")).css(".row")
    assert said_in(row.css("h4")) == "Ran 1985"
    assert row.css("h4 a::attr(href)").get() == "/films/ran"
    assert row.css("img.poster::attr(src)").get() == "https://images.test/t/p/w342/ran.jpg"
    assert row.css(".on img::attr(src)").get() == "https://images.test/t/p/w92/MUBI.jpg"


async def test_a_departure_says_since_when_the_film_is_gone(page: Browser, api: FakeApi) -> None:
    day = datetime.now(BERLIN).date() - timedelta(days=2)
    api.events = [event("Ran", kind="left", at=noon(2), settled_at=noon())]
    row = document(await page.get("/changes")).css(".row")
    assert said_in(row.css(".aside")).startswith(f"Gone since {day.day} {day:%B}")


async def test_watchlists_are_named_where_there_are_several(page: Browser, api: FakeApi) -> None:
    api.events = [event("Ran", members=["ana", "ben"])]
    assert "watchlist" not in said_in(document(await page.get("/changes")).css(".row"))
    api.usernames = ["ana", "ben"]
    assert "On the watchlists of ana, ben" in said_in(document(await page.get("/changes")).css(".row"))


async def test_countries_are_named_where_there_are_several(api: FakeApi, settings: Settings) -> None:
    api.events = [event("Ran"), event("Ran", country="US")]
    several = Settings(api_url="http://api.test", country=("GB", "US"))
    app = create_app(several, api.transport)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://marquee.test") as http:
        shown = document(await http.get("/changes"))
        assert [said_in(place) for place in shown.css(".on li")] == [
            "MUBI subscription in the UK",
            "MUBI subscription in the US",
        ]
        narrowed = document(await http.get("/changes?country=us"))
        assert narrowed.css("#country option[selected]::attr(value)").get() == "US"
        assert len(narrowed.css(".on li")) == 1


async def test_corrections_stand_quietly_in_their_day(page: Browser, api: FakeApi) -> None:
    api.events = [event("Ikiru", at=noon())]
    api.corrections = [correction("Alien", at=noon(1))]
    shown = document(await page.get("/changes"))
    assert sections(shown, 1) == {"Corrected": ["Alien"]}
    said = said_in(shown.css(".corrections"))
    assert said == "Alien (1999) was taken for this title and is this one . Its Letterboxd page names another title."
    assert "This film was shown by mistake" in said_in(shown.css(".mistaken"))
    assert shown.css(".corrections a::attr(href)").getall() == [
        "/films/alien",
        "https://tmdb.test/1",
        "https://tmdb.test/2",
    ]


async def test_a_correction_without_a_new_title_leads_to_the_question(page: Browser, api: FakeApi) -> None:
    api.corrections = [correction("Alien", to=None, because="Please choose the right title.")]
    said = document(await page.get("/changes")).css(".corrections li")
    assert said_in(said) == (
        "Alien (1999) was taken for this title . Which title it is, nobody knows yet: see its question ."
    )
    assert said.css("a::attr(href)").getall()[-1] == "/films/alien"


async def test_a_correction_stands_on_the_page_of_its_time(page: Browser, api: FakeApi) -> None:
    api.events = [event(f"Film {number}", at=ago(hours=number)) for number in range(150)]
    api.corrections = [correction("Late", at=ago(hours=120)), correction("Early", at=ago(days=90))]
    first, second = document(await page.get("/changes")), document(await page.get("/changes?page=2"))
    assert first.css(".corrections li > a:first-child::text").getall() == []
    assert second.css(".corrections li > a:first-child::text").getall() == ["Late", "Early"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Mine", "Other", "Abroad", "Gone"]),
        ("?kind=left", ["Gone"]),
        ("?kind=arrived", ["Mine", "Other", "Abroad"]),
        ("?services=true", ["Mine"]),
        ("?member=ben", ["Other"]),
        ("?kind=nonsense&country=XX&page=x", ["Mine", "Other", "Abroad", "Gone"]),
    ],
)
async def test_the_page_can_be_narrowed_in_its_address(
    page: Browser, api: FakeApi, query: str, titles: list[str]
) -> None:
    api.usernames = ["ana", "ben"]
    api.services["ana"] = [service("MUBI")]
    api.events = [
        event("Mine"),
        event("Other", "Netflix", members=["ben"]),
        event("Abroad", country="US"),
        event("Gone", "Netflix", "left"),
    ]
    assert document(await page.get(f"/changes{query}")).css("h4 a::text").getall() == titles


async def test_the_form_shows_what_narrows_the_page(page: Browser, api: FakeApi) -> None:
    api.usernames = ["ana", "ben"]
    form = document(await page.get("/changes?kind=left&services=true&member=ben")).css("#narrow")
    assert form.css("[name=kind][checked]::attr(value)").get() == "left"
    assert form.css("[name=services][checked]")
    assert form.css("#member [selected]::attr(value)").get() == "ben"
    assert form.css("#country").get() is None


async def test_htmx_gets_the_changes_alone_and_an_address_without_empty_fields(page: Browser, api: FakeApi) -> None:
    api.events = [event("Ran")]
    response = await page.fragment("/changes?kind=arrived&country=&member=")
    assert response.headers["hx-push-url"] == "/changes?kind=arrived"
    assert document(response).css("#changes h4 a::text").get() == "Ran"
    assert document(response).css("#narrow").get() is None
    told = document(response).css("#results[hx-swap-oob]")
    assert said_in(told) == "1 change. Show everything"
    assert said_in(document(await page.fragment("/changes?kind=left")).css("#results")) == (
        "Nothing of this kind has changed."
    )


async def test_own_services_are_called_by_their_owner_where_there_are_several(page: Browser, api: FakeApi) -> None:
    api.usernames = ["ana", "ben"]
    api.services = {"ana": [service("MUBI")], "ben": [service("Netflix")]}
    api.events = [event("Ran", "MUBI"), event("Ikiru", "Netflix", members=["ben"])]
    shown = document(await page.get("/changes"))
    assert sections(shown) == {"On ana’s services": ["Ran"], "Also arrived": ["Ikiru"]}
    assert said_in(shown.css(".only")) == "ana’s services"
    assert sections(document(await page.get("/changes?member=ben"))) == {"On ben’s services": ["Ikiru"]}


async def test_older_changes_are_a_page_further(page: Browser, api: FakeApi) -> None:
    api.events = [event(f"Film {number}") for number in range(150)]
    first = document(await page.get("/changes?kind=arrived"))
    assert first.css(".pages a::text").getall() == ["Older"]
    assert first.css(".pages a::attr(href)").get() == "/changes?kind=arrived&page=2"
    second = document(await page.get("/changes?kind=arrived&page=2"))
    assert second.css(".pages a::text").getall() == ["Newer"]
    assert len(second.css(".row")) == 50


async def test_a_page_beyond_the_last_leads_to_the_last(page: Browser, api: FakeApi) -> None:
    api.events = [event("Ran")]
    response = await page.get("/changes?kind=arrived&page=9")
    assert (response.status_code, response.headers["location"]) == (303, "/changes?kind=arrived")


async def test_where_nothing_changed_yet_the_page_says_why(page: Browser, api: FakeApi) -> None:
    said = await page.words("/changes")
    assert "Nothing has changed yet" in said
    assert "only remembers where the film streams" in said
    assert "Choose your services" in said
    api.services["ana"] = [service("MUBI")]
    assert "Choose your services" not in await page.words("/changes")


async def test_where_nothing_fits_everything_is_one_step_away(page: Browser, api: FakeApi) -> None:
    api.events = [event("Ran")]
    response = await page.get("/changes?kind=left")
    assert "Nothing of this kind has changed" in words(response)
    assert document(response).css(".nothing .button::attr(href)").get() == "/changes"
    assert "No services are chosen yet" in await page.words("/changes?services=true")


async def test_feeds_of_what_is_shown_are_offered(page: Browser, api: FakeApi) -> None:
    api.feeds = [
        feed("changes.atom", "Atom feed", "application/atom+xml", "?token=abc"),
        feed("changes.ics", "Calendar", "text/calendar"),
    ]
    shown = document(await page.get("/changes?kind=left"))
    addresses = ["/feeds/changes.atom?token=abc&kind=left", "/feeds/changes.ics?kind=left"]
    assert shown.css("link[rel=alternate]::attr(href)").getall() == addresses
    assert shown.css("link[rel=alternate]::attr(type)").getall() == ["application/atom+xml", "text/calendar"]
    assert shown.css(".feeds a[type]::attr(href)").getall() == addresses
    assert shown.css(".feeds a[type]::text").getall() == ["Atom", "calendar"]


async def test_the_page_does_without_feeds_and_without_the_number_of_questions(page: Browser, api: FakeApi) -> None:
    api.events = [event("Ran")]
    api.refusals = {"GET /feeds": (404, "None."), "GET /matches": (404, "None.")}
    response = await page.get("/changes")
    assert response.status_code == 200
    assert document(response).css(".feeds, .waiting").get() is None


async def test_a_member_whom_nobody_knows_is_a_page_that_says_so(page: Browser) -> None:
    assert (await page.get("/changes?member=zoe")).status_code == 404


async def test_without_the_api_htmx_is_told_so(page: Browser, api: FakeApi) -> None:
    api.away = True
    response = await page.http.get("/changes", headers=HTMX)
    assert (response.status_code, response.headers["hx-retarget"]) == (503, "#flash")


@pytest.mark.parametrize("path", ["/changes", "/services", "/films/ran"])
async def test_below_a_prefix_every_link_stays_below_it(
    open_page: Callable[[str], httpx.AsyncClient], api: FakeApi, path: str
) -> None:
    api.usernames = ["ana", "ben"]
    api.films = [film("Ran", url="", offers=[offer("MUBI")])]
    api.events = [event(f"Film {number}") for number in range(150)]
    api.feeds = [feed("changes.ics", "Calendar", "text/calendar")]
    page = document(await open_page("/watch").get(f"/watch{path}"))
    links = page.xpath("//@href|//@src|//@action|//@hx-get|//@hx-post").getall()
    own = [link for link in links if link.startswith("/")]
    assert own
    assert [link for link in own if not link.startswith("/watch/")] == []
    assert page.css(".places [aria-current]::attr(href)").getall() == [f"/watch{path}"] * (path != "/films/ran")


@pytest.mark.parametrize("path", ["/", "/changes", "/services", "/films/ran"])
async def test_every_page_leads_to_the_others_and_marks_itself(page: Browser, api: FakeApi, path: str) -> None:
    api.films = [film_ref("Ran") | {"match": "found", "offers": []}]
    api.questions = 3
    places = document(await page.get(path)).css(".places a")
    assert places.css("::attr(href)").getall() == ["/", "/changes", "/matches", "/members", "/services", "/sources"]
    here = {"/": ["/"], "/changes": ["/changes"], "/services": ["/services"]}.get(path, [])
    assert places.css("[aria-current=page]::attr(href)").getall() == here
    assert said_in(places.css(".waiting")) == "3 waiting"
