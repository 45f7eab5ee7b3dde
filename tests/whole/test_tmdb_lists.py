"""Lists on TMDB through the real API, worker, queue, database and upstream."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.db.engine import Database
from tests.drivers.marquee import Marquee, running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey
from tests.worker.sync.tmdb_lists.librarian import Librarian
from worker.demo.lists import ACCOUNT, token
from worker.demo.world import World

PATH = "/api/v1/tmdb-lists"
ACCOUNT_PATH = "/api/v1/tmdb-account"
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
KEEPING: dict[str, Any] = {"TMDB_SYNC_ENABLED": "true", "TMDB_V4_ACCESS_TOKEN": token()}


@pytest.fixture
async def marquee(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> AsyncIterator[Marquee]:
    """Marquee with one worker, which keeps lists for ana and bea."""
    settings = KEEPING | {"LETTERBOXD_USERNAME": "ana,bea", "TMDB_SYNC_LIMIT": "1000"}
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, **settings) as marquee:
        yield marquee


@pytest.fixture
async def librarian(marquee: Marquee, upstream: Upstream) -> AsyncIterator[Librarian]:
    """Says what members love in the database of that Marquee."""
    database = Database(marquee.settings["DATABASE_URL"])
    yield Librarian(database, upstream, World.ordinary())
    await database.close()


async def test_lists_are_foretold_made_and_kept_in_step(
    marquee: Marquee, librarian: Librarian, upstream: Upstream
) -> None:
    titles = librarian.titles
    await librarian.loves("ana", titles[:40])
    await librarian.loves("bea", titles[40:50])
    foretold = await marquee.sync_lists(dry_run=True)
    assert [(each["member"], each["added"]) for each in foretold["lists"]] == [("ana", 40), ("bea", 10)]
    assert (await marquee.client.get(PATH)).json()["items"] == await upstream.tmdb_lists() == []

    first = await marquee.sync_lists()
    assert (first["state"], first["done"], first["total"]) == ("succeeded", 50, 50)
    assert [each.items for each in await upstream.tmdb_lists()] == [titles[:40], titles[40:50]]
    [anas, beas] = (await marquee.client.get(PATH)).json()["items"]
    assert (anas["items"], anas["state"], anas["message"]) == (40, "succeeded", None)
    assert anas["url"].endswith(f"/list/{anas['tmdb_id']}")
    assert (await marquee.client.get(anas["url"])).status_code == 200

    await upstream.forget_requests()
    again = await marquee.sync_lists()
    assert [each["kept"] for each in again["lists"]] == [40, 10]
    assert await upstream.requests("/4/") <= 2

    await upstream.change_list(anas["tmdb_id"], "remove", titles[0])
    mended = await marquee.sync_lists(members=["ana"])
    assert (mended["lists"][0]["added"], mended["lists"][0]["reordered"]) == (1, 39)
    assert (await upstream.tmdb_lists())[0].items == titles[:40]

    assert (await marquee.client.delete(f"{PATH}/{beas['id']}")).status_code == 204
    assert [each["member"] for each in (await marquee.client.get(PATH)).json()["items"]] == ["ana"]
    assert len(await upstream.tmdb_lists()) == 2


async def test_a_sync_whose_worker_is_killed_between_batches_ends_in_the_right_list(
    marquee: Marquee, librarian: Librarian, upstream: Upstream
) -> None:
    wanted = librarian.titles[:500]
    await librarian.loves("ana", wanted)
    await upstream.slow_answers("/4/list/*", 1.0, method="POST", after=1)
    run = await marquee.order_lists(members=["ana"])
    await marquee.lists_until(run, lambda run: 0 < run["done"] < 500, "the first batch")
    await marquee.workers[0].kill()
    await upstream.clear()
    await marquee.start_worker()
    resumed = await marquee.lists_ended(run)
    assert (resumed["state"], resumed["lists"][0]["state"]) == ("succeeded", "succeeded")
    [made] = await upstream.tmdb_lists()
    assert made.items == wanted


async def test_a_429_in_the_middle_of_the_batches_is_waited_for(
    marquee: Marquee, librarian: Librarian, upstream: Upstream
) -> None:
    wanted = librarian.titles[:500]
    await librarian.loves("ana", wanted)
    await upstream.slow_down("/4/list/*", retry_after=1, method="POST", after=1)
    run = await marquee.lists_ended(await marquee.order_lists(members=["ana"]))
    assert (run["state"], run["lists"][0]["failed"]) == ("succeeded", [])
    [made] = await upstream.tmdb_lists()
    assert made.items == wanted


async def test_a_token_that_may_not_write_is_named_and_nothing_is_made(
    tmp_path: Path, valkey: Valkey, upstream: Upstream
) -> None:
    settings = KEEPING | {"LETTERBOXD_USERNAME": "ana", "TMDB_V4_ACCESS_TOKEN": token(may_write=False)}
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, **settings) as marquee:
        database = Database(marquee.settings["DATABASE_URL"])
        librarian = Librarian(database, upstream, World.ordinary())
        await librarian.loves("ana", librarian.titles[:3])
        await database.close()
        run = await marquee.sync_lists()
    assert run["state"] == "failed"
    assert "write" in f"{run['message']} {run['lists'][0]['message']}"
    assert await upstream.tmdb_lists() == []


async def test_a_refresh_brings_the_lists_of_its_members_in_step(
    tmp_path: Path, valkey: Valkey, upstream: Upstream
) -> None:
    settings = KEEPING | {"LETTERBOXD_USERNAME": "solo,frank", "TMDB_SYNC_LIMIT": "5"}
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, **settings) as marquee:
        assert (await marquee.refresh("frank")).status == "succeeded"
        history = f"{PATH}/syncs"

        async def is_there() -> bool:
            return bool((await marquee.client.get(history)).json()["total"])

        await marquee.until(is_there, "the sync after the refresh")
        [run] = (await marquee.client.get(history)).json()["items"]
        run = await marquee.lists_ended(run)
        assert (run["trigger"], run["members"], run["state"]) == ("refresh", ["frank"], "succeeded")
        top = (await marquee.get("/api/v1/members/frank/top-rated?limit=5"))["items"]
        [made] = await upstream.tmdb_lists()
        assert made.items == [(film.media_type, film.tmdb_id) for film in top if film.tmdb_id]
        assert len(top) == 5


async def test_a_person_approves_without_a_password(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> None:
    settings: dict[str, Any] = {"TMDB_SYNC_ENABLED": "true", "TOKEN_KEY": KEY, "TMDB_API_KEY": token(may_write=False)}
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, **settings) as marquee:
        client = marquee.client
        assert (await client.post(f"{PATH}/sync")).json()["code"] == "not_set_up"
        asked = (await client.post(f"{ACCOUNT_PATH}/approval")).json()
        pending = (await client.get(ACCOUNT_PATH)).json()
        assert (pending["connected"], pending["pending_until"]) == (False, asked["expires_at"])
        early = await client.post(f"{ACCOUNT_PATH}/approval/finish")
        assert (early.status_code, "Nobody has approved Marquee on TMDB yet" in early.text) == (409, True)
        async with httpx.AsyncClient() as browser:
            assert "Approve" in (await browser.get(asked["url"])).text
            assert "Approved" in (await browser.post(asked["url"])).text
        account = (await client.post(f"{ACCOUNT_PATH}/approval/finish")).json()
        assert (account["connected"], account["account_id"], account["from"]) == (True, ACCOUNT, "stored")
        assert (await marquee.sync_lists())["state"] == "succeeded"
        stored = (tmp_path / "marquee.db").read_bytes()
        assert b"eyJ" not in stored, "tokens are encrypted"
        gone = (await client.delete(ACCOUNT_PATH)).json()
        assert (gone["connected"], gone["message"]) == (False, "No account is connected.")
        assert await upstream.requests("/4/auth/access_token") == 3
        for child in ("api", "worker-1"):
            assert "eyJ" not in (tmp_path / f"{child}.log").read_text()
