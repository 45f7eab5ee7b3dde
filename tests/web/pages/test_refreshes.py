"""Refreshing from the page: with htmx as a live bar, and without JavaScript."""

import json
import re

import httpx
import pytest

from tests.web.conftest import HTMX, SAME_ORIGIN, Browser, document, words
from tests.web.fake_api import FakeApi, ago, film, run

BAR = "/refreshes/7/bar"


async def test_the_button_works_without_javascript_and_keeps_the_view(page: Browser, api: FakeApi) -> None:
    action = document(await page.get("/?q=ran&sort=title")).css("#refresh form::attr(action)").get("")
    assert action == "/refresh?q=ran&sort=title"
    response = await page.post(action)
    assert (response.status_code, response.headers["location"]) == (303, "/?q=ran&sort=title")
    assert api.paths("POST") == ["/refreshes"]


async def test_a_refresh_insists_only_where_somebody_said_so(page: Browser, api: FakeApi) -> None:
    await page.post("/refresh", **HTMX)
    await page.http.post("/refresh", data={"force": "true"}, headers=SAME_ORIGIN | HTMX)
    sent = [json.loads(each.content) for each in api.asked if each.method == "POST"]
    assert sent == [{"force": False}, {"force": True}]


async def test_where_to_go_back_to_cannot_be_another_site(page: Browser) -> None:
    response = await page.post("/refresh?member=//evil.test&next=//evil.test")
    assert response.headers["location"].startswith("/?member=")


async def test_while_it_runs_a_page_without_javascript_loads_itself_again(page: Browser, api: FakeApi) -> None:
    api.runs = {7: run()}
    assert document(await page.get()).css("head noscript meta[http-equiv=refresh]")
    api.runs = {7: run("succeeded")}
    assert not document(await page.get()).css("meta[http-equiv=refresh]")


async def test_the_button_turns_into_a_bar(page: Browser, api: FakeApi) -> None:
    response = await page.post("/refresh", **HTMX)
    bar = document(response).css("#refresh")
    assert bar.attrib["hx-trigger"] == "every 1s"
    assert bar.attrib["hx-swap"] == "outerHTML"
    assert "Waiting to start" in words(response)
    assert document(response).css("#refresh-status[hx-swap-oob]::text").get() == "Refresh started."


async def test_a_page_opened_in_the_middle_shows_the_bar_at_once(page: Browser, api: FakeApi) -> None:
    api.runs = {7: run()}
    response = await page.get()
    progress = document(response).css("progress")
    assert (progress.attrib["max"], progress.attrib["value"]) == ("123", "37")
    assert "Finding where films stream" in words(response)
    assert "37 of 123 · about 2 minutes left" in words(response)


async def test_a_reading_of_several_watchlists_does_not_pretend_to_know_its_end(page: Browser, api: FakeApi) -> None:
    api.runs = {7: run(stage="reading", members=["ana", "ben"], done=20, total=335)}
    said = words(await page.get())
    assert "Reading and looking up" in said
    assert "20 of at least 335" in said
    assert "left" not in said


async def test_the_bar_asks_on_until_the_end_and_then_seldom(page: Browser, api: FakeApi) -> None:
    api.runs = {7: run()}
    address = document(await page.get()).css("#refresh::attr(hx-get)").get("")
    bar = await page.fragment(address)
    assert document(bar).css("#refresh[hx-trigger]")
    api.runs = {7: run("succeeded", done=123, counts={"added": 4, "removed": 1, "arrived": 3})}
    last = await page.fragment(document(bar).css("#refresh::attr(hx-get)").get(""))
    assert last.status_code == 200
    assert document(last).css("#refresh::attr(hx-trigger)").get() == "every 60s"
    assert document(last).css("#refresh button span::text").get() == "Refresh"
    assert last.headers["hx-trigger"] == "films-changed"
    said = "Refresh finished: 4 films added, 1 removed, 3 offers arrived."
    assert document(last).css("#refresh-status::text").get() == said
    assert "4 films added, 1 removed, 3 offers arrived." in words(last)


async def test_a_page_left_open_notices_a_refresh_that_it_did_not_start(page: Browser, api: FakeApi) -> None:
    def address(response: httpx.Response) -> str:
        return document(response).css("#refresh::attr(hx-get)").get("")

    first = await page.get()
    assert (await page.fragment(address(first))).status_code == 204
    api.runs = {7: run()}
    begun = await page.fragment(address(first))
    assert document(begun).css("#refresh::attr(hx-trigger)").get() == "every 1s"
    assert "hx-trigger" not in begun.headers
    api.runs = {7: run("succeeded")}
    ended = await page.fragment(address(first))
    assert ended.headers["hx-trigger"] == "films-changed"
    assert (await page.fragment(address(ended))).status_code == 204
    api.away = True
    assert (await page.fragment(address(ended))).status_code == 204


async def test_films_are_loaded_now_and_then_while_there_are_new_ones(page: Browser, api: FakeApi) -> None:
    api.runs = {7: run(done=0)}
    address = document(await page.get()).css("#refresh::attr(hx-get)").get("")
    loaded = []
    for poll in range(1, 10):
        api.runs[7]["done"] = min(poll, 5)
        bar = await page.fragment(address)
        loaded.append("hx-trigger" in bar.headers)
        address = document(bar).css("#refresh::attr(hx-get)").get("")
    assert loaded == [False, False, True, False, False, True, False, False, False]


async def test_progress_is_read_out_at_the_quarters_only(page: Browser, api: FakeApi) -> None:
    api.runs = {7: run(percent=0)}
    address = document(await page.get()).css("#refresh::attr(hx-get)").get("")
    said = []
    for percent in (3, 26, 27, 49, 51, 99, 99):
        api.runs[7]["percent"] = percent
        bar = await page.fragment(address)
        said += [text for text in document(bar).css("#refresh-status::text").getall() if text]
        address = document(bar).css("#refresh::attr(hx-get)").get("")
    assert [re.findall(r"\d+", text) for text in said] == [["25"], ["50"], ["75"]]


async def test_a_bar_of_an_unknown_run_ends(page: Browser) -> None:
    response = await page.fragment(BAR)
    assert response.status_code == 200
    assert document(response).css("#refresh::attr(hx-trigger)").get() == "every 60s"
    assert document(response).css("#refresh button")


async def test_a_bar_waits_for_an_api_that_is_away(page: Browser, api: FakeApi) -> None:
    api.runs = {7: run()}
    api.away = True
    waiting = await page.fragment(f"{BAR}?seen=enriching-1-0&polls=1&said=25")
    assert waiting.status_code == 200
    assert "Marquee does not answer" in words(waiting)
    address = document(waiting).css("#refresh[hx-trigger]::attr(hx-get)").get("")
    assert "said=25" in address
    api.away = False
    assert "37 of 123" in words(await page.fragment(address))


@pytest.mark.parametrize("query", ["?polls=x&said=-1&seen=", "?polls=99999999999&said=9e9", "?seen=" + "a" * 5000])
async def test_a_bar_with_a_strange_address_is_a_bar(page: Browser, api: FakeApi, query: str) -> None:
    api.runs = {7: run()}
    response = await page.fragment(BAR + query)
    assert response.status_code == 200
    assert len(response.text) < 3000


async def test_a_run_that_nobody_takes_up_says_why(page: Browser, api: FakeApi) -> None:
    api.runs = {7: run("queued", created_at=ago(minutes=1), total=0)}
    assert "The worker, the part of Marquee that reads, does not run." in await page.words()


async def test_a_running_refresh_can_be_cancelled(page: Browser, api: FakeApi) -> None:
    api.runs = {7: run()}
    button = document(await page.get()).css("#refresh form")
    response = await page.post(button.attrib["hx-post"], **HTMX)
    assert api.paths("POST") == ["/refreshes/7/cancel"]
    assert "Cancelling" in words(response)
    assert "left" not in words(response)
    assert document(response).css("#refresh button[aria-disabled]::text").get() == "Cancel"
    address = document(response).css("#refresh::attr(hx-get)").get("")
    assert "Cancelling" in words(await page.fragment(address))
    api.runs = {7: run("cancelled")}
    assert "Refresh cancelled" in words(await page.fragment(address))


async def test_cancelling_works_without_javascript(page: Browser, api: FakeApi) -> None:
    api.runs = {7: run()}
    action = document(await page.get("/?sort=title")).css("#refresh form::attr(action)").get("")
    response = await page.post(action)
    assert (response.status_code, response.headers["location"]) == (303, "/?sort=title&stopping=7")
    assert "Cancelling" in await page.words(response.headers["location"])
    api.runs = {8: run() | {"id": 8}}
    assert "Cancelling" not in await page.words(response.headers["location"])


async def test_cancelling_what_has_ended_shows_how_it_ended(page: Browser, api: FakeApi) -> None:
    api.runs = {7: run("succeeded")}
    api.refusals["POST /refreshes/7/cancel"] = (409, "It has ended.")
    response = await page.post("/refreshes/7/cancel", **HTMX)
    assert response.status_code == 200
    assert "Refresh finished" in words(response)


async def test_without_redis_the_button_says_so(page: Browser, api: FakeApi) -> None:
    api.refusals["POST /refreshes"] = (503, "Redis is not available: connection refused.")
    response = await page.post("/refresh", **HTMX)
    assert (response.status_code, response.headers["hx-retarget"]) == (503, "#flash")
    assert response.headers["hx-reswap"] == "innerHTML"
    assert "No refresh can start now The queue (Valkey or Redis) does not answer." in words(response)


async def test_a_refresh_too_soon_after_another_is_told_when_to_come_back(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    said = "The last refresh began not long ago. The next one can start in 40 seconds."
    api.refusals["POST /refreshes"] = (429, said)
    response = await page.post("/refresh", **HTMX)
    assert (response.status_code, response.headers["hx-retarget"]) == (429, "#flash")
    assert f"Not so soon {said}" in words(response)
    response = await page.post("/refresh")
    assert (response.status_code, said in words(response)) == (429, True)
    assert document(response).css(".title a::text").getall() == ["Ran"]


async def test_without_redis_and_without_javascript_the_page_stays_and_says_so(page: Browser, api: FakeApi) -> None:
    api.films = [film("Ran")]
    api.refusals["POST /refreshes"] = (503, "Redis is not available: connection refused.")
    response = await page.post("/refresh?sort=title")
    assert response.status_code == 503
    assert "does not answer. The films that are shown stay." in words(response)
    assert document(response).css(".title a::text").getall() == ["Ran"]


@pytest.mark.parametrize(
    ("status", "counts", "said"),
    [
        ("succeeded", {}, "Refresh finished just now: nothing changed."),
        ("succeeded", {"removed": 1, "left": 2}, "Refresh finished just now: 1 film removed, 2 offers left."),
        ("partial", {"added": 2}, "Refresh partly done just now: 2 films added."),
        ("cancelled", {}, "Refresh cancelled just now: nothing changed."),
        ("failed", {"found": 28, "added": 28}, "Refresh failed just now: 28 films read."),
    ],
)
async def test_the_last_refresh_says_what_it_changed(
    page: Browser, api: FakeApi, status: str, counts: dict[str, int], said: str
) -> None:
    api.runs = {7: run(status, counts=counts)}
    assert said in (await page.words()).replace(" :", ":")


async def test_what_changed_on_several_watchlists_is_told_as_of_several(page: Browser, api: FakeApi) -> None:
    api.runs = {7: run("succeeded", members=["ana", "ben"], counts={"removed": 2})}
    assert "Refresh of 2 watchlists finished just now : 2 films removed." in await page.words()
