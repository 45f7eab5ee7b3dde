import logging
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import NOBODY, Serve

MEDIA_TYPE = "application/problem+json"


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.headers["content-type"]) == (400, MEDIA_TYPE), answer.text
    return [(error["field"], error["message"]) for error in answer.json()["errors"]]


async def test_every_unknown_parameter_is_named(client: httpx.AsyncClient) -> None:
    found = faults(await client.get("/api/v1/sources?membr=alice&page=1&x"))
    known = "is not a parameter here; known are limit, member, page, page_size, sort_by, sort_order"
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
    serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "marquee.db").write_bytes(b"this is no database" * 100)
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
