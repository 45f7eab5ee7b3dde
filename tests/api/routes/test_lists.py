"""Watchlists for programs that delete what is not on them: better no list than half of one."""

from typing import Any

import httpx
import pytest
from sqlalchemy import delete, update

from api.auth import feed_token
from api.db import tables
from api.db.engine import Database
from tests.api.conftest import Serve
from tests.drivers.database import statements
from tests.factories import (
    NOW,
    AvailabilityRow,
    CheckRow,
    EntryRow,
    FilmRow,
    MatchRow,
    MemberRow,
    ProviderRow,
    add,
)

LIST = "/lists/alice/watchlist.json"
KEY = "correct horse battery staple, at the least"
HEAT, RONIN, THIEF, CHERNOBYL, LOST = 1, 2, 3, 4, 5
COUNTRIES = ("GB", "DE")


@pytest.fixture(autouse=True)
async def watchlist(database: Database) -> None:
    """Heat streams, Ronin can only be rented, nobody looked for Thief; a series, and a film that is not on TMDB."""
    async with database.write() as db:
        for number, name, read_at in ((1, "alice", NOW), (2, "bob", None), (3, "carol", NOW)):
            await add(db, tables.members, MemberRow.build(id=number, username=name) | {"last_full_read_at": read_at})
        await add(
            db,
            tables.films,
            FilmRow.build(id=HEAT, title="Heat", year=1995, poster_path="/heat.jpg"),
            FilmRow.build(id=RONIN, title="Ronin", year=None, poster_path=None),
            FilmRow.build(id=THIEF, title="Thief", year=1981, poster_path=None),
            FilmRow.build(id=CHERNOBYL, title="Chernobyl", year=2019, poster_path=None),
            FilmRow.build(id=LOST, title="Lost", year=2000, poster_path=None),
        )
        await add(
            db,
            tables.film_matches,
            MatchRow.build(film_id=HEAT, tmdb_id=949, imdb_id="tt0113277"),
            MatchRow.build(film_id=RONIN, tmdb_id=8195),
            MatchRow.build(film_id=THIEF, tmdb_id=11524),
            MatchRow.build(film_id=CHERNOBYL, tmdb_id=87108, media_type="tv"),
            MatchRow.build(film_id=LOST, state="not_found", media_type=None, tmdb_id=None),
        )
        await add(
            db, tables.watchlist_entries, *(EntryRow.build(member_id=1, film_id=each) for each in (1, 2, 3, 4, 5))
        )
        await add(db, tables.watchlist_entries, EntryRow.build(member_id=3, film_id=RONIN))
        await add(db, tables.providers, ProviderRow.build(id=8))
        await add(
            db,
            tables.availability,
            AvailabilityRow.build(id=1, film_id=HEAT, provider_id=8),
            AvailabilityRow.build(id=2, film_id=RONIN, provider_id=8, offer="rent"),
            AvailabilityRow.build(id=3, film_id=RONIN, provider_id=8, country="DE"),
        )
        looked_for = (HEAT, RONIN, CHERNOBYL)
        checked = (CheckRow.build(film_id=each, country=code) for each in looked_for for code in ("GB", "DE"))
        await add(db, tables.availability_checks, *checked)


async def titles(client: httpx.AsyncClient, query: str = "") -> list[str]:
    answer = await client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.text
    return [film["title"] for film in answer.json()]


async def refused(client: httpx.AsyncClient, path: str) -> tuple[int, str]:
    answer = await client.get(path)
    return answer.status_code, answer.json()["code"]


async def look_for_thief(database: Database) -> None:
    async with database.write() as db:
        await add(db, tables.availability_checks, *(CheckRow.build(film_id=THIEF, country=each) for each in COUNTRIES))


async def empty(database: Database, *conditions: Any) -> None:
    async with database.write() as db:
        await db.execute(delete(tables.watchlist_entries).where(*conditions))


async def test_every_movie_is_there_with_what_is_known_and_no_more(client: httpx.AsyncClient) -> None:
    answer = await client.get(LIST)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "private, max-age=300"
    assert answer.json() == [
        {
            "id": 949,
            "tmdb_id": 949,
            "title": "Heat",
            "imdb_id": "tt0113277",
            "release_year": "1995",
            "poster_url": "https://images.test/t/p/w342/heat.jpg",
        },
        {"id": 8195, "tmdb_id": 8195, "title": "Ronin"},
        {"id": 11524, "tmdb_id": 11524, "title": "Thief", "release_year": "1981"},
    ]


async def test_a_title_that_two_films_are_is_there_once(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await db.execute(update(tables.film_matches).where(tables.film_matches.c.film_id == THIEF).values(tmdb_id=949))
    assert [film["id"] for film in (await client.get(LIST)).json()] == [949, 8195]


async def test_unavailable_is_what_is_known_not_to_stream(client: httpx.AsyncClient, database: Database) -> None:
    await look_for_thief(database)
    assert await titles(client, "only_unavailable=true") == ["Ronin", "Thief"]
    assert await titles(client, "only_unavailable=true&country=de") == ["Heat", "Thief"]


async def test_films_that_several_want(client: httpx.AsyncClient, database: Database) -> None:
    """As soon as everybody's list was read."""
    assert await refused(client, f"{LIST}?min_members=2") == (503, "not_read_yet")
    async with database.write() as db:
        await db.execute(update(tables.members).values(last_full_read_at=NOW))
    assert await titles(client, "min_members=2") == ["Ronin"]


async def test_a_list_that_was_never_read_to_its_end_is_none(client: httpx.AsyncClient) -> None:
    """Neither of one who is known, nor of one who is in the settings alone."""
    answer = await client.get("/lists/bob/watchlist.json?allow_empty=true")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "600")
    assert answer.json()["errors"] == [{"field": "watchlist", "message": "it was not read to its end yet"}]


async def test_a_list_with_a_film_that_was_not_looked_for_yet_is_none(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.write() as db:
        await db.execute(delete(tables.film_matches).where(tables.film_matches.c.film_id == THIEF))
    answer = await client.get(f"{LIST}?allow_empty=true")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_read_yet")
    assert answer.json()["errors"][0]["message"] == "1 of its films were not looked for yet"


async def test_nothing_is_unavailable_before_anybody_looked(client: httpx.AsyncClient) -> None:
    assert await refused(client, f"{LIST}?only_unavailable=true&allow_empty=true") == (503, "not_read_yet")


async def test_the_number_of_queries_is_the_same_for_every_list(client: httpx.AsyncClient, database: Database) -> None:
    with statements() as of_some:
        await client.get(LIST)
    await empty(database, tables.watchlist_entries.c.film_id != HEAT)
    with statements() as of_one:
        await client.get(LIST)
    assert len(of_some) == len(of_one) > 0


async def test_a_list_that_is_truly_empty_is_told_where_that_is_asked_for(
    client: httpx.AsyncClient, database: Database
) -> None:
    await empty(database, tables.watchlist_entries.c.member_id == 1)
    assert await refused(client, LIST) == (404, "empty_list")
    assert await titles(client, "allow_empty=true") == []


async def test_who_has_the_list_already_is_told_so(client: httpx.AsyncClient) -> None:
    tag = (await client.get(LIST)).headers["etag"]
    assert (await client.get(LIST, headers={"if-none-match": tag})).status_code == 304


async def test_nobody_has_no_list(client: httpx.AsyncClient) -> None:
    assert await refused(client, "/lists/nobody/watchlist.json") == (404, "not_found")


async def test_a_country_that_is_not_in_the_settings_is_refused(client: httpx.AsyncClient) -> None:
    assert await refused(client, f"{LIST}?country=FR") == (400, "invalid")


async def test_each_list_has_a_token_of_its_own(serve: Serve) -> None:
    async with serve(api_key=KEY) as client:
        listed = (await client.get("/api/v1/lists", headers={"x-api-key": KEY})).json()["items"]
        assert [each["name"] for each in listed][:2] == ["lists/alice/watchlist.json", "lists/bob/watchlist.json"]
        assert (await client.get(listed[0]["url"])).status_code == 200
        assert (await client.get(listed[0]["path"].replace("alice", "ALICE"))).status_code == 200
        token = feed_token(KEY, "lists/bob/watchlist.json")
        for path in (LIST, f"{LIST}?token={token}", f"{LIST}?token={feed_token(KEY, 'changes.atom')}"):
            assert (await client.get(path)).status_code == 401, path


async def test_lists_are_listed_for_every_member(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/api/v1/lists?sort_order=desc")).json()
    assert [each["path"] for each in listed["items"]] == [
        f"/lists/{name}/watchlist.json" for name in ("carol", "bob", "alice")
    ]
