import csv
import io
import json
import re
from datetime import timedelta

import httpx
import pytest

from api.db import tables
from api.db.engine import Database
from api.formats.lists import as_lines, file_parts
from api.schemas.pages import Page
from tests.factories import (
    NOW,
    AvailabilityRow,
    CheckRow,
    EntryRow,
    FilmRow,
    MatchRow,
    MemberRow,
    ProviderRow,
    RefreshRow,
    add,
)

FILMS = 230
EVIL = '=cmd|" /C calc"!A0'


@pytest.fixture(autouse=True)
async def films(database: Database) -> None:
    """Alice lists 230 films: more than two of the longest pages. The last one has an evil title and streams, and she
    loves it."""
    rows = FilmRow.batch(FILMS)
    rows[-1] |= {"title": EVIL, "sort_title": "zzz", "overview": "Zwei, drei\nvier"}
    member, ids = MemberRow.build(username="alice"), [row["id"] for row in rows]
    entries = [EntryRow.build(member_id=member["id"], film_id=each, position=at) for at, each in enumerate(ids, 1)]
    async with database.write() as db:
        await add(db, tables.films, *rows)
        await add(db, tables.film_matches, *(MatchRow.build(film_id=film_id) for film_id in ids))
        await add(db, tables.members, member)
        await add(db, tables.watchlist_entries, *entries)
        await add(db, tables.providers, ProviderRow.build(id=11, name="MUBI"))
        await add(db, tables.availability, AvailabilityRow.build(film_id=ids[-1], provider_id=11))
        await add(db, tables.availability_checks, CheckRow.build(film_id=ids[-1]))
        loved = {"member_id": member["id"], "film_id": ids[-1], "rating": 4.5, "liked": True, "provenance": "films"}
        await add(db, tables.ratings, loved | {"updated_at": NOW})


def table(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


async def everything(client: httpx.AsyncClient, path: str) -> list[dict[str, object]]:
    pages = [(await client.get(path, params={"page_size": 100, "page": page})).json() for page in (1, 2, 3)]
    return [item for page in pages for item in page["items"]]


async def test_a_csv_holds_the_whole_list_in_its_order(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/members/alice/watchlist?format=csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; header=present; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="watchlist-\d{4}-\d\d-\d\d\.csv"', answer.headers["content-disposition"])
    found = table(answer)
    wanted = await everything(client, "/api/v1/members/alice/watchlist")
    assert [row["slug"] for row in found] == [item["slug"] for item in wanted]
    assert len(found) == FILMS
    assert list(found[0]) == list(wanted[0])
    assert (found[-1]["title"], found[-1]["offers"]) == (f"'{EVIL}", "MUBI (flatrate, GB)")
    assert (found[-1]["overview"], found[0]["overview"]) == ("Zwei, drei\nvier", "")
    assert answer.content.count(b"\r\n") == FILMS + 1


async def test_ndjson_holds_each_item_as_json_does(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/films", headers={"accept": "application/x-ndjson"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-disposition"].endswith('.ndjson"')
    lines = answer.text.splitlines()
    assert [json.loads(line) for line in lines] == await everything(client, "/api/v1/films")
    assert answer.text.endswith("\n")


@pytest.mark.parametrize(
    ("query", "expected"),
    [("limit=150", 150), ("page=3", 50), ("page_size=20", 20), ("page=3&page_size=100", 30), ("q=zwei", 0)],
)
async def test_a_page_or_a_limit_makes_the_file_shorter(client: httpx.AsyncClient, query: str, expected: int) -> None:
    answer = await client.get(f"/api/v1/films?format=csv&{query}")
    assert len(table(answer)) == expected
    assert answer.text.startswith("slug,lid,title,original_title,year,")
    lines = (await client.get(f"/api/v1/films?format=ndjson&{query}")).text.splitlines()
    assert len(lines) == expected


async def test_each_part_is_read_when_it_is_due() -> None:
    turned: list[int] = []

    def page(number: int) -> Page[int]:
        return Page(
            items=[number], page=number, page_size=1, total=3, total_pages=3, has_next=number < 3, has_previous=False
        )

    async def turn(number: int) -> Page[int]:
        turned.append(number)
        return page(number)

    parts = file_parts(page(1), turn, as_lines, whole=True)
    assert (await anext(parts), turned) == (b"1\n", [])
    assert (await anext(parts), turned) == (b"2\n", [2])
    assert [each async for each in parts] == [b"3\n"]


async def test_format_wins_over_accept(client: httpx.AsyncClient) -> None:
    for accept, query, kind in (
        ("text/csv", "", "text/csv"),
        ("text/csv", "?format=json", "application/json"),
        ("application/json", "?format=csv", "text/csv"),
        ("application/xml", "?format=ndjson", "application/x-ndjson"),
        ("text/html, */*;q=0.1", "", "application/json"),
    ):
        answer = await client.get(f"/api/v1/films{query}", headers={"accept": accept})
        assert answer.headers["content-type"].partition(";")[0] == kind, (accept, query)
        assert "accept" in answer.headers["vary"].lower().replace(" ", "").split(",")


async def test_what_cannot_be_answered_is_406_and_says_what_can(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/films", headers={"accept": "application/xml"})
    assert (answer.status_code, answer.headers["content-type"]) == (406, "application/problem+json")
    assert "text/csv" in answer.json()["detail"]
    assert (await client.get("/api/v1/films?format=xml")).json()["errors"] == [
        {"field": "format", "message": "is none of json, csv, ndjson"}
    ]


async def test_raw_leaves_text_as_it_is(client: httpx.AsyncClient) -> None:
    assert table(await client.get("/api/v1/films?format=csv&raw=true"))[-1]["title"] == EVIL


@pytest.mark.parametrize("path", ["/api/v1/films", "/api/v1/members/alice/watchlist"])
async def test_letterboxd_takes_its_own_flavour(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"{path}?flavour=letterboxd&limit=2")
    assert answer.headers["content-type"].startswith("text/csv")
    first = (await client.get(f"{path}?limit=1")).json()["items"][0]
    assert answer.text.startswith("LetterboxdURI,tmdbID,imdbID,Title,Year\r\n")
    assert list(table(answer)[0].values()) == [
        f"https://boxd.it/{first['lid']}",
        str(first["tmdb_id"]),
        "",
        first["title"],
        "1995",
    ]


async def test_other_lists_have_no_flavour(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/events?flavour=letterboxd")
    assert answer.json()["errors"] == [{"field": "flavour", "message": "goes with lists of films only"}]
    document = (await client.get("/api/v1/openapi.json")).json()
    with_flavour = {
        path
        for path, item in document["paths"].items()
        if any(each["name"] == "flavour" for each in item.get("get", {}).get("parameters", []))
    }
    of_members = {f"/api/v1/members/{{username}}/{name}" for name in ("watchlist", "ratings", "top-rated")}
    assert with_flavour == {"/api/v1/films", *of_members}


async def test_every_list_is_also_a_file(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await add(db, tables.refreshes, RefreshRow.build(), RefreshRow.build(created_at=NOW + timedelta(1)))
    document = (await client.get("/api/v1/openapi.json")).json()
    lists = [
        path
        for path, item in document["paths"].items()
        if any(each["name"] == "page" for each in item.get("get", {}).get("parameters", []))
    ]
    assert len(lists) > 10
    for path in lists:
        good = document["paths"][path]["get"]["responses"]["200"]["content"]
        assert set(good) == {"application/json", "text/csv", "application/x-ndjson"}, path
        address = path.replace("{username}", "alice")
        items = (await client.get(address, params={"page_size": 100})).json()["items"]
        rows = table(await client.get(address, params={"format": "csv", "page_size": "100"}))
        lines = (await client.get(address, params={"format": "ndjson", "page_size": "100"})).text.splitlines()
        assert (len(rows), [json.loads(line) for line in lines]) == (len(items), items), path


async def test_who_has_a_file_already_is_told_so(client: httpx.AsyncClient, database: Database) -> None:
    """Also where the time decides what is in it: then for as long as the minute lasts."""
    document = (await client.get("/api/v1/openapi.json")).json()
    lists = [path for path, item in document["paths"].items() if "application/x-ndjson" in str(item.get("get", {}))]
    for path in lists:
        for attempt in range(3):
            first = await client.get(path.replace("{username}", "alice"), params={"format": "ndjson"})
            known = {"if-none-match": first.headers["etag"]}
            again = await client.get(first.url, headers=known)
            if again.status_code == 304 or attempt == 2:
                break
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"]), path
        async with database.write() as db:
            await db.execute(tables.films.update().values(title="Ronin"))
        changed = await client.get(first.url, headers=known)
        assert (changed.status_code, changed.headers["etag"] != first.headers["etag"]) == (200, True), path


async def test_a_file_has_the_refusals_of_its_list(client: httpx.AsyncClient) -> None:
    for query, status in (("member=mallory", 400), ("colour=red", 400), ("page_size=101", 400)):
        answer = await client.get(f"/api/v1/films?format=csv&{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (await client.get("/api/v1/members/mallory/watchlist?format=csv")).status_code == 404


async def test_a_file_is_compressed_on_its_way_and_head_has_no_body(client: httpx.AsyncClient) -> None:
    packed = await client.get("/api/v1/films?format=csv", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert len(table(packed)) == FILMS
    head = await client.head("/api/v1/films?format=csv")
    assert (head.status_code, head.content) == (200, b"")
