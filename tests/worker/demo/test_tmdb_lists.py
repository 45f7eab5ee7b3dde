"""TMDB's lists of the built-in world, with the quirks of the real ones."""

from typing import Any

import httpx
import pytest

from tests.worker.demo.conftest import Control
from worker.demo.lists import ACCOUNT, STRANGER, token
from worker.demo.world import World

Json = dict[str, Any]


class Caller:
    """An account that asks the demo's TMDB."""

    def __init__(self, client: httpx.AsyncClient, bearer: str) -> None:
        self._client = client
        self._headers = {"authorization": f"Bearer {bearer}"}

    async def __call__(self, method: str, path: str, body: Json | None = None, **params: Any) -> Any:
        """The status of the answer and what it says."""
        url = f"/tmdb/4{path}"
        answer = await self._client.request(method, url, json=body, params=params, headers=self._headers)
        return answer.status_code, answer.json()

    async def made(self, **facts: Any) -> int:
        status, answer = await self("POST", "/list", {"name": "Mine", "iso_639_1": "en", **facts})
        assert status == 201
        return int(answer["id"])


@pytest.fixture
def owner(client: httpx.AsyncClient) -> Caller:
    return Caller(client, token())


@pytest.fixture
def stranger(client: httpx.AsyncClient) -> Caller:
    return Caller(client, token(STRANGER))


def items(world: World, count: int) -> Json:
    keys = sorted(world.titles)[:count]
    return {"items": [{"media_type": media_type, "media_id": tmdb_id} for media_type, tmdb_id in keys]}


@pytest.mark.parametrize(("public", "shown"), [(1, True), (0, False), (False, True), (True, True)])
async def test_only_a_number_makes_a_new_list_private(owner: Caller, public: Any, shown: bool) -> None:
    made = await owner.made(public=public)
    assert (await owner("GET", f"/list/{made}"))[1]["public"] is shown


async def test_a_list_that_is_there_takes_false(owner: Caller) -> None:
    made = await owner.made()
    status, answer = await owner("PUT", f"/list/{made}", {"public": False, "description": "Kept."})
    assert (status, answer["status_code"]) == (201, 12)
    found = (await owner("GET", f"/list/{made}"))[1]
    assert (found["public"], found["description"]) == (False, "Kept.")


async def test_results_are_told_per_item(owner: Caller, world: World) -> None:
    made, body = await owner.made(), items(world, 2)
    await owner("POST", f"/list/{made}/items", {"items": body["items"][:1]})
    body["items"].append({"media_type": "movie", "media_id": 1})
    status, answer = await owner("POST", f"/list/{made}/items", body)
    assert (status, answer["success"]) == (200, True)
    assert [each["success"] for each in answer["results"]] == [False, True, False]
    assert answer["results"][0]["error"] == ["Media has already been taken"]
    gone = (await owner("DELETE", f"/list/{made}/items", body))[1]
    assert [each["success"] for each in gone["results"]] == [True, True, False]
    assert "error" not in gone["results"][2]


async def test_a_read_in_the_same_words_is_old_and_one_in_others_is_not(owner: Caller, world: World) -> None:
    made = await owner.made()
    assert (await owner("GET", f"/list/{made}"))[1]["item_count"] == 0
    await owner("POST", f"/list/{made}/items", items(world, 3))
    assert (await owner("GET", f"/list/{made}"))[1]["item_count"] == 0
    assert (await owner("GET", f"/list/{made}", _="other"))[1]["item_count"] == 3


async def test_pages_have_twenty_titles_in_the_order_of_adding(owner: Caller, world: World) -> None:
    made, body = await owner.made(), items(world, 45)
    body["items"].reverse()
    await owner("POST", f"/list/{made}/items", body)
    pages = [(await owner("GET", f"/list/{made}", page=page))[1] for page in (1, 2, 3)]
    assert [len(page["results"]) for page in pages] == [20, 20, 5]
    shown = [(row["media_type"], row["id"]) for page in pages for row in page["results"]]
    assert shown == [(each["media_type"], each["media_id"]) for each in body["items"]]
    assert (pages[0]["total_pages"], pages[0]["total_results"]) == (3, 45)


async def test_an_accounts_page_has_other_types_and_tells_each_change(owner: Caller, world: World) -> None:
    made = await owner.made(public=0)
    [before] = (await owner("GET", f"/account/{ACCOUNT}/lists"))[1]["results"]
    assert (before["id"], before["public"], before["number_of_items"], before["sort_by"]) == (made, 0, 0, 1)
    await owner("POST", f"/list/{made}/items", items(world, 1))
    [after] = (await owner("GET", f"/account/{ACCOUNT}/lists"))[1]["results"]
    assert (after["number_of_items"], after["updated_at"] > before["updated_at"]) == (1, True)


async def test_another_account_changes_nothing_and_sees_what_is_public(
    owner: Caller, stranger: Caller, world: World
) -> None:
    made, hidden = await owner.made(), await owner.made(public=0)
    assert (await stranger("GET", f"/list/{made}"))[1]["created_by"]["id"] == ACCOUNT
    for status, answer in (
        await stranger("POST", f"/list/{made}/items", items(world, 1)),
        await stranger("DELETE", f"/list/{made}"),
    ):
        assert (status, answer["status_code"]) == (401, 38)
    status, answer = await stranger("GET", f"/list/{hidden}")
    assert (status, answer["status_code"]) == (401, 39)


@pytest.mark.parametrize(
    ("bearer", "code"),
    [(token(may_write=False), 36), ("0123456789abcdef", 7), ("a.b.c", 7)],
    ids=["reader", "key", "?"],
)
async def test_who_may_not_write_is_told_why(client: httpx.AsyncClient, bearer: str, code: int) -> None:
    status, answer = await Caller(client, bearer)("POST", "/list", {"name": "Mine"})
    assert (status, answer["status_code"]) == (401, code)


async def test_what_is_not_on_a_list_is_not_found(owner: Caller, world: World) -> None:
    made = await owner.made()
    await owner("POST", f"/list/{made}/items", items(world, 1))
    [there, absent] = items(world, 2)["items"]
    assert (await owner("GET", f"/list/{made}/item_status", **there))[1]["media_id"] == there["media_id"]
    status, answer = await owner("GET", f"/list/{made}/item_status", **absent)
    assert (status, answer["status_code"]) == (404, 34)
    assert (await owner("GET", f"/list/{made}/clear"))[1]["items_deleted"] == 1
    assert (await owner("DELETE", f"/list/{made}"))[1]["status_code"] == 13
    assert (await owner("GET", f"/list/{made}", _="gone"))[0] == 404


async def test_spam_is_refused_when_it_is_suspected(owner: Caller, control: Control) -> None:
    await control("/tmdb-lists/behaviour", suspects_spam=True)
    status, answer = await owner("POST", "/list", {"name": "Mine"})
    assert (status, answer["status_code"], answer["errors"]) == (400, 18, ["Content is suspected to be spam"])


async def test_a_token_comes_by_approval_once_and_can_be_revoked(client: httpx.AsyncClient) -> None:
    reader = Caller(client, token(may_write=False))
    asked = {"request_token": (await reader("POST", "/auth/request_token", {}))[1]["request_token"]}
    status, answer = await reader("POST", "/auth/access_token", asked)
    assert (status, answer["status_code"]) == (422, 41)
    await client.post("/tmdb/auth/access", params=asked)
    granted = (await reader("POST", "/auth/access_token", asked))[1]
    assert granted["account_id"] == ACCOUNT
    writer = Caller(client, granted["access_token"])
    assert (await writer("POST", "/list", {"name": "Mine"}))[0] == 201
    assert (await reader("POST", "/auth/access_token", asked))[0] == 401, "it was used"
    await reader("DELETE", "/auth/access_token", {"access_token": granted["access_token"]})
    assert (await writer("POST", "/list", {"name": "Mine"}))[0] == 401
