import logging
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from api.db import tables
from api.db.engine import Database
from tests.api.conftest import NOBODY, Serve
from tests.factories import CheckRow, FilmRow, add

MEDIA_TYPE = "application/problem+json"


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.headers["content-type"]) == (400, MEDIA_TYPE), answer.text
    return [(error["field"], error["message"]) for error in answer.json()["errors"]]


async def test_every_unknown_parameter_is_named(client: httpx.AsyncClient) -> None:
    found = faults(await client.get("/api/v1/sources?membr=alice&page=1&x"))
    known = (
        "is not a parameter here; known are flavour, format, limit, member, page, page_size, raw, sort_by, sort_order"
    )
    assert found == [("membr", known), ("x", known)]


async def test_a_route_without_parameters_knows_none(client: httpx.AsyncClient) -> None:
    assert faults(await client.get("/api/v1/refreshes/current?page=1")) == [("page", "is not a parameter here")]


async def test_a_parameter_that_may_not_be_repeated_is_named(client: httpx.AsyncClient) -> None:
    found = faults(await client.get("/api/v1/films?page=2&page=3&country=GB&country=DE&q=&sort_by=year&sort_by=year"))
    assert found == [("page", "is given more than once"), ("sort_by", "is given more than once")]


async def test_what_is_in_no_text_is_in_no_name(client: httpx.AsyncClient) -> None:
    for path in ("films/a%00b", "members/a%00b/watchlist", "films/%00"):
        answer = await client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["detail"]) == (404, "There is nothing at this address."), path
    assert faults(await client.get("/api/v1/films?q=a%00b")) == [("q", "holds a character that is in no text")]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("page=99999999999999999999", "page"),
        ("page_size=101", "page_size"),
        ("page_size=0", "page_size"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("sort_by=size", "sort_by"),
        ("sort_order=up", "sort_order"),
        ("state=lost", "state"),
        ("offer=loan", "offer"),
        ("provider=netflix", "provider"),
        ("provider=99999999999999999999", "provider"),
        ("member=no%20name", "member"),
        ("country=XX", "country"),
        (f"q={'x' * 201}", "q"),
    ],
)
async def test_a_parameter_that_cannot_be_used_is_named(client: httpx.AsyncClient, query: str, field: str) -> None:
    found = faults(await client.get(f"/api/v1/films?{query}"))
    assert [name for name, _ in found] == [field]


async def test_an_address_that_is_not_there_is_a_problem(client: httpx.AsyncClient) -> None:
    for path in ("/", "/api/v1", "/api/v1/nothing", "/api/v1/refreshes/x", "/nothing.html"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA_TYPE), path
        assert answer.json()["detail"] == "There is nothing at this address."


async def test_a_method_that_is_not_known_names_those_that_are(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/api/v1/refreshes")
    assert (answer.status_code, answer.headers["content-type"]) == (405, MEDIA_TYPE)
    assert {method.strip() for method in answer.headers["allow"].split(",")} == {"GET", "HEAD", "POST", "OPTIONS"}


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("events?kind=gone", ("kind", "is none of arrived, left")),
        ("events?sort_by=at", ("sort_by", "can only be settled_at")),
        ("events?services=perhaps", ("services", "must be true or false")),
        ("films?page=one", ("page", "must be a whole number")),
        ("films?page=0", ("page", "must be at least 1")),
        (f"films?q={'x' * 201}", ("q", "must have at most 200 characters")),
        ("films?member=no%20name", ("member", "must be 1 to 40 letters (a to z), digits, hyphens or underscores")),
        ("films?member=zoe", ("member", "is nobody whom Marquee follows")),
        ("matches/decisions?format=xml", ("format", "is none of json, csv")),
        ("plan?max=0", ("max", "must be at least 1")),
        ("films?rating_min=0", ("rating_min", "must be at least 0.5")),
        ("films?decade=1995", ("decade", "must be a multiple of 10")),
        ("films?language=french", ("language", "must be two letters")),
        ("films?country=Britain", ("country", "must be two letters")),
        ("films?match=most", ("match", "must be any, all, or at_least: with a number, such as at_least:2")),
    ],
)
async def test_what_is_wrong_with_a_parameter_is_said_in_words(
    client: httpx.AsyncClient, address: str, fault: tuple[str, str]
) -> None:
    assert faults(await client.get(f"/api/v1/{address}")) == [fault]


@pytest.mark.parametrize("path", ["films/heat-1995/match", "members/alice/services"])
async def test_a_body_that_is_missing_is_named(client: httpx.AsyncClient, path: str) -> None:
    for headers in ({}, {"content-type": "application/json"}):
        answer = await client.put(f"/api/v1/{path}", headers=headers)
        assert faults(answer) == [("body", "is missing; it must be a JSON object")]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("[]", ("body", "must be a JSON object")),
        ("{", ("body", "is not JSON: Input data was truncated")),
        ('{"media_type": "film"}', ("media_type", "is none of movie, tv")),
        ('{"tmdb_id": "x"}', ("tmdb_id", "must be a whole number")),
        ('{"kind": "movie"}', ("kind", "is not a field here")),
    ],
)
async def test_what_is_wrong_with_a_body_is_said_in_words(
    client: httpx.AsyncClient, body: str, fault: tuple[str, str]
) -> None:
    headers = {"content-type": "application/json"}
    answer = await client.put("/api/v1/films/heat-1995/match", content=body, headers=headers)
    assert faults(answer) == [fault]


async def test_a_field_that_is_missing_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.put("/api/v1/members/alice/services", json={"provider_ids": []})
    assert faults(answer) == [("country", "is missing")]


async def test_a_name_that_was_asked_for_is_told_shortened(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/api/v1/films/{'x' * 3000}")
    assert (answer.status_code, answer.json()["detail"]) == (404, f"There is no film {'x' * 79}….")


@pytest.mark.parametrize(
    ("path", "types"),
    [("refreshes", "application/json"), ("matches/decisions", "application/json or text/csv")],
)
async def test_a_body_of_another_type_is_told_the_types(client: httpx.AsyncClient, path: str, types: str) -> None:
    answer = await client.post(f"/api/v1/{path}", content=b"<a/>", headers={"content-type": "text/xml"})
    assert (answer.status_code, answer.json()["detail"]) == (415, f"The body must be sent as {types}.")


async def test_a_body_that_is_too_large_is_refused(client: httpx.AsyncClient) -> None:
    body = {"members": ["a" * 40] * 30_000}
    answer = await client.post("/api/v1/refreshes", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (413, MEDIA_TYPE)


async def test_a_body_that_is_not_json_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/refreshes", data={"force": "true"})
    assert (answer.status_code, answer.headers["content-type"]) == (415, MEDIA_TYPE)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"members": [', "body"),
        ('{"member": ["alice"]}', "member"),
        ('{"members": []}', "members"),
        ('{"members": ["alice", "no name"]}', "members[1]"),
        ('{"force": "perhaps"}', "force"),
        ("[]", "body"),
    ],
)
async def test_a_body_that_cannot_be_used_is_named(client: httpx.AsyncClient, body: str, field: str) -> None:
    headers = {"content-type": "application/json"}
    found = faults(await client.post("/api/v1/refreshes", content=body, headers=headers))
    assert [name for name, _ in found] == [field]


async def test_a_database_that_cannot_be_read_is_503_and_tells_nothing_of_itself(
    serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "marquee.db").write_bytes(b"")
    async with serve(redis_url=NOBODY) as client:
        answer = await client.get("/api/v1/films")
    assert (answer.status_code, answer.headers["content-type"]) == (503, MEDIA_TYPE)
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["detail"] == "The database is not available now."
    assert "no such table" in caplog.text


async def test_a_postgresql_that_is_away_is_503(serve: Serve) -> None:
    async with serve(redis_url=NOBODY, database_url="postgresql+asyncpg://nobody:secret@127.0.0.1:1/x") as client:
        for path in ("/api/v1/films", "/api/v1/refreshes/current", "/health/ready"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (503, MEDIA_TYPE), path
            assert int(answer.headers["retry-after"]) > 0
            assert "127.0.0.1" not in answer.text


async def test_a_mistake_of_ours_is_logged_and_tells_nothing(
    serve: Serve, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(id=1))
        await add(db, tables.availability_checks, *(CheckRow.build(film_id=1, country=each) for each in ("GB", "DE")))
        await db.execute(text("UPDATE availability_checks SET checked_at = 'no time'"))
    with caplog.at_level(logging.ERROR):
        async with serve(redis_url=NOBODY) as client:
            answer = await client.get("/api/v1/films")
    assert (answer.status_code, answer.headers["content-type"]) == (500, MEDIA_TYPE)
    assert answer.json() == {
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Marquee made a mistake here; its log says more.",
        "code": "internal_server_error",
    }
    assert "Traceback" in caplog.text


async def test_json_that_is_nested_too_deep_is_refused(client: httpx.AsyncClient) -> None:
    json = {"content-type": "application/json"}
    for method, path in (("PUT", "films/heat/match"), ("POST", "matches/decisions"), ("POST", "refreshes")):
        answer = await client.request(method, f"/api/v1/{path}", content="[" * 100_000, headers=json)
        assert [field for field, _ in faults(answer)] == ["body"], path


async def test_a_number_in_a_path_that_is_too_large_is_refused(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/api/v1/openapi.json")).json()["paths"]
    numbered = [
        (method, path, parameter["name"])
        for path, operations in paths.items()
        for method, operation in operations.items()
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "path" and parameter["schema"].get("type") == "integer"
    ]
    assert len({path for _, path, _ in numbered}) > 3
    for method, path, name in numbered:
        for number in ("2147483648", "99999999999999999999"):
            answer = await client.request(method, path.replace(f"{{{name}}}", number))
            assert faults(answer)[0][0] == name, (method, path)
