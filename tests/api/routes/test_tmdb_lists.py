"""Lists on TMDB as the API tells them, and what it takes to ask for a sync."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.db import tmdb_syncs
from api.db.engine import Database
from api.db.tables import tmdb_sync_lists
from api.db.tmdb_syncs import SyncOrder
from tests.api.conftest import NOBODY, Serve
from tests.drivers.valkey import Valkey
from worker.demo.lists import ACCOUNT, token

PATH = "/api/v1/tmdb-lists"


@pytest.fixture
async def ready(serve: Serve, database: Database, valkey: Valkey) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an API that may keep lists, with a queue and no worker."""
    settings = {"tmdb_sync_enabled": True, "tmdb_v4_access_token": token(), "tmdb_sync_limit": 30}
    async with serve(redis_url=valkey.url, **settings) as client:
        yield client


async def sync(client: httpx.AsyncClient, **body: Any) -> Any:
    answer = await client.post(f"{PATH}/sync", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def begun(database: Database, sync_id: int) -> SyncOrder:
    """The run as a worker finds it."""
    async with database.write() as db:
        rows = await tmdb_syncs._entries(db, tmdb_sync_lists.c.sync_id == sync_id)
        return SyncOrder(id=sync_id, owner="", dry_run=False, attempts=0, entries=rows)


async def test_a_sync_of_everybody_is_a_list_for_each_member(ready: httpx.AsyncClient, database: Database) -> None:
    answer = await ready.post(f"{PATH}/sync")
    run = answer.json()
    assert (answer.status_code, run["state"], run["members"], run["dry_run"]) == (
        202,
        "queued",
        ["alice", "bob"],
        False,
    )
    assert answer.headers["location"] == f"{PATH}/syncs/{run['id']}"
    assert int(answer.headers["retry-after"]) > 0
    assert [each["name"] for each in run["lists"]] == ["alice's Top Rated Movies", "bob's Top Rated Movies"]
    [first, _] = (await begun(database, run["id"])).entries
    assert (first.order.most, first.order.sort_by, first.order.sort_order) == (30, "rating", "desc")


async def test_the_same_order_that_waits_is_not_given_twice(ready: httpx.AsyncClient) -> None:
    first = await sync(ready, members=["alice"])
    assert (await sync(ready, members=["ALICE"]))["id"] == first["id"]
    again = await sync(ready, members=["alice"])
    assert (again["id"], again["already_running"]) == (first["id"], True)
    other = await sync(ready, members=["alice"], limit=5)
    assert (other["id"] != first["id"], other["already_running"]) == (True, False)
    history = (await ready.get(f"{PATH}/syncs")).json()
    assert [run["id"] for run in history["items"]] == [other["id"], first["id"]]
    assert (await ready.get(f"{PATH}/syncs/{other['id']}")).json()["lists"][0]["state"] == "waiting"


async def test_a_filter_of_films_is_kept_as_it_is_meant(ready: httpx.AsyncClient, database: Database) -> None:
    body = {"kind": "films", "name": "Old dramas", "query": "genre=Drama&year_max=1990&member=bob&offer=rent&offer=buy"}
    run = await sync(ready, **body, sort_by="popularity", sort_order="asc")
    assert run["members"] == ["alice"], "who owns it, where nobody is named"
    [entry] = (await begun(database, run["id"])).entries
    filters = entry.order.filters or {}
    assert (filters["genres"], filters["year_max"], filters["members"]) == (["drama"], 1990, ["bob"])
    assert (filters["offers"], filters["countries"]) == (["rent", "buy"], ["GB", "DE"])
    assert (entry.order.sort_by, entry.order.sort_order, entry.order.query) == ("popularity", "asc", body["query"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "films", "query": "genre=Drama"}, "name"),
        ({"query": "genre=Drama"}, "query"),
        ({"kind": "films", "name": "x", "query": "colour=red"}, "query"),
        ({"kind": "films", "name": "x", "query": "year_min=soon"}, "query"),
        ({"kind": "films", "name": "x", "query": "year_min=1700"}, "query"),
        ({"kind": "films", "name": "x", "query": "year_min=1990&year_min=1991"}, "query"),
        ({"kind": "films", "name": "x", "query": "member=nobody"}, "query"),
        ({"kind": "films", "name": "x", "query": "q=%00"}, "query"),
        ({"sort_by": "popularity"}, "sort_by"),
        ({"kind": "films", "name": "x", "sort_by": "position"}, "sort_by"),
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"mode": "replace"}, "mode"),
        ({"name": " "}, "name"),
        ({"members": []}, "members"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_cannot_be_ordered_is_refused_by_its_field(
    ready: httpx.AsyncClient, body: dict[str, Any], field: str
) -> None:
    answer = await ready.post(f"{PATH}/sync", json=body)
    assert answer.status_code == 400, answer.text
    assert [error["field"].partition("[")[0] for error in answer.json()["errors"]] in ([field], ["body"])


async def test_what_is_wrong_with_a_filter_is_said_in_words(ready: httpx.AsyncClient) -> None:
    answer = await ready.post(f"{PATH}/sync", json={"kind": "films", "name": "x", "query": "year_min=soon"})
    assert answer.json()["errors"] == [{"field": "query", "message": "year_min: must be a whole number"}]


async def test_a_member_whom_nobody_follows_is_absent(ready: httpx.AsyncClient) -> None:
    assert (await ready.post(f"{PATH}/sync", json={"members": ["nobody"]})).status_code == 404


@pytest.mark.parametrize(
    ("settings", "setting", "words"),
    [
        ({}, "TMDB_SYNC_ENABLED", "TMDB_SYNC_ENABLED is not set to true"),
        ({"tmdb_sync_enabled": True}, "TMDB_V4_ACCESS_TOKEN", "no account is connected"),
    ],
)
async def test_what_is_not_set_up_is_told_with_what_to_do(
    serve: Serve, database: Database, settings: dict[str, Any], setting: str, words: str
) -> None:
    async with serve(redis_url=NOBODY, **settings) as client:
        answer = await client.post(f"{PATH}/sync")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "not_set_up")
    assert words in problem["detail"]
    assert problem["errors"][0]["field"] == setting
    assert "retry-after" in answer.headers


async def test_without_redis_nothing_is_ordered(serve: Serve, database: Database) -> None:
    async with serve(redis_url=NOBODY, tmdb_sync_enabled=True, tmdb_v4_access_token=token()) as client:
        assert (await client.post(f"{PATH}/sync")).status_code == 503
        assert (await client.get(f"{PATH}/syncs")).json()["total"] == 0


async def test_what_is_not_there_is_absent(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{PATH}/syncs/1")).status_code == 404
    assert (await client.delete(f"{PATH}/1")).status_code == 404
    assert (await client.get(PATH)).json()["items"] == []


async def test_the_account_of_a_token_in_the_settings_is_told_and_not_the_token(
    serve: Serve, database: Database
) -> None:
    async with serve(tmdb_v4_access_token=token(), tmdb_sync_enabled=True) as client:
        answer = await client.get("/api/v1/tmdb-account")
        account = answer.json()
        refused = [await client.post(f"/api/v1/tmdb-account/{path}") for path in ("approval", "approval/finish")]
        refused.append(await client.delete("/api/v1/tmdb-account"))
    assert (account["connected"], account["account_id"], account["from"]) == (True, ACCOUNT, "environment")
    assert token() not in answer.text
    assert [each.status_code for each in refused] == [409, 409, 409]


async def test_without_a_key_for_tokens_nobody_is_asked_to_approve(serve: Serve, database: Database) -> None:
    async with serve() as client:
        account = (await client.get("/api/v1/tmdb-account")).json()
        answer = await client.post("/api/v1/tmdb-account/approval")
    assert (account["connected"], account["from"], account["can_approve"]) == (False, None, False)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (503, "TOKEN_KEY")
    assert "base64.urlsafe_b64encode(os.urandom(32))" in answer.json()["detail"]
