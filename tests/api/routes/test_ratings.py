"""What a member watched, rated and liked, as the API lists it."""

from datetime import UTC, datetime

import httpx
import pytest

from api.db import members
from api.db.engine import Database
from api.db.tables import films, ratings
from tests.drivers.database import statements
from tests.factories import FilmRow, add

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OPINIONS = {
    "amber": (5.0, True, True),
    "birch": (3.5, False, True),
    "cedar": (None, False, True),
    "dune": (None, True, False),
    "elm": (None, False, False),
    "fir": (4.5, True, True),
}
"""(rating, liked, watched) of each film; of the elm nothing holds any more."""


@pytest.fixture(autouse=True)
async def opinions(database: Database) -> None:
    async with database.write() as db:
        alice = (await members.ensure(db, ["alice"]))["alice"]
        for number, (slug, (rating, liked, watched)) in enumerate(OPINIONS.items(), start=1):
            film = {"id": number, "slug": slug, "title": slug.title(), "sort_title": slug, "year": 2000 - number}
            average = 4.2 if slug in ("birch", "fir") else None
            await add(db, films, {**FilmRow.build(**film), "letterboxd_average": average})
            row = {"member_id": alice, "film_id": number, "rating": rating, "liked": liked, "watched": watched}
            rated_at = NOON if slug == "birch" else None
            more = {"favorite": False, "rated_at": rated_at, "provenance": "films", "updated_at": NOON}
            await add(db, ratings, row | more)


async def slugs(client: httpx.AsyncClient, path: str) -> list[str]:
    answer = await client.get(f"/api/v1/members/alice/{path}")
    assert answer.status_code == 200, answer.text
    return [film["slug"] for film in answer.json()["items"]]


async def test_ratings_come_best_first_and_what_has_none_last(client: httpx.AsyncClient) -> None:
    assert await slugs(client, "ratings") == ["amber", "fir", "birch", "cedar", "dune"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("rating_min=4", ["amber", "fir"]),
        ("rating_max=4.5", ["fir", "birch"]),
        ("liked=true", ["amber", "fir", "dune"]),
        ("liked=false", ["birch", "cedar"]),
        ("rated_since=2026-11-20", ["birch"]),
        ("film_rating_min=4", ["fir", "birch"]),
        ("film_rating_min=4&rating_source=tmdb", []),
        ("rating_max=4&film_rating_min=4", ["birch"]),
        ("year_max=1995", ["fir"]),
        ("q=am", ["amber"]),
        ("state=review", []),
        ("exclude_seen_by=alice", ["dune"]),
        ("added_since=2000-01-01", []),
        ("available=unknown&liked=false", ["birch", "cedar"]),
        ("sort_by=title&sort_order=asc&limit=2", ["amber", "birch"]),
        ("sort_by=year&sort_order=asc&page_size=1", ["fir"]),
    ],
)
async def test_ratings_are_filtered_and_sorted(client: httpx.AsyncClient, query: str, expected: list[str]) -> None:
    assert await slugs(client, f"ratings?{query}") == expected


async def test_a_like_without_a_view_is_told_as_such(client: httpx.AsyncClient) -> None:
    items = (await client.get("/api/v1/members/alice/ratings?sort_by=title&sort_order=asc")).json()["items"]
    dune = next(film for film in items if film["slug"] == "dune")
    assert (dune["liked"], dune["watched"], dune["rating"]) == (True, False, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", ["amber", "fir"]), ("?sort_by=year&sort_order=asc", ["fir", "amber"]), ("?limit=1", ["amber"])],
)
async def test_the_top_rated_films_are_rated_and_liked(
    client: httpx.AsyncClient, query: str, expected: list[str]
) -> None:
    assert await slugs(client, f"top-rated{query}") == expected


@pytest.mark.parametrize(
    "query",
    [
        "rating_min=0",
        "rating_max=6",
        "rating_min=4&rating_max=3",
        "exclude_seen_by=mallory",
        "rated_since=soon",
        "sort_by=popularity",
    ],
)
async def test_what_cannot_be_asked_is_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/api/v1/members/alice/ratings?{query}")).status_code == 400


async def test_ratings_are_files_too(client: httpx.AsyncClient) -> None:
    rows = (await client.get("/api/v1/members/alice/ratings?format=csv&rating_min=4")).text.split("\r\n")
    assert rows[0].startswith("slug,lid,title,year,")
    assert [row.partition(",")[0] for row in rows[1:] if row] == ["amber", "fir"]
    lines = (await client.get("/api/v1/members/alice/top-rated?format=ndjson")).text.splitlines()
    assert len(lines) == 2
    importable = (await client.get("/api/v1/members/alice/ratings?flavour=letterboxd")).text
    assert importable.startswith("LetterboxdURI,tmdbID,imdbID,Title,Year")


async def test_nobodys_ratings_are_absent(client: httpx.AsyncClient) -> None:
    for path in ("ratings", "top-rated"):
        assert (await client.get(f"/api/v1/members/nobody/{path}")).status_code == 404


async def test_a_page_of_any_size_takes_the_same_number_of_queries(client: httpx.AsyncClient) -> None:
    counts = []
    for size in (1, 100):
        with statements() as sent:
            await slugs(client, f"ratings?page_size={size}&available=unknown&rating_max=5&exclude_seen_by=bob")
        counts.append(len(sent))
    assert counts[0] == counts[1] > 0
