import httpx
import pytest

from api.db import tables
from api.db.engine import Database
from tests.factories import FilmRow, MatchRow, add

HEAT = {"lid": "2bg8", "media_type": "movie", "tmdb_id": 949}
PATH = "/api/v1/matches/decisions"
CSV = {"content-type": "text/csv"}


@pytest.fixture(autouse=True)
async def films(database: Database) -> None:
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(id=1, lid="2bg8", slug="heat", title="Heat"))
        await add(db, tables.film_matches, MatchRow.build(film_id=1, state="review", media_type=None, tmdb_id=None))


async def send(client: httpx.AsyncClient, text: str, query: str = "") -> httpx.Response:
    return await client.post(f"{PATH}{query}", content=text, headers=CSV)


async def state(client: httpx.AsyncClient) -> str:
    match = (await client.get("/api/v1/films/heat/match")).json()
    return f"{match['state']} {match['tmdb_id']}"


async def test_decisions_are_exported_in_both_formats(client: httpx.AsyncClient) -> None:
    await client.put("/api/v1/films/heat/match", json={"media_type": "movie", "tmdb_id": 949})
    await send(client, "lid,media_type,tmdb_id\nwait,,\n")
    waiting = {"lid": "wait", "media_type": None, "tmdb_id": None, "title": None, "year": None}
    answer = await client.get(PATH)
    assert answer.json() == {"decisions": [HEAT | {"title": "Heat", "year": 1995}, waiting]}
    assert answer.headers["content-disposition"] == 'attachment; filename="marquee-decisions.json"'
    answer = await client.get(f"{PATH}?format=csv")
    assert answer.text == "lid,media_type,tmdb_id\n2bg8,movie,949\nwait,,\n"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    again = await client.get(f"{PATH}?format=csv", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert (await client.get(f"{PATH}?format=xml")).status_code == 400


async def test_an_export_can_be_imported_as_it_is(client: httpx.AsyncClient) -> None:
    await client.put("/api/v1/films/heat/match", json={"media_type": "movie", "tmdb_id": 949})
    for file_format in ("json", "csv"):
        exported = await client.get(f"{PATH}?format={file_format}")
        kind = {"content-type": exported.headers["content-type"]}
        await client.delete("/api/v1/films/heat/match")
        assert not (await client.get("/api/v1/films/heat/match")).json()["locked"]
        answer = await client.post(PATH, content=exported.content, headers=kind)
        assert (answer.status_code, answer.json()["imported"]) == (200, 1), file_format
        assert await state(client) == "found 949"


async def test_an_import_counts_what_it_did(client: httpx.AsyncClient) -> None:
    answer = await client.post(PATH, json=[HEAT, {"lid": "wait"}])
    counts = answer.json()
    assert "next refresh" in counts.pop("note")
    assert counts == {"imported": 1, "unchanged": 0, "waiting": 1, "kept": 0}
    counts = (await client.post(PATH, json=[HEAT])).json()
    assert counts == {"imported": 0, "unchanged": 1, "waiting": 0, "kept": 0, "note": "No film changed."}
    counts = (await client.post(PATH, json=[HEAT | {"tmdb_id": 5}])).json()
    assert (counts["imported"], counts["kept"], await state(client)) == (0, 1, "found 949")
    counts = (await client.post(f"{PATH}?replace=true", json=[HEAT | {"tmdb_id": 5}])).json()
    assert (counts["imported"], counts["kept"], await state(client)) == (1, 0, "found 5")


async def test_one_bad_row_and_nothing_is_imported(client: httpx.AsyncClient) -> None:
    answer = await send(client, "lid,media_type,tmdb_id\n2bg8,movie,949\nbad!,movie,5\n")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["line 3"]
    assert await state(client) == "review None"
    assert (await client.get(PATH)).json() == {"decisions": []}


async def test_other_bodies_are_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(PATH, content=b"<x/>", headers={"content-type": "text/xml"})
    assert answer.status_code == 415
    assert (await send(client, "x" * 1_100_000)).status_code == 413
    assert (await send(client, "")).status_code == 400
