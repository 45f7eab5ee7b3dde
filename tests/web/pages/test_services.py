"""Choosing services, as a reader does."""

from tests.web.conftest import SAME_ORIGIN, Browser, document, said_in, words
from tests.web.fake_api import FakeApi, film, offer, service

MUBI, NETFLIX = offer("MUBI", provider_id=11), offer("Netflix", provider_id=8)


async def test_what_is_known_can_be_chosen_and_shops_stand_apart(page: Browser, api: FakeApi) -> None:
    api.films = [
        film("Ran", offers=[MUBI, offer("Apple TV", "rent", 2)]),
        film("Ikiru", offers=[MUBI]),
    ]
    shown = document(await page.get("/services"))
    assert [said_in(each) for each in shown.css(".shelf > .choices label")] == ["MUBI 2 of your films"]
    assert [said_in(each) for each in shown.css(".shops label")] == ["Apple TV"]
    assert shown.css(".shelf > .choices input").attrib == {"type": "checkbox", "name": "GB", "value": "11"}
    assert shown.css(".shelf > .choices img::attr(src)").get() == "https://images.test/t/p/w92/MUBI.jpg"


async def test_services_stand_in_the_order_of_what_they_have_for_this_member(page: Browser, api: FakeApi) -> None:
    api.usernames = ["ana", "ben"]
    api.films = [film("Ran", offers=[NETFLIX]), film("Ikiru", offers=[MUBI]), film("Dreams", offers=[MUBI])]
    api.services["ana"] = [service("Arte", 7)]
    labels = document(await page.get("/services")).css(".shelf > .choices label")
    assert [said_in(each) for each in labels] == ["MUBI 2 of ana ’s films", "Netflix 1 of ana ’s films", "Arte"]


async def test_chosen_services_are_ticked_even_when_they_show_nothing_now(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran", offers=[MUBI])]
    api.services["ana"] = [service("Netflix", 8)]
    shown = document(await page.get("/services"))
    assert {each.attrib["value"]: "checked" in each.attrib for each in shown.css(".choices input")} == {
        "8": True,
        "11": False,
    }


async def test_saving_replaces_what_was_chosen_and_says_so(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran", offers=[MUBI, NETFLIX])]
    api.services["ana"] = [service("Netflix", 8)]
    response = await page.http.post("/services", data={"GB": ["11", "x"]}, headers=SAME_ORIGIN)
    assert (response.status_code, response.headers["location"]) == (303, "/services?saved=1")
    assert [each["provider_id"] for each in api.services["ana"]] == [11]
    saved = await page.get(response.headers["location"])
    assert said_in(document(saved).css(".saved")).startswith("Saved: 1 service.")
    assert document(saved).css("[checked]::attr(value)").getall() == ["11"]


async def test_everything_can_be_given_up(page: Browser, api: FakeApi) -> None:
    api.services["ana"] = [service("Netflix", 8)]
    response = await page.http.post("/services", data={}, headers=SAME_ORIGIN)
    assert api.services["ana"] == []
    assert "Saved: no services." in await page.words(response.headers["location"])


async def test_each_member_has_services_of_their_own(page: Browser, api: FakeApi) -> None:
    api.usernames = ["ana", "ben"]
    api.films = [film("Ran", offers=[MUBI])]
    shown = document(await page.get("/services?member=ben"))
    assert shown.css("#choice::attr(action)").get() == "/services?member=ben"
    assert shown.css(".members [aria-current]::text").get() == "ben"
    response = await page.http.post("/services?member=ben", data={"GB": "11"}, headers=SAME_ORIGIN)
    assert response.headers["location"] == "/services?member=ben&saved=1"
    assert list(api.services) == ["ben"]


async def test_another_sites_form_changes_nothing(page: Browser, api: FakeApi) -> None:
    response = await page.http.post("/services", data={"GB": "11"}, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert api.services == {}


async def test_a_service_that_the_api_refuses_is_a_page_that_says_so(page: Browser, api: FakeApi) -> None:
    response = await page.http.post("/services", data={"GB": "999"}, headers=SAME_ORIGIN)
    assert response.status_code == 502
    assert "Marquee knows no such provider." in words(response)


async def test_what_is_worth_holding_and_what_cancelling_loses(page: Browser, api: FakeApi) -> None:
    lost = [{"slug": f"film-{number}", "title": f"Film {number}", "year": 1999} for number in range(7)]
    api.plan = {
        "currency": "GBP",
        "films": {"total": 10, "shown": 6, "elsewhere": 1, "nowhere": 2, "unknown": 1},
        "sets": [
            {"size": 1, "names": ["MUBI"], "films": 4, "adds": 4, "price": 11.99},
            {"size": 2, "names": ["Arte", "MUBI"], "films": 6, "adds": 2, "price": None},
        ],
        "held": {
            "services": [
                {"name": "Arte", "lost": 0, "lost_films": [], "price": None},
                {"name": "MUBI", "lost": 7, "lost_films": lost, "price": 11.99},
            ]
        },
    }
    worth = document(await page.get("/services")).css(".worth")
    assert said_in(worth.css(".lead")) == (
        "6 of 10 films can be watched on a service, free or with ads; 1 can only be rented or bought, "
        "2 can be seen nowhere, 1 was not looked up yet."
    )
    assert [said_in(each) for each in worth.css(".sets li")] == [
        "MUBI 4 films 11.99 GBP a month",
        "Arte and MUBI 6 films, 2 more",
    ]
    assert said_in(worth.css(".losses li:first-child")) == "Arte nothing"
    assert said_in(worth.css(".losses p")) == "Film 0 , Film 1 , Film 2 , Film 3 , Film 4 and 2 more"
    assert worth.css(".losses a::attr(href)").get() == "/films/film-0"


async def test_where_nothing_streams_nothing_is_worth_holding(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran", offers=[MUBI])]
    assert not document(await page.get("/services")).css(".worth")


async def test_before_the_first_refresh_the_page_says_where_services_come_from(page: Browser) -> None:
    response = await page.get("/services")
    assert "Marquee knows no services here yet." in words(response)
    assert document(response).css("#choice button").get() is None
