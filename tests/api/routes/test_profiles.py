"""Members as the API shows them, and following one more or one less."""

from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import func, select

from api.db import members, profiles, refreshes
from api.db.engine import Database
from api.db.profiles import ProfileNews
from api.db.tables import films, ratings
from tests.factories import FilmRow, add

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def know_alice(database: Database) -> int:
    """Alice's profile, with two favourites, and one film that she watched."""
    async with database.write() as db:
        alice = (await members.ensure(db, ["alice"]))["alice"]
        await add(db, films, *(FilmRow.build(id=number, slug=f"film-{number}") for number in (1, 2)))
        told = {"films_watched": 1367, "lists": 3, "following": 44, "followers": 18}
        news = ProfileNews(display_name="Alice M.", bio="Sees films.", avatar_url=None, **told)
        await profiles.store(db, alice, news, favorites=[2, 1])
        row = {"member_id": alice, "film_id": 1, "rating": 4.0, "liked": True, "favorite": False}
        await add(db, ratings, {**row, "provenance": "films", "updated_at": NOW})
    return alice


async def test_a_member_is_told_with_favourites_and_the_state_of_every_source(
    client: httpx.AsyncClient, database: Database
) -> None:
    await know_alice(database)
    found = (await client.get("/api/v1/members/Alice")).json()
    assert (found["username"], found["display_name"], found["bio"]) == ("alice", "Alice M.", "Sees films.")
    assert found["stats"] == {"films_watched": 1367, "lists": 3, "following": 44, "followers": 18}
    assert [film["slug"] for film in found["favorites"]] == ["film-2", "film-1"]
    assert set(found["sources"]) == {"watchlist", "rss", "profile", "films", "likes"}


async def test_a_configured_member_is_known_before_anything_was_read(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/members/alice")).json()["code"] == "not_read_yet"
    assert (await client.get("/api/v1/members/nobody")).status_code == 404


@pytest.mark.parametrize("name", ["", "a b", "x" * 41, "é"])
async def test_what_is_no_username_is_refused(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.post("/api/v1/members", json={"username": name})
    assert answer.status_code == 400
    message = "must be 1 to 40 letters (a to z), digits, hyphens or underscores"
    assert answer.json()["errors"] == [{"field": "username", "message": message}]


async def test_without_a_queue_nobody_is_added(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/v1/members", json={"username": "zoe"})).status_code == 503
    assert (await client.get("/api/v1/members/zoe")).status_code == 404


async def test_a_member_who_was_added_is_followed_after_those_of_the_settings(database: Database) -> None:
    async with database.write() as db:
        await members.follow(db, "zoe")
        await members.ensure(db, ["yan"])
        await members.follow(db, "xenia")
        assert await members.followed(db, ["alice", "xenia"]) == ["alice", "xenia", "zoe"]


@pytest.mark.parametrize(("keep", "left"), [("everything", 1), ("nothing", 0)])
async def test_a_member_is_removed_with_or_without_what_was_read(
    client: httpx.AsyncClient, database: Database, keep: str, left: int
) -> None:
    await know_alice(database)
    async with database.write() as db:
        await members.follow(db, "zoe")
        await db.execute(ratings.update().values(member_id=(await members.ids(db, ["zoe"]))["zoe"]))
    assert (await client.delete(f"/api/v1/members/zoe?keep={keep}")).status_code == 204
    async with database.read() as db:
        assert (await db.execute(select(func.count()).select_from(ratings))).scalar_one() == left
        assert "zoe" not in await members.followed(db, [])


async def test_removing_a_member_asks_what_to_keep(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await members.follow(db, "zoe")
    for query, message in (("", "is missing"), ("?keep=some", "is none of everything, nothing")):
        answer = await client.delete(f"/api/v1/members/zoe{query}")
        assert (answer.status_code, answer.json()["errors"]) == (400, [{"field": "keep", "message": message}])
    assert (await client.delete("/api/v1/members/nobody?keep=nothing")).status_code == 404


async def test_a_member_of_the_settings_or_one_that_is_being_read_is_not_removed(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.write() as db:
        await members.follow(db, "zoe")
        run = await refreshes.start(db, ["zoe"], trigger="manual", force=False, sources=["films"])
    assert (run.kind, run.sources) == ("sources", ["films"])
    for name in ("alice", "zoe"):
        assert (await client.delete(f"/api/v1/members/{name}?keep=nothing")).status_code == 409


@pytest.mark.parametrize("chosen", [["following"], []])
async def test_only_sources_that_there_are_can_be_refreshed(client: httpx.AsyncClient, chosen: list[str]) -> None:
    assert (await client.post("/api/v1/members/alice/refresh", json={"sources": chosen})).status_code == 400
