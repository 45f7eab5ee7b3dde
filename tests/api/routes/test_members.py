from datetime import date, timedelta

import httpx
import pytest

from api.db import members, tables
from api.db.engine import Database
from tests.api.conftest import NOBODY, Serve
from tests.factories import NOW, EntryRow, FilmRow, MatchRow, MemberRow, add

ALICE, CAROL = 1, 2


@pytest.fixture(autouse=True)
async def watchlists(database: Database) -> None:
    """Alice's watchlist holds three films and one that is gone; Carol's none. Bob is configured and not yet read."""
    async with database.write() as db:
        await add(
            db,
            tables.members,
            MemberRow.build(id=ALICE, username="alice", display_name="Alice"),
            MemberRow.build(id=CAROL, username="carol"),
        )
        await add(
            db,
            tables.films,
            FilmRow.build(id=1, slug="heat-1995", title="Heat", year=1995),
            FilmRow.build(id=2, slug="alien", title="Alien", year=1979),
            FilmRow.build(id=3, slug="the-thing", title="The Thing", year=1982),
            FilmRow.build(id=4, slug="gone", title="Gone", year=2012),
        )
        await add(db, tables.film_matches, MatchRow.build(film_id=1), MatchRow.build(film_id=2, state="review"))
        await add(
            db,
            tables.watchlist_entries,
            EntryRow.build(member_id=ALICE, film_id=1, position=2, added_at=NOW - timedelta(days=3)),
            EntryRow.build(member_id=ALICE, film_id=2, position=1),
            EntryRow.build(member_id=ALICE, film_id=3, position=None),
            EntryRow.build(member_id=ALICE, film_id=4, position=3, removed_at=NOW),
        )


async def slugs(client: httpx.AsyncClient, query: str = "") -> list[str]:
    answer = await client.get(f"/api/v1/members/alice/watchlist?{query}")
    assert answer.status_code == 200, answer.text
    return [entry["slug"] for entry in answer.json()["items"]]


async def test_members_come_with_their_owner_first(client: httpx.AsyncClient) -> None:
    page = (await client.get("/api/v1/members")).json()
    found = [(member["username"], member["owner"], member["watchlist"]) for member in page["items"]]
    assert found == [("alice", True, 3), ("bob", False, 0), ("carol", False, 0)]
    assert page["items"][0]["url"] == "https://letterboxd.test/alice/"
    assert page["total"] == 3


async def test_a_member_says_why_it_is_followed(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await members.follow(db, "zoe")
    found = (await client.get("/api/v1/members")).json()["items"]
    reasons = {member["username"]: member["followed"] for member in found}
    assert reasons == {"alice": "settings", "bob": "settings", "carol": None, "zoe": "added"}


async def test_members_come_in_the_order_of_the_settings_then_by_name(serve: Serve, database: Database) -> None:
    async with database.write() as db:
        others = enumerate(("zoe", "bob", "dave"), start=CAROL + 1)
        await add(db, tables.members, *(MemberRow.build(id=number, username=name) for number, name in others))
    names = {"": ["zoe", "alice", "bob", "carol", "dave"], "sort_by=username": ["alice", "bob", "carol", "dave", "zoe"]}
    async with serve(redis_url=NOBODY, letterboxd_username=("zoe", "alice")) as client:
        for query, expected in names.items():
            for order, found in (("asc", expected), ("desc", expected[::-1])):
                page = (await client.get(f"/api/v1/members?{query}&sort_order={order}")).json()
                assert [member["username"] for member in page["items"]] == found
                assert [member["username"] for member in page["items"] if member["owner"]] == ["zoe"]


async def test_members_come_in_pages(client: httpx.AsyncClient) -> None:
    page = (await client.get("/api/v1/members?page=3&page_size=1")).json()
    assert [member["username"] for member in page["items"]] == ["carol"]
    assert (page["total_pages"], page["has_next"]) == (3, False)


async def test_a_watchlist_is_in_the_members_own_order(client: httpx.AsyncClient) -> None:
    assert await slugs(client) == ["alien", "heat-1995", "the-thing"]


async def test_an_entry_is_a_film_with_its_place_and_times(client: httpx.AsyncClient) -> None:
    entry = (await client.get("/api/v1/members/alice/watchlist?q=heat")).json()["items"][0]
    film = (await client.get("/api/v1/films?q=heat")).json()["items"][0]
    assert entry == film | {
        "position": 2,
        "added_at": "2026-11-17T06:00:00Z",
        "first_seen_at": "2026-11-20T06:00:00Z",
        "watched_on": None,
        "rating": None,
    }


async def test_an_entry_says_when_this_member_watched_it_and_how_it_was_liked(
    client: httpx.AsyncClient, database: Database
) -> None:
    rating = {"liked": True, "provenance": "rss", "updated_at": NOW}
    async with database.write() as db:
        await add(
            db,
            tables.ratings,
            rating | {"member_id": ALICE, "film_id": 1, "rating": 4.5, "watched_on": date(2026, 11, 2)},
            rating | {"member_id": ALICE, "film_id": 2, "rating": None, "watched_on": date(2026, 10, 3)},
            rating | {"member_id": CAROL, "film_id": 3, "rating": 1.0, "watched_on": date(2026, 10, 4)},
        )
    entries = (await client.get("/api/v1/members/alice/watchlist")).json()["items"]
    assert [(entry["slug"], entry["watched_on"], entry["rating"]) for entry in entries] == [
        ("alien", "2026-10-03", None),
        ("heat-1995", "2026-11-02", 4.5),
        ("the-thing", None, None),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sort_by=title", ["alien", "heat-1995", "the-thing"]),
        ("sort_by=title&sort_order=desc", ["the-thing", "heat-1995", "alien"]),
        ("sort_by=year", ["alien", "the-thing", "heat-1995"]),
        ("sort_order=desc", ["heat-1995", "alien", "the-thing"]),
        ("state=review", ["alien"]),
        ("q=thi", ["the-thing"]),
        ("page_size=1&page=2", ["heat-1995"]),
        ("limit=2", ["alien", "heat-1995"]),
    ],
)
async def test_a_watchlist_is_sorted_and_filtered(client: httpx.AsyncClient, query: str, found: list[str]) -> None:
    assert await slugs(client, query) == found


async def test_a_username_is_known_in_any_case(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/members/ALICE/watchlist")).json()["total"] == 3


async def test_a_member_that_nobody_follows_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/members/mallory/watchlist")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no member mallory."


async def test_a_watchlist_is_of_one_member_alone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/members/alice/watchlist?member=carol")
    assert answer.json()["errors"][0]["field"] == "member"
