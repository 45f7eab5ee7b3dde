"""The lists on TMDB that follow a member, as a part of the member's page."""

import json
from typing import Any

import httpx
import pytest
from parsel import SelectorList

from tests.web.conftest import HTMX, SAME_ORIGIN, Browser, document, said_in, words
from tests.web.fake_api import FakeApi, ago, ahead, source, sync, synced, tmdb_list

TITLES = [{"title": "Ran", "year": 1985, "media_type": "movie", "tmdb_id": 11645}]


async def lists(page: Browser, query: str = "") -> SelectorList[Any]:
    return document(await page.get(f"/members/ana{query}")).css("#lists")


@pytest.fixture(autouse=True)
def read(api: FakeApi) -> None:
    """Ana was read: there is something to list."""
    api.sources = [source(source="profile"), source(id=2, source="films")]


async def send(page: Browser, path: str, *, htmx: bool = True, **form: str) -> httpx.Response:
    return await page.http.post(f"/members/ana/lists{path}", data=form, headers=SAME_ORIGIN | (HTMX if htmx else {}))


def ordered(api: FakeApi) -> Any:
    return json.loads(next(each.content for each in api.asked if each.url.path.endswith("/tmdb-lists/sync")))


async def test_a_list_stands_with_its_state_and_what_is_not_on_it(page: Browser, api: FakeApi) -> None:
    api.tmdb_lists = [
        tmdb_list(not_matched=[{"slug": "dekalog", "title": "Dekalog"}], message="One film was left out."),
        tmdb_list("ben's", id=4, member="ben"),
    ]
    [shelf] = (await lists(page)).css(".shelf")
    assert shelf.css("h3 a::attr(href)").get() == "https://tmdb.test/list/8001"
    assert said_in(shelf.css(".badge")) == "In step"
    assert said_in(shelf.css(".facts")) == "From films rated and liked 20 titles Synced 2 hours ago"
    assert said_in(shelf.css(".reason")) == "One film was left out."
    assert said_in(shelf.css("details")) == "1 film without a title on TMDB Dekalog"


async def test_before_there_is_a_list_the_first_can_be_had(page: Browser, api: FakeApi) -> None:
    shelf = (await lists(page)).css(".shelf")
    assert said_in(shelf.css("h3, .badge")) == "ana’s Top Rated Movies Not synced yet"
    await send(page, "", list="0", sync="1")
    assert ordered(api) == {"members": ["ana"], "kind": "top_rated", "mode": "mirror", "dry_run": False}


async def test_a_list_is_synced_as_it_is_kept(page: Browser, api: FakeApi) -> None:
    api.tmdb_lists = [tmdb_list("Wanted", kind="watchlist", public=False, limit=7, sort_by="added", mode="add")]
    await send(page, "", list="3", preview="1")
    assert ordered(api) == {
        "members": ["ana"],
        "kind": "watchlist",
        "name": "Wanted",
        "public": False,
        "mode": "add",
        "limit": 7,
        "sort_by": "added",
        "sort_order": "desc",
        "dry_run": True,
    }


async def test_a_sync_shows_how_far_it_is_until_it_has_ended(page: Browser, api: FakeApi) -> None:
    part = document(await send(page, "", list="0", sync="1")).css("#lists")
    assert (part.attrib["hx-get"], part.attrib["hx-trigger"]) == ("/members/ana/lists?sync=5", "every 1s")
    assert said_in(part.css("label")) == "Waiting to start"
    assert not part.css("form")
    api.syncs[5] = sync("running", done=4, total=20)
    part = document(await page.fragment("/members/ana/lists?sync=5")).css("#lists")
    assert part.css("progress").attrib == {"id": "sync-progress", "max": "20", "value": "4"}
    api.syncs[5] = sync("succeeded", synced(added=2, removed=1, kept=17))
    response = await page.fragment("/members/ana/lists?sync=5")
    part = document(response).css("#lists")
    assert "hx-get" not in part.attrib
    assert "2 titles added, 1 removed, 17 stayed." in said_in(part.css(".synced"))
    assert said_in(document(response).css("#lists-status")) == "2 titles added, 1 removed, 17 stayed."


async def test_a_preview_names_all_that_would_be_changed_and_what_cannot_be_listed(page: Browser, api: FakeApi) -> None:
    removals = [{"title": "Cats", "year": None, "media_type": "tv", "tmdb_id": 1}]
    unmatched = [{"slug": "dekalog", "title": "Dekalog"}]
    told = synced(added=1, removed=1, reordered=3, kept=9, additions=TITLES, removals=removals, not_matched=unmatched)
    api.syncs[5] = sync("succeeded", told, dry_run=True)
    report = (await lists(page, "?sync=5")).css(".synced")
    assert said_in(report.css("p")) == "1 title to add, 1 to remove, 3 to move, 9 stay. Nothing was changed."
    assert [said_in(each) for each in report.css("details")] == [
        "To add (1) Ran (1985)",
        "To remove (1) Cats",
        "1 film without a title on TMDB Dekalog",
    ]
    assert report.css(".titles a::attr(href)").getall() == [
        "https://www.themoviedb.org/movie/11645",
        "https://www.themoviedb.org/tv/1",
        "/films/dekalog",
    ]


async def test_what_tmdb_did_not_take_and_why_a_list_failed_is_said(page: Browser, api: FakeApi) -> None:
    refused = [{"title": "Ran", "message": "TMDB knows no such title."}]
    failed = synced("Other", state="failed", message="The token may not write.")
    api.syncs[5] = sync("partial", synced(state="partial", failed=refused, kept=4), failed)
    reports = (await lists(page, "?sync=5")).css(".synced")
    assert "TMDB did not take: Ran: TMDB knows no such title." in said_in(reports[0])
    assert said_in(reports[1]) == "Sync: Other The token may not write."


async def test_where_lists_are_switched_off_the_page_says_what_to_do(page: Browser, api: FakeApi) -> None:
    api.account |= {"enabled": False, "message": "TMDB_SYNC_ENABLED is not set to true."}
    part = await lists(page)
    assert "TMDB_SYNC_ENABLED is not set to true." in said_in(part)
    assert not part.css("button")


async def test_an_account_is_connected_by_an_approval_on_tmdb(page: Browser, api: FakeApi) -> None:
    api.account["connected"] = False
    assert said_in((await lists(page)).css("button")) == "Connect TMDB account"
    part = document(await send(page, "/approval")).css("#lists")
    way = part.css("#to-approval")
    assert way.attrib["href"] == "https://tmdb.test/auth/access?request_token=t"
    assert (way.attrib["target"], way.attrib["rel"]) == ("_blank", "noopener noreferrer")
    assert part.css("form::attr(action)").getall() == ["/members/ana/lists/approval/finish"]
    part = document(await send(page, "/approval/finish")).css("#lists")
    assert part.css(".shelf")


async def test_an_approval_that_was_asked_for_can_be_finished_later(page: Browser, api: FakeApi) -> None:
    api.account |= {"connected": False, "pending_until": ahead(minutes=5)}
    buttons = (await lists(page)).css("button")
    assert [said_in(each) for each in buttons] == ["I have approved", "Ask for a new approval"]
    api.account["pending_until"] = ago(minutes=1)
    assert said_in((await lists(page)).css("button")) == "Connect TMDB account"


async def test_an_account_that_the_page_cannot_connect_is_not_offered(page: Browser, api: FakeApi) -> None:
    api.account |= {"connected": False, "can_approve": False, "message": "TOKEN_KEY is not set."}
    part = await lists(page)
    assert "TOKEN_KEY is not set." in said_in(part)
    assert not part.css("button")


@pytest.mark.parametrize(
    ("path", "refused", "status"),
    [
        ("", "/tmdb-lists/sync", 503),
        ("/approval", "/tmdb-account/approval", 503),
        ("/approval/finish", "/tmdb-account/approval/finish", 409),
    ],
)
async def test_what_is_refused_is_said_in_its_place(
    page: Browser, api: FakeApi, path: str, refused: str, status: int
) -> None:
    api.refusals[f"POST {refused}"] = (status, "Nobody approved it yet.")
    for htmx in (True, False):
        part = document(await send(page, path, htmx=htmx)).css("#lists")
        assert said_in(part.css("[role=alert]")) == "Nobody approved it yet."
    if path:
        assert (await page.get(f"/members/ana/lists{path}")).headers["location"] == "/members/ana#lists"


async def test_it_works_without_javascript(page: Browser, api: FakeApi) -> None:
    response = await send(page, "", htmx=False, list="0", sync="1")
    assert (response.status_code, response.headers["location"]) == (303, "/members/ana?sync=5#lists")
    shown = document(await page.get("/members/ana?sync=5"))
    assert shown.css("noscript meta").get()
    assert shown.css("#lists progress").get()
    api.account["connected"] = False
    assert "Approve on TMDB" in words(await send(page, "/approval", htmx=False))


async def test_a_page_whose_api_has_no_lists_shows_none(page: Browser, api: FakeApi) -> None:
    api.refusals["GET /tmdb-account"] = (404, "There is nothing here.")
    response = await page.get("/members/ana")
    assert response.status_code == 200
    assert not document(response).css("#lists")


async def test_while_the_api_is_away_a_sync_is_asked_for_again(page: Browser, api: FakeApi) -> None:
    api.away = True
    part = document(await page.fragment("/members/ana/lists?sync=5")).css("#lists")
    assert (part.attrib["hx-get"], part.attrib["hx-trigger"]) == ("/members/ana/lists?sync=5", "every 5s")
