import httpx
import pytest

from api.db import tables
from api.db.engine import Database
from tests.factories import FilmRow, ProviderRow, add


@pytest.mark.parametrize("query", ["limit=null", "limit=NULL", "format=null", "page=1&limit=null"])
async def test_what_is_left_out_is_not_named_as_null(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/api/v1/films?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] in (
        "cannot be null; leave it out instead",
        "is none of json, csv, ndjson",
    )


async def test_a_title_may_be_null(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(title="Null Island"))
    assert (await client.get("/api/v1/films?q=null")).json()["total"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"country": "GB", "provider_ids": ["8"]}, "provider_ids[0]"),
        ({"country": "GB", "provider_ids": [8.5]}, "provider_ids[0]"),
        ({"country": 1, "provider_ids": []}, "country"),
    ],
)
async def test_a_body_is_taken_as_it_is_written(client: httpx.AsyncClient, body: object, field: str) -> None:
    answer = await client.put("/api/v1/members/alice/services", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].startswith(field.partition("[")[0])


async def test_a_whole_number_may_be_written_with_a_point(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await add(db, tables.providers, ProviderRow.build(id=8))
    body = {"country": "GB", "provider_ids": [8.0]}
    assert (await client.put("/api/v1/members/alice/services", json=body)).status_code == 200


async def test_options_names_every_method_of_a_path(client: httpx.AsyncClient) -> None:
    for path, methods in (
        ("/api/v1/refreshes", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("/api/v1/films/x/match", {"DELETE", "GET", "HEAD", "OPTIONS", "PUT"}),
    ):
        answer = await client.options(path)
        assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (204, methods)
