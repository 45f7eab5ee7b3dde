from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.db import tables
from api.db.engine import Database
from api.queue import QUEUE, SEE_TO_FILM, deserialize, open_queue
from tests.api.conftest import Serve
from tests.drivers.valkey import Valkey
from tests.factories import NOW, EntryRow, FilmRow, MatchRow, MemberRow, add

HEAT, AMELIE, ALIEN, GONE, KNOWN = 1, 2, 3, 4, 5
UNMATCHED: dict[str, Any] = {
    "media_type": None,
    "tmdb_id": None,
    "confidence": None,
    "method": None,
    "candidates": [],
    "evidence": None,
    "message": None,
    "locked": False,
}
CANDIDATE = {
    "media_type": "movie",
    "tmdb_id": 949,
    "title": "Heat",
    "original_title": "Heat",
    "year": 1995,
    "directors": ["Michael Mann"],
    "runtime": 170,
    "poster_path": "/heat.jpg",
    "why": "same title and year",
    "why_not": "another title has the same name and year",
}
OLD_CANDIDATE = {"media_type": "tv", "tmdb_id": 5, "title": "Heat", "year": None, "poster_path": None, "why": "x"}
EVIDENCE = {"directors": ["Michael Mann"], "runtime": 170, "original_title": "Heat!"}


@pytest.fixture(autouse=True)
async def films(database: Database) -> None:
    """Heat is a question, Amélie is not found, Alien could not be looked up, Gone waits on no list, Known is known."""
    review = {"state": "review", "candidates": [CANDIDATE, OLD_CANDIDATE], "evidence": EVIDENCE, "message": "Which?"}
    async with database.write() as db:
        await add(
            db,
            tables.films,
            FilmRow.build(id=HEAT, lid="2bg8", slug="heat-1995", title="Heat", poster_path=None, runtime_minutes=None),
            FilmRow.build(id=AMELIE, slug="amelie", title="Amélie", year=2001),
            FilmRow.build(id=ALIEN, slug="alien", title="Alien", year=1979),
            FilmRow.build(id=GONE, slug="gone", title="Gone"),
            FilmRow.build(id=KNOWN, slug="known", title="Known"),
        )
        rows = [
            MatchRow.build(film_id=HEAT) | UNMATCHED | review,
            MatchRow.build(film_id=AMELIE) | UNMATCHED | {"state": "not_found"},
            MatchRow.build(film_id=ALIEN) | UNMATCHED | {"state": "error"},
            MatchRow.build(film_id=GONE) | UNMATCHED | {"state": "review"},
            MatchRow.build(film_id=KNOWN) | UNMATCHED | {"state": "found", "media_type": "movie", "tmdb_id": 7},
        ]
        await add(db, tables.film_matches, *rows)
        await add(db, tables.members, MemberRow.build(id=1, username="alice"), MemberRow.build(id=2, username="bob"))
        await add(
            db,
            tables.watchlist_entries,
            EntryRow.build(member_id=1, film_id=HEAT),
            EntryRow.build(member_id=1, film_id=AMELIE),
            EntryRow.build(member_id=1, film_id=KNOWN),
            EntryRow.build(member_id=2, film_id=ALIEN),
            EntryRow.build(member_id=2, film_id=GONE, removed_at=NOW),
        )


async def titles(client: httpx.AsyncClient, query: str = "") -> list[str]:
    answer = await client.get(f"/api/v1/matches{query}")
    assert answer.status_code == 200, answer.text
    return [item["film"]["title"] for item in answer.json()["items"]]


async def decide(client: httpx.AsyncClient, slug: str = "heat-1995", **body: Any) -> httpx.Response:
    return await client.put(f"/api/v1/films/{slug}/match", json=body)


async def jobs(valkey: Valkey) -> list[tuple[str, Any]]:
    """What waits in the queue, as (name, arguments)."""
    queue = open_queue(valkey.url)
    try:
        ids = await queue.zrange(QUEUE, 0, -1)
        packed = [await queue.get(f"arq:job:{job_id.decode()}") for job_id in ids]
        return [(job["f"], list(job["a"])) for job in (deserialize(each or b"") for each in packed)]
    finally:
        await queue.aclose(close_connection_pool=True)


async def test_what_waits_is_listed_with_what_it_may_be(client: httpx.AsyncClient) -> None:
    page = (await client.get("/api/v1/matches?state=review")).json()
    assert page["total"] == 1
    [item] = page["items"]
    assert item["film"] == {
        "slug": "heat-1995",
        "title": "Heat",
        "year": 1995,
        "poster_url": None,
        "url": "https://letterboxd.test/film/heat-1995/",
        "lid": "2bg8",
        "original_title": "Heat!",
        "directors": ["Michael Mann"],
        "runtime_minutes": 170,
    }
    assert (item["state"], item["locked"], item["message"], item["tried_at"]) == ("review", False, "Which?", None)
    first, second = item["candidates"]
    assert first == {
        "media_type": "movie",
        "tmdb_id": 949,
        "title": "Heat",
        "original_title": "Heat",
        "year": 1995,
        "directors": ["Michael Mann"],
        "runtime_minutes": 170,
        "poster_url": "https://images.test/t/p/w342/heat.jpg",
        "url": "https://www.themoviedb.org/movie/949",
        "why": "same title and year",
        "why_not": "another title has the same name and year",
    }
    assert (second["directors"], second["runtime_minutes"], second["why_not"]) == ([], None, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Alien", "Amélie", "Heat"]),
        ("?state=not_found&state=error", ["Alien", "Amélie"]),
        ("?member=alice", ["Amélie", "Heat"]),
        ("?q=he", ["Heat"]),
        ("?state=found", ["Known"]),
        ("?sort_by=year&sort_order=desc", ["Amélie", "Heat", "Alien"]),
        ("?page_size=1&page=2", ["Amélie"]),
        ("?limit=1", ["Alien"]),
        ("?locked=true", []),
    ],
)
async def test_questions_can_be_narrowed(client: httpx.AsyncClient, query: str, expected: list[str]) -> None:
    assert await titles(client, query) == expected


async def test_members_who_are_followed_no_more_ask_no_questions(serve: Serve) -> None:
    async with serve(letterboxd_username=("alice",)) as client:
        assert await titles(client) == ["Amélie", "Heat"]
        assert await titles(client, "?member=bob") == ["Alien"]


@pytest.mark.parametrize("query", ["state=lost", "member=mallory", "sort_by=size", "locked=perhaps", "states=review"])
async def test_a_filter_with_a_slip_is_refused(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/api/v1/matches?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


async def test_a_decision_is_locked_and_leaves_the_questions(client: httpx.AsyncClient) -> None:
    answer = await decide(client, media_type="movie", tmdb_id=949)
    assert answer.status_code == 200
    match = answer.json()
    assert (match["state"], match["locked"], match["method"], match["confidence"]) == (
        "found",
        True,
        "person",
        "proven",
    )
    assert (match["tmdb_id"], match["url"]) == (949, "https://www.themoviedb.org/movie/949")
    assert await titles(client) == ["Alien", "Amélie"]
    assert await titles(client, "?locked=true") == ["Heat"]
    film = (await client.get("/api/v1/films/heat-1995")).json()
    assert (film["match"], film["match_confidence"], film["tmdb_id"]) == ("found", "proven", 949)


async def test_there_is_none_is_a_decision_too(client: httpx.AsyncClient) -> None:
    answer = await decide(client, state="not_found", locked=True)
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["locked"], answer.json()["tmdb_id"]) == ("not_found", True, None)
    assert await titles(client, "?state=not_found") == ["Amélie"]


async def test_while_redis_is_away_the_decision_stands_and_that_is_said(client: httpx.AsyncClient) -> None:
    match = (await decide(client, media_type="movie", tmdb_id=949)).json()
    assert (match["state"], match["queued"]) == ("found", False)
    assert "next refresh" in match["note"]
    assert (await client.get("/api/v1/films/heat-1995/match")).json()["locked"]
    taken_back = (await client.delete("/api/v1/films/heat-1995/match")).json()
    assert (taken_back["state"], taken_back["locked"], taken_back["queued"]) == ("found", False, False)


async def test_a_worker_sees_to_each_decision_at_once(serve: Serve, valkey: Valkey) -> None:
    async with serve(redis_url=valkey.url) as client:
        match = (await decide(client, media_type="movie", tmdb_id=949)).json()
        assert (match["queued"], "now" in match["note"]) == (True, True)
        await decide(client, media_type="movie", tmdb_id=5)
        await client.delete("/api/v1/films/heat-1995/match")
        await decide(client, state="not_found")
    assert await jobs(valkey) == [(SEE_TO_FILM, [HEAT])] * 3


async def test_a_decision_can_be_taken_back(client: httpx.AsyncClient, database: Database) -> None:
    await decide(client, media_type="movie", tmdb_id=949)
    answer = await client.delete("/api/v1/films/heat-1995/match")
    assert answer.status_code == 200
    match = answer.json()
    assert (match["state"], match["locked"], match["tmdb_id"], match["tried_at"]) == ("found", False, 949, None)
    assert [candidate["tmdb_id"] for candidate in match["candidates"]] == [949, 5]
    async with database.read() as db:
        assert (await db.execute(select(tables.decisions))).all() == []


async def test_two_films_of_one_title_are_allowed_and_said(client: httpx.AsyncClient) -> None:
    match = (await decide(client, media_type="movie", tmdb_id=7)).json()
    assert [film["slug"] for film in match["same_title"]] == ["known"]
    assert (await decide(client, media_type="tv", tmdb_id=7)).json()["same_title"] == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["media_type", "tmdb_id"]),
        ({"media_type": "movie"}, ["tmdb_id"]),
        ({"tmdb_id": 5}, ["media_type"]),
        ({"media_type": "person", "tmdb_id": 5}, ["media_type"]),
        ({"media_type": "movie", "tmdb_id": 0}, ["tmdb_id"]),
        ({"media_type": "movie", "tmdb_id": 2**31}, ["tmdb_id"]),
        ({"media_type": "movie", "tmdb_id": 5, "locked": False}, ["locked"]),
        ({"state": "not_found", "tmdb_id": 5}, ["tmdb_id"]),
        ({"state": "review"}, ["state"]),
        ({"media_type": "movie", "tmdb_id": 5, "confidence": "proven"}, ["confidence"]),
    ],
)
async def test_what_is_no_decision_is_refused_by_field(
    client: httpx.AsyncClient, body: dict[str, Any], fields: list[str]
) -> None:
    answer = await decide(client, **body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == fields
    assert not (await client.get("/api/v1/films/heat-1995/match")).json()["locked"]


async def test_a_film_that_is_not_there_cannot_be_decided(client: httpx.AsyncClient) -> None:
    assert (await decide(client, "nothing", state="not_found")).status_code == 404
    assert (await client.delete("/api/v1/films/nothing/match")).status_code == 404
    assert (await client.get("/api/v1/films/nothing/match")).status_code == 404
    answer = await client.put("/api/v1/films/heat-1995/match", content=b"{}")
    assert answer.status_code == 415


async def test_a_decision_needs_the_key(serve: Serve) -> None:
    async with serve(api_key="key") as client:
        assert (await decide(client, state="not_found")).status_code == 401
        assert (await client.delete("/api/v1/films/heat-1995/match")).status_code == 401
        assert (await client.post("/api/v1/matches/decisions", json=[])).status_code == 401
        assert (await client.get("/api/v1/matches/decisions")).status_code == 401
