from datetime import timedelta

import httpx
import pytest

from api.db import corrections, tables
from api.db.corrections import CorrectionNews
from api.db.engine import Database
from tests.factories import NOW, FilmRow, add

PATH = "/api/v1/corrections"


@pytest.fixture(autouse=True)
async def noted(database: Database) -> None:
    """Heat was another film until today, Alien until yesterday; nobody knows yet which one Alien is."""
    heat = CorrectionNews(former=("movie", 5), new=("tv", 949), method="page", because="Its page links to another.")
    alien = CorrectionNews(former=("movie", 6), new=None, method=None, because="Its page contradicts it.")
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(id=1, slug="heat", title="Heat"), FilmRow.build(id=2, slug="alien"))
        await corrections.make(db, {1: heat}, NOW)
        await corrections.make(db, {2: alien}, NOW - timedelta(days=1))


async def slugs(client: httpx.AsyncClient, query: str) -> list[str]:
    answer = await client.get(f"{PATH}?{query}")
    assert answer.status_code == 200, answer.text
    return [item["film"]["slug"] for item in answer.json()["items"]]


async def test_a_correction_tells_what_was_wrong_and_why(client: httpx.AsyncClient) -> None:
    first, second = (await client.get(PATH)).json()["items"]
    assert first == {
        "id": 1,
        "at": "2026-11-20T06:00:00Z",
        "film": {
            "slug": "heat",
            "title": "Heat",
            "year": 1995,
            "poster_url": None,
            "url": "https://letterboxd.test/film/heat/",
        },
        "from": {"media_type": "movie", "tmdb_id": 5, "url": "https://www.themoviedb.org/movie/5"},
        "to": {"media_type": "tv", "tmdb_id": 949, "url": "https://www.themoviedb.org/tv/949"},
        "because": "Its page links to another.",
    }
    assert (second["film"]["slug"], second["to"]) == ("alien", None)


async def test_corrections_are_cut_by_time_and_page(client: httpx.AsyncClient) -> None:
    assert await slugs(client, "since=2026-11-20") == ["heat"]
    assert await slugs(client, "since=2026-11-19T06:00:00Z") == ["heat", "alien"]
    assert await slugs(client, "sort_order=asc") == ["alien", "heat"]
    assert await slugs(client, "page_size=1&page=2") == ["alien"]
    answer = await client.get(f"{PATH}?since=yesterday")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "since")
