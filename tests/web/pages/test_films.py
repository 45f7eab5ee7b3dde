"""The watchlist as its reader sees it."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from parsel import SelectorList

from tests.web.conftest import Browser, document, said_in, words
from tests.web.fake_api import FakeApi, ago, ahead, failure, film, offer, run, service, source


async def test_a_film_shows_its_title_year_runtime_and_where_it_streams(page: Browser, api: FakeApi) -> None:
    api.films = [film("Aftersun", 2022, offers=[offer("Apple TV", "rent"), offer("MUBI")])]
    response = await page.get()
    card = document(response).css(".film")
    assert card.css(".title a::text").get() == "Aftersun"
    assert card.css(".title a::attr(href)").get() == "/films/aftersun"
    assert card.css(".facts span::text").getall() == ["2022", "1 h 41 min"]
    assert said_in(card.css(".state")) == "Streaming or rent"
    assert card.css(".logos img::attr(alt)").getall() == ["MUBI (subscription)", "Apple TV (rent)"]
    assert card.css(".logos .paid img::attr(alt)").getall() == ["Apple TV (rent)"]


async def test_a_poster_comes_in_three_sizes_and_keeps_its_place(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    poster = document(await page.get()).css("img.poster")
    assert poster.attrib["srcset"] == ", ".join(
        f"https://images.test/t/p/w{width}/ran.jpg {width}w" for width in (185, 342, 500)
    )
    assert (poster.attrib["width"], poster.attrib["height"]) == ("342", "513")


async def test_a_film_without_a_poster_gets_a_card_with_its_title(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran", 1985, poster_url=None)]
    card = document(await page.get()).css(".poster.card")
    assert [" ".join(card.css("*::text").getall()).split()] == [["Ran", "1985"]]
    assert card.attrib["aria-hidden"] == "true"


async def test_four_logos_are_shown_and_the_rest_are_named(page: Browser, api: FakeApi) -> None:
    names = ["A1", "B1", "C1", "D1", "E1", "F1"]
    api.films = [film("Ran", offers=[offer(name) for name in names])]
    logos = document(await page.get()).css(".logos")
    assert len(logos.css("img")) == 4
    assert logos.css(".rest span::text").getall() == ["+2", "and E1 (subscription), F1 (subscription)"]


async def test_a_service_and_its_tier_with_ads_are_one_logo(page: Browser, api: FakeApi) -> None:
    tier = offer("Netflix Standard with Ads", provider_id=1796)
    api.films = [film("Ran", offers=[tier, offer("MUBI"), offer("Netflix", provider_id=8)])]
    api.services["ana"] = [service("Netflix Standard with Ads", 1796)]
    logos = document(await page.get()).css(".logos")
    assert logos.css("img::attr(alt)").getall() == ["Netflix (subscription)", "MUBI (subscription)"]
    assert logos.css(".mine img::attr(alt)").getall() == ["Netflix (subscription)"]


async def test_offers_of_other_countries_are_not_shown(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran", offers=[offer("Arte", country="DE")])]
    card = document(await page.get()).css(".film")
    assert not card.css(".logos")
    assert said_in(card.css(".state")) == "Not available"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"offers": [offer("MUBI")]}, "Streaming"),
        ({"offers": [offer("ITVX", "ads")]}, "Streaming"),
        ({"offers": [offer("Sky Store", "buy")]}, "Rent or buy"),
        ({}, "Not available"),
        ({"checked_at": None}, "Not checked yet"),
        ({"checked_at": None, "match": "pending"}, "Not checked yet"),
        ({"checked_at": None, "match": "review"}, "Match not certain"),
        ({"checked_at": None, "match": "not_found"}, "Not on TMDB"),
        ({"checked_at": None, "match": "error"}, "Could not be looked up"),
    ],
)
async def test_every_film_says_what_is_known_of_it(
    page: Browser, api: FakeApi, fields: dict[str, Any], said: str
) -> None:
    api.films = [film("Ran", **fields)]
    assert said_in(document(await page.get()).css(".state")) == said


async def test_the_top_says_how_many_how_current_and_where(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran", offers=[offer("MUBI")]), film("Stalker")]
    response = await page.get()
    summary = document(response).css("#summary")
    assert said_in(summary) == "2 films 1 on subscription in the UK Updated 5 minutes ago"
    assert "(Europe/Berlin)" in summary.css("time::attr(title)").get("")


async def test_none_on_subscription_is_said_only_where_it_is_known(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran"), film("Stalker")]
    assert "none on subscription in the UK" in await page.words()
    api.films[1]["checked_at"] = None
    assert "subscription" not in said_in(document(await page.get()).css("#summary"))


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ({7: run("failed")}, "2 of 335 films read so far Not read completely yet"),
        ({7: run()}, "2 of 335 films read so far"),
    ],
    ids=["broken off", "while it is read"],
)
async def test_a_part_of_a_watchlist_is_not_called_the_whole(
    page: Browser, api: FakeApi, runs: dict[int, Any], said: str
) -> None:
    api.films = [film("Ran", checked_at=None), film("Stalker", checked_at=None)]
    api.sources, api.runs = [source("never", good_at=None, expected=335, got=2)], runs
    assert said_in(document(await page.get()).css("#summary")) == said


async def test_members_can_be_switched(page: Browser, api: FakeApi) -> None:
    api.usernames = ["ana", "ben"]
    links = document(await page.get("/?member=ben&q=ran&page=1")).css(".members a")
    assert links.css("::attr(href)").getall() == ["/?q=ran", "/?member=ben&q=ran"]
    assert links.css("[aria-current]::text").getall() == ["ben"]
    assert "/members/ben/watchlist" in api.paths("GET")


async def test_an_unknown_member_is_a_page_that_says_so(page: Browser) -> None:
    response = await page.get("/?member=zoe")
    assert response.status_code == 404
    assert "Nobody of this name Marquee does not follow a member named zoe." in words(response)
    assert document(response).css(".skip::attr(href)").get() == "#main"


async def test_the_address_reaches_the_api_and_stays_in_the_form(page: Browser, api: FakeApi) -> None:
    mubi = offer("MUBI", provider_id=11)
    api.films = [film("Ran", offers=[mubi]), film("Rear Window")]
    response = await page.get("/?q=ra&provider=11&provider=8&offer=flatrate&sort=year-new")
    asked = api.watchlist_queries()[0]
    assert dict(asked) == {
        "page": "1",
        "page_size": "60",
        "sort_by": "year",
        "sort_order": "desc",
        "q": "ra",
        "provider": "11",
        "offer": "flatrate",
        "country": "GB",
    }
    assert asked.get_list("provider") == ["11", "8"]
    form = document(response).css("#filter")
    assert form.css("#q::attr(value)").get() == "ra"
    assert form.css("input[name=provider][checked]::attr(value)").getall() == ["8", "11"]
    assert form.css("#offer [selected]::attr(value), #sort [selected]::attr(value)").getall() == [
        "flatrate",
        "year-new",
    ]
    assert document(response).css(".title a::text").getall() == ["Ran"]
    assert document(response).css("#results::text").get("").strip() == "1 of 2 films."


async def test_one_chip_filters_by_all_providers_of_a_brand(page: Browser, api: FakeApi) -> None:
    netflix, tier = offer("Netflix", provider_id=8), offer("Netflix Standard with Ads", provider_id=1796)
    api.films = [film("Ran", offers=[netflix, tier]), film("Stalker", offers=[tier]), film("Heat")]
    chips = document(await page.get()).css("#services input[name=provider]")
    assert chips.css("::attr(value)").getall() == ["8-1796"]
    response = await page.fragment("/?provider=8-1796", hx_target="films", hx_trigger="filter")
    assert response.headers["hx-push-url"] == "/?provider=8&provider=1796"
    assert document(response).css("#films .title a::text").getall() == ["Ran", "Stalker"]
    shown = document(await page.get(response.headers["hx-push-url"]))
    assert shown.css("input[name=provider][checked]::attr(value)").getall() == ["8-1796"]


async def test_more_filters_reach_the_api_and_stay_in_the_form(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran", offers=[offer("MUBI")])]
    api.facets = {"genres": [{"name": "War", "count": 3}], "decades": [{"decade": 1980, "count": 2}]}
    shown = document(await page.get("/?genre=War&decade=1980&length=long&now=1&mine=1"))
    asked = dict(api.watchlist_queries()[0])
    wanted = {"genre": "War", "decade": "1980", "runtime_min": "121", "available": "true", "my_services": "true"}
    assert asked | wanted | {"country": "GB"} == asked
    form = shown.css(".narrow")
    assert "open" in form.attrib
    assert form.css("option[selected]::text").getall() == ["War (3)", "1980s (2)", "Over 2 hours"]
    assert form.css("input[checked]::attr(name)").getall() == ["now", "mine"]
    assert said_in(form.css("#decade")) == "Any year 1980s (2)"


async def test_a_filter_by_what_is_not_on_the_list_stays_chosen(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    form = document(await page.get("/?genre=War&decade=1920")).css(".narrow")
    assert form.css("option[selected]::text").getall() == ["War", "1920s"]


async def test_own_services_are_a_filter_for_who_has_any(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    assert not document(await page.get()).css(".narrow input[name=mine]")
    api.services["ana"] = [service("MUBI")]
    assert document(await page.get()).css(".narrow input[name=mine]")


async def test_the_filters_lead_to_a_film_for_tonight(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    for shown in (await page.get("/?genre=War&page=1"), await page.fragment("/?genre=War", hx_target="films")):
        assert document(shown).css("#tonight a::attr(href)").getall() == ["/pick?genre=War"]


async def test_what_an_address_cannot_mean_is_left_out(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    response = await page.get("/?sort=evil&page=-1&provider=x&provider=99999999999999&offer=steal&colour=red")
    assert response.status_code == 200
    assert dict(api.watchlist_queries()[0]) == {
        "page": "1",
        "page_size": "60",
        "sort_by": "position",
        "sort_order": "asc",
    }


async def test_long_lists_have_pages_with_real_links(page: Browser, api: FakeApi) -> None:
    api.films = [film(f"Film {number}") for number in range(150)]
    response = await page.get("/?sort=title&page=2")
    pages = document(response).css(".pages")
    assert pages.css("a::attr(href)").getall() == ["/?sort=title", "/?sort=title&page=3"]
    assert len(document(response).css(".film")) == 60


async def test_a_page_behind_the_last_leads_to_the_last(page: Browser, api: FakeApi) -> None:
    api.films = [film(f"Film {number}") for number in range(70)]
    response = await page.get("/?sort=title&page=9")
    assert (response.status_code, response.headers["location"]) == (303, "/?sort=title&page=2")


async def test_htmx_gets_the_films_alone_and_a_clean_address(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran"), film("Stalker")]
    response = await page.fragment("/?q=ran&offer=&sort=newest", hx_target="films", hx_trigger="filter")
    assert "<html" not in response.text
    assert response.headers["hx-push-url"] == "/?q=ran"
    assert not document(response).css("#services")
    assert "HX-Request" in response.headers["vary"]
    assert document(response).css("#films .title a::text").getall() == ["Ran"]
    assert document(response).css("#results[hx-swap-oob]")


@pytest.mark.parametrize(
    ("before", "now", "header", "value"),
    [
        ("/?sort=title", "/?q=m&sort=title", "hx-push-url", "/?q=m&sort=title"),
        ("/?q=m", "/?q=mu", "hx-replace-url", "/?q=mu"),
        ("/?q=mu&page=2", "/?q=mul", "hx-replace-url", "/?q=mul"),
        ("/?q=mul", "/?q=mul", "hx-push-url", "false"),
        ("/?q=mul", "/?q=", "hx-push-url", "/"),
        ("/?q=mul", "/?q=mul&offer=rent", "hx-push-url", "/?q=mul&offer=rent"),
        ("/?member=ana", "/?member=ana&provider=8", "hx-push-url", "/?member=ana&provider=8"),
    ],
)
async def test_typing_a_search_is_one_step_in_the_history(
    page: Browser, before: str, now: str, header: str, value: str
) -> None:
    response = await page.fragment(now, hx_target="films", hx_current_url=f"http://marquee.test{before}")
    said = {name: response.headers.get(name) for name in ("hx-push-url", "hx-replace-url")}
    assert {name: text for name, text in said.items() if text} == {header: value}


async def test_services_come_as_the_api_orders_them_and_keep_their_places_during_a_refresh(
    page: Browser, api: FakeApi
) -> None:
    def shown(response: httpx.Response) -> list[str]:
        return document(response).css("#services input::attr(value)").getall()

    async def reload(response: httpx.Response) -> httpx.Response:
        address = document(response).css("#films::attr(hx-get)").get("")
        return await page.fragment(address, hx_target="films", hx_trigger="films")

    api.runs = {7: run()}
    api.films = [film("Ran", offers=[offer("MUBI", provider_id=11), offer("ITVX", provider_id=41)])]
    response = await page.get()
    assert shown(response) == ["11", "41"]
    api.films.insert(0, film("Stalker", offers=[offer("Netflix", provider_id=8), offer("ITVX", provider_id=41)]))
    response = await reload(response)
    assert shown(response) == ["11", "41", "8"]
    api.runs = {7: run("succeeded")}
    assert shown(await reload(response)) == ["8", "41", "11"]


async def test_the_films_can_be_skipped_to(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    response = await page.get()
    assert document(response).css(".skip::attr(href)").get() == "#films"
    assert document(response).css("#films::attr(tabindex)").get() == "-1"


async def test_films_that_load_themselves_leave_the_address_and_the_reader_alone(page: Browser, api: FakeApi) -> None:
    api.films, api.runs = [film("Ran")], {7: run()}
    response = await page.fragment("/?q=ran", hx_target="films", hx_trigger="films")
    assert "hx-push-url" not in response.headers
    assert not document(response).css("#results")
    assert document(response).css("#films::attr(hx-get)").get() == "/?q=ran"
    api.runs = {7: run("succeeded")}
    assert document(await page.fragment("/?q=ran", hx_target="films", hx_trigger="films")).css("#results")


async def test_going_back_gets_the_whole_page(page: Browser, api: FakeApi) -> None:
    response = await page.fragment("/", hx_target="films", hx_history_restore_request="true")
    assert "<html" in response.text


async def test_an_unchanged_card_keeps_its_id_and_a_changed_one_does_not(page: Browser, api: FakeApi) -> None:
    async def ids() -> list[str]:
        return document(await page.get()).css(".film::attr(id)").getall()

    api.films = [film("Ran"), film("Stalker", offers=[])]
    before = await ids()
    api.films[1]["offers"] = [offer("MUBI")]
    after = await ids()
    assert (before[0] == after[0], before[1] == after[1]) == (True, False)


async def test_every_link_stays_below_the_prefix_of_a_proxy(
    open_page: Callable[[str], httpx.AsyncClient], api: FakeApi
) -> None:
    api.films = [film(f"Film {number}", url="") for number in range(70)]
    api.usernames = ["ana", "ben"]
    links = document(await open_page("/watch").get("/watch/")).xpath("//@href|//@src|//@action|//@hx-get|//@hx-post")
    own = [link for link in links.getall() if link.startswith("/")]
    assert own
    assert [link for link in own if not link.startswith("/watch/")] == []


# States


async def test_before_anything_was_read_the_page_says_what_refresh_does(page: Browser, api: FakeApi) -> None:
    api.sources = [source("never", good_at=None)]
    assert "Nothing has been read yet" in await page.words()


async def test_the_first_refresh_shows_places_for_films_to_come(page: Browser, api: FakeApi) -> None:
    api.sources, api.runs = [], {7: run("running", stage="reading", total=0, done=0)}
    response = await page.get()
    assert "The first reading has begun" in words(response)
    assert document(response).css(".skeleton, progress").getall()
    assert not document(response).css("progress[value]")


async def test_a_marquee_without_members_yet_still_has_a_page(page: Browser, api: FakeApi) -> None:
    api.usernames = []
    response = await page.get()
    assert "Nothing has been read yet" in words(response)
    assert document(response).css("head > meta[http-equiv=refresh]")
    assert not document(response).css("#refresh form[hx-post]")


async def test_an_empty_watchlist_is_called_empty(page: Browser) -> None:
    assert "This watchlist is empty" in await page.words()


async def test_a_filter_that_fits_nothing_offers_the_way_back(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    response = await page.get("/?q=zzz&sort=title")
    assert "No film fits" in words(response)
    assert document(response).css("#films a.button::attr(href)").get() == "/?sort=title"
    assert said_in(document(response).css("#results")) == "No film fits."


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (source("stale", good_at=ago(days=3), advice="Press Refresh."), "It was last read 3 days ago. Press Refresh."),
        (
            source("incomplete", message="Letterboxd showed 300 of 335 films of ana’s watchlist."),
            "Letterboxd showed 300 of 335 films of ana’s watchlist. Nothing was removed. Tried",
        ),
        (
            source("blocked", message="Letterboxd did not let Marquee read page 2.", advice="Wait."),
            "turned Marquee away Letterboxd did not let Marquee read page 2. Nothing was removed. Wait. Tried",
        ),
        (source("rate_limited"), "Letterboxd asked for a pause"),
        (source("disallowed"), "Letterboxd closes this watchlist to programs"),
        (source("private", advice="Set it to “Anyone”."), "Set it to “Anyone”. Letterboxd settings"),
        (source("missing"), "This member was not found"),
        (source("changed"), "Letterboxd changed its pages"),
        (source("unreachable"), "Letterboxd could not be reached"),
    ],
    ids=lambda value: value["state"] if isinstance(value, dict) else "",
)
async def test_every_state_of_the_source_is_said_and_the_films_stay(
    page: Browser, api: FakeApi, state: dict[str, object], said: str
) -> None:
    api.films = [film("Ran")]
    api.sources = [state | {"next_try_at": ahead(minutes=40)}]
    response = await page.get()
    assert said in words(response)
    assert document(response).css(".title a::text").getall() == ["Ran"]


async def test_a_state_that_lasts_says_since_when(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    api.sources = [source("unreachable", since=ago(days=40), next_try_at=ago(minutes=1))]
    times = said_in(document(await page.get()).css(".notice .times"))
    assert re.fullmatch(r"Tried 5 minutes ago , like this since \d+ \w+( \d+)? \.", times)


async def test_a_new_state_says_before_when_it_is_not_tried_again(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    api.sources = [source("blocked", next_try_at=ahead(hours=30))]
    times = said_in(document(await page.get()).css(".notice .times"))
    assert times.startswith("Tried 5 minutes ago , next try not before ")


async def test_nothing_is_said_of_removing_where_there_is_nothing(page: Browser, api: FakeApi) -> None:
    api.sources = [source("blocked", good_at=None)]
    assert "Nothing was removed" not in await page.words()


async def test_a_private_watchlist_that_was_never_read_is_not_called_empty(page: Browser, api: FakeApi) -> None:
    api.sources = [source("private", good_at=None)]
    said = await page.words()
    assert "Nothing to show yet" in said
    assert "is empty" not in said


async def test_a_failed_refresh_gives_its_reason_and_what_comes_next(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    api.runs = {7: run("failed", error={"code": "key_refused", "message": "TMDB does not accept this key"})}
    said = await page.words()
    assert "The last refresh failed TMDB does not accept the key in TMDB_API_KEY." in said
    assert "Put a valid one there and start Marquee again." in said


async def test_the_failed_refresh_stands_above_an_older_trouble_of_the_source(page: Browser, api: FakeApi) -> None:
    api.films, api.sources = [film("Ran")], [source("unreachable")]
    api.runs = {7: run("failed", error={"code": "internal", "message": "The disk is full."})}
    titles = document(await page.get()).css(".notice h2::text").getall()
    assert titles == ["The last refresh failed", "Letterboxd could not be reached"]


async def test_what_the_source_says_is_not_said_twice(page: Browser, api: FakeApi) -> None:
    api.films, api.sources = [film("Ran")], [source("blocked")]
    api.runs = {7: run("partial", error={"code": "blocked", "message": "Letterboxd did not let Marquee in"})}
    api.runs[7]["failures"] = [failure(member="ana", code="blocked")]
    assert document(await page.get()).css(".notice h2::text").getall() == ["Letterboxd turned Marquee away"]


async def test_the_trouble_of_others_is_told_as_theirs(page: Browser, api: FakeApi) -> None:
    api.films, api.usernames = [film("Ran")], ["ana", "ben", "zoe"]
    others = [failure(member="ben", code="private"), failure(member="zoe", code="missing")]
    api.runs = {7: run("partial", members=api.usernames, error=others[0], failures=others, failures_total=2)}
    notice = document(await page.get()).css(".notice")
    assert said_in(notice) == "2 other watchlists could not be read: ben (private), zoe (not found)"
    assert notice.css("a::attr(href)").getall() == ["/?member=ben", "/?member=zoe"]
    assert "calm" in notice.attrib["class"]


async def test_a_feed_of_another_is_no_watchlist_and_each_member_is_counted_once(page: Browser, api: FakeApi) -> None:
    api.films, api.usernames = [film("Ran")], ["ana", "ben", "zoe"]
    failures = [
        failure(member="ben", code="private", source="watchlist"),
        failure(member="ben", code="private", source="rss"),
        failure(member="zoe", code="blocked", source="rss"),
    ]
    api.runs = {7: run("partial", members=api.usernames, error=failures[0], failures=failures, failures_total=3)}
    notices = document(await page.get()).css(".notice")
    assert [said_in(SelectorList([notice])) for notice in notices] == [
        "1 other watchlist could not be read: ben (private)",
        "1 other diary feed could not be read: zoe (turned away)",
    ]


async def test_the_member_is_told_of_a_feed_that_is_as_the_watchlist_is(page: Browser, api: FakeApi) -> None:
    api.films, api.sources = [film("Ran")], [source("blocked", message="No watchlist.", turned_away=True)]
    failures = [
        failure(member="ana", code="blocked", source="watchlist", message="No watchlist."),
        failure(member="ana", code="blocked", source="rss", message="No feed."),
    ]
    api.runs = {7: run("partial", error=failures[0], failures=failures, failures_total=2)}
    said = await page.words()
    assert "could not finish everything No feed. What was known before is kept. Letterboxd turned" in said
    assert said.count("No watchlist.") == 1


@pytest.mark.parametrize("resting", [True, False])
async def test_whoever_turned_marquee_away_can_be_asked_all_the_same(
    page: Browser, api: FakeApi, resting: bool
) -> None:
    api.films = [film("Ran")]
    api.sources = [source("blocked", next_try_at=ahead(hours=6), turned_away=resting)]
    insists = document(await page.get("/?sort=title")).css(".notice form")
    assert insists.css("button::text").getall() == ["Try all the same"] * resting
    if resting:
        assert insists.attrib["action"] == "/refresh?sort=title"
        assert insists.css("button").attrib["name"] == "force"


@pytest.mark.parametrize(("turned_away_from", "offered"), [("film_pages", True), (None, False)])
async def test_film_pages_that_turned_marquee_away_can_be_asked_all_the_same(
    page: Browser, api: FakeApi, turned_away_from: str | None, offered: bool
) -> None:
    fault = failure(code="rate_limited", source=turned_away_from, message="A pause was asked for.")
    api.films, api.runs = [film("Ran")], {7: run("partial", error=fault, failures=[fault])}
    assert bool(document(await page.get()).css(".notice button[name=force]")) is offered


async def test_films_that_failed_are_not_mixed_with_members(page: Browser, api: FakeApi) -> None:
    api.films, api.usernames = [film("Ran")], ["ana", "ben"]
    failures = [failure(member="ben", code="private"), failure(slug="ran", title="Ran"), failure(slug="ikiru")]
    api.runs = {7: run("partial", members=api.usernames, error=failures[0], failures=failures, failures_total=3)}
    titles = document(await page.get()).css(".notice h2::text").getall()
    assert titles == ["2 films could not be looked up", "1 other watchlist could not be read:"]


async def test_a_host_that_was_given_up_is_the_reason_and_its_films_are_below(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    given_up = failure(code="unreachable", message="TMDB answered with an error (503), 5 times in a row.")
    failures = [failure(slug="ran", title="Ran"), given_up]
    api.runs = {7: run("partial", error=given_up, failures=failures, failures_total=2)}
    assert said_in(document(await page.get()).css(".notice")) == (
        "The last refresh could not finish everything TMDB answered with an error (503), 5 times in a row. "
        "1 film could not be looked up Ran: It failed."
    )


async def test_a_trouble_with_the_member_that_is_no_state_of_the_source_is_said(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    mistake = failure(member="ana", code="unexpected", message="Marquee made a mistake (KeyError).")
    api.runs = {7: run("failed", error=mistake, failures=[mistake], failures_total=1)}
    assert "The last refresh failed Marquee made a mistake (KeyError). What was known" in await page.words()


async def test_films_that_could_not_be_looked_up_are_listed_on_demand(page: Browser, api: FakeApi) -> None:
    failed = failure(slug="ran", title="Ran", message="TMDB answered 502")
    api.films, api.runs = [film("Ran")], {7: run("partial", failures=[failed] * 100, failures_total=340)}
    notice = document(await page.get()).css(".notice")
    assert notice.css("details summary h2::text").get() == "340 films could not be looked up"
    lines = notice.css("details li::text").getall()
    assert (lines[0], lines[-1], len(lines)) == ("Ran: TMDB answered 502", "and 310 more", 31)


async def test_the_credits_are_those_that_are_owed(page: Browser) -> None:
    footer = document(await page.get()).css("footer")
    text = " ".join(" ".join(footer.css("*::text").getall()).split())
    notice = (
        "This application uses TMDB and the TMDB APIs but is not endorsed, certified, or otherwise approved by TMDB."
    )
    assert notice in text
    assert footer.css("a[href='https://www.themoviedb.org'] img[alt='TMDB']")
    assert "JustWatch" in text


async def test_without_the_api_the_page_says_so_and_tries_again(page: Browser, api: FakeApi) -> None:
    api.away = True
    response = await page.get()
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert "Marquee is not ready" in words(response)
    assert document(response).css("meta[http-equiv=refresh]::attr(content)").get() == "5"


async def test_without_the_api_a_filter_says_so_in_place(page: Browser, api: FakeApi) -> None:
    api.away = True
    response = await page.fragment("/?q=a", hx_target="films")
    assert (response.status_code, response.headers["hx-retarget"]) == (503, "#flash")
    assert "Marquee is not ready" in response.text
    assert "<html" not in response.text


async def test_a_key_that_the_api_does_not_accept_is_named(page: Browser, api: FakeApi) -> None:
    api.refusals["GET /members"] = (401, "A key is needed.")
    assert "Set API_KEY to the same value for both." in await page.words()


async def test_a_wrong_address_is_a_page(page: Browser) -> None:
    response = await page.get("/nowhere")
    assert response.status_code == 404
    assert "No page of Marquee has this address." in words(response)
