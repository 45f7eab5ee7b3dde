"""Chosen fields of films, and facets of them all."""

from typing import Any

import httpx
import pytest

from api.db import tables
from api.db.engine import Database
from api.schemas.films import Film, WatchlistEntry
from tests.drivers.database import READING, statements
from tests.factories import AvailabilityRow, EntryRow, FilmRow, MemberRow, ProviderRow, add

FILMS = "/api/v1/films"
WATCHLIST = "/api/v1/members/alice/watchlist"


@pytest.fixture(autouse=True)
async def films(database: Database) -> None:
    """Thirty films of two decades on Alice's watchlist, every second of them on Mubi."""
    numbers = range(1, 31)
    async with database.write() as db:
        await add(db, tables.members, MemberRow.build(id=1, username="alice"))
        await add(db, tables.providers, ProviderRow.build(id=11, name="Mubi"))
        rows = (FilmRow.build(id=number, title=f"Film {number}", year=1980 + number % 20) for number in numbers)
        await add(db, tables.films, *rows)
        await add(db, tables.watchlist_entries, *(EntryRow.build(member_id=1, film_id=number) for number in numbers))
        shown = (AvailabilityRow.build(film_id=number, provider_id=11) for number in numbers if number % 2)
        await add(db, tables.availability, *shown)


async def asked(client: httpx.AsyncClient, path: str, query: str) -> dict[str, Any]:
    answer = await client.get(f"{path}?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("path", [FILMS, WATCHLIST])
async def test_facets_are_told_where_they_are_asked_for_whatever_the_page(client: httpx.AsyncClient, path: str) -> None:
    whole = (await asked(client, path, "facets=true"))["facets"]
    assert [(each["name"], each["count"]) for each in whole["providers"]] == [("Mubi", 15)]
    assert whole["decades"] == [{"decade": 1980, "count": 19}, {"decade": 1990, "count": 11}]
    assert whole["offers"] == [{"offer": "flatrate", "count": 15}]
    assert (await asked(client, path, "facets=true&page=2&page_size=7&limit=9"))["facets"] == whole
    assert "facets" not in await asked(client, path, "")
    assert "facets" not in await asked(client, path, "facets=false")


async def test_a_count_is_what_choosing_it_would_leave(client: httpx.AsyncClient) -> None:
    facets = (await asked(client, FILMS, "decade=1980&facets=true"))["facets"]
    for filter_ in ("provider=11", "offer=flatrate"):
        left = (await asked(client, FILMS, f"decade=1980&{filter_}"))["total"]
        assert left == facets["providers"][0]["count"] == facets["offers"][0]["count"]


@pytest.mark.parametrize("path", [FILMS, WATCHLIST])
@pytest.mark.parametrize(("query", "queries"), [("", 2), ("facets=true", 6), ("fields=slug", 1), ("fields=offers", 2)])
async def test_queries_are_as_many_whatever_the_page(
    client: httpx.AsyncClient, path: str, query: str, queries: int
) -> None:
    for page_size in (1, 30):
        with statements() as sent:
            await asked(client, path, f"page_size={page_size}&{query}")
        lists = [each for each in sent if each.startswith(READING) and ("film" in each or "availability" in each)]
        assert len(lists) == queries


@pytest.mark.parametrize(("path", "kind"), [(FILMS, Film), (WATCHLIST, WatchlistEntry)])
async def test_fields_are_told_as_without_choice_in_the_order_asked_for(
    client: httpx.AsyncClient, path: str, kind: type[Film]
) -> None:
    names = kind.__struct_fields__[::-1]
    full = (await asked(client, path, "page_size=3"))["items"]
    chosen = await asked(client, path, f"page_size=3&fields={','.join(names[:5])}&fields={','.join(names[4:])}")
    assert chosen["items"] == full
    assert [tuple(item) for item in chosen["items"]] == [names] * 3
    assert (await asked(client, path, "page_size=1&fields=year"))["items"] == [{"year": full[0]["year"]}]


@pytest.mark.parametrize("query", ["fields=slug,nope", "fields=nope&fields=slug", "fields=", "fields=slug,,title"])
async def test_a_field_that_there_is_not_is_refused_with_those_that_there_are(
    client: httpx.AsyncClient, query: str
) -> None:
    answer = await client.get(f"{FILMS}?{query}")
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["field"] == "fields"
    assert error["message"].endswith(f"known are {', '.join(Film.__struct_fields__)}")


async def test_a_file_has_the_columns_asked_for(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{FILMS}?format=csv&fields=year,slug&facets=true&limit=2")
    assert answer.text == "year,slug\r\n1981,film-1\r\n1982,film-2\r\n"
    assert (await client.get(f"{FILMS}?format=csv&fields=year,slug&q=nothing")).text == "year,slug\r\n"
    lines = (await client.get(f"{FILMS}?format=ndjson&fields=slug&limit=2")).text
    assert lines == '{"slug":"film-1"}\n{"slug":"film-2"}\n'


async def test_a_flavour_has_columns_of_its_own(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{FILMS}?flavour=letterboxd&fields=slug")
    assert [error["field"] for error in answer.json()["errors"]] == ["fields"]


async def test_the_document_tells_of_items_with_fewer_fields(client: httpx.AsyncClient) -> None:
    schemas = (await client.get("/api/v1/openapi.json")).json()["components"]["schemas"]
    for kind in (Film, WatchlistEntry):
        [page] = [each for name, each in schemas.items() if name == f"FilmPage_api.schemas.films.{kind.__name__}_"]
        whole, sparse = (each["$ref"].rpartition("/")[2] for each in page["properties"]["items"]["items"]["anyOf"])
        assert whole == kind.__name__
        assert schemas[sparse]["properties"] == schemas[whole]["properties"]
        assert "required" not in schemas[sparse]
        assert "facets" not in page["required"]
