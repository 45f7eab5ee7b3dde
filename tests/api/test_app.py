import gzip
import re
import shlex
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import httpx
import pytest

from api.db import tables
from api.db.engine import Database
from api.headers import OF_THE_MOMENT
from tests.api.conftest import NOBODY, Serve
from tests.factories import NOW, FilmRow, MemberRow, ProviderRow, add

KEY = "clé-for-tests"
BY_PATH = {
    "/health/live": {"400"},
    "/health/ready": {"400", "503"},
    "/metrics": {"400", "401", "429"},
    "/api/v1/summary": {"400", "401", "429"},
}
"""The problems of what is true for the moment only."""


@pytest.fixture
async def guarded(serve: Serve, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(redis_url=NOBODY, api_key=KEY) as client:
        yield client


async def test_an_answer_that_the_caller_has_is_304(client: httpx.AsyncClient) -> None:
    first = await client.get("/api/v1/films")
    tag = first.headers["etag"]
    for known in (tag, f'"other", {tag}', "*", tag.removeprefix("W/")):
        again = await client.get("/api/v1/films", headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), known
        assert again.headers["cache-control"] == "private, no-cache"


async def test_an_answer_that_changed_is_sent_again(client: httpx.AsyncClient, database: Database) -> None:
    tag = (await client.get("/api/v1/films")).headers["etag"]
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build())
    answer = await client.get("/api/v1/films", headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert answer.headers["etag"] != tag


async def test_the_etag_is_the_same_with_and_without_compression(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await add(db, tables.films, *FilmRow.batch(20))
    plain = await client.get("/api/v1/films", headers={"accept-encoding": "identity"})
    packed = await client.get("/api/v1/films", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert packed.headers["etag"] == plain.headers["etag"]
    assert packed.json() == plain.json()
    assert len(gzip.compress(plain.content)) < len(plain.content)


@pytest.mark.parametrize(
    ("path", "status", "cache"),
    [
        ("/api/v1/films", 200, "private, no-cache"),
        ("/api/v1/films/nothing", 404, "no-store"),
        ("/nothing", 404, "no-store"),
        ("/health/live", 200, "no-store"),
        ("/metrics", 200, "no-store"),
        ("/health/ready", 503, "no-store"),
    ],
)
async def test_every_answer_says_how_it_may_be_kept(
    client: httpx.AsyncClient, path: str, status: int, cache: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == status
    assert answer.headers["cache-control"] == cache
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"


async def test_with_a_key_set_every_request_to_the_api_needs_it(guarded: httpx.AsyncClient) -> None:
    for path in ("films", "members", "sources", "refreshes", "openapi.json", "docs"):
        answer = await guarded.get(f"/api/v1/{path}")
        assert answer.status_code == 401, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == 'Bearer realm="Marquee"'
    assert (await guarded.post("/api/v1/refreshes")).status_code == 401


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("x-api-key", KEY, 200),
        ("authorization", f"Bearer {KEY}", 200),
        ("authorization", f"bearer {KEY}", 200),
        ("authorization", f"Basic {KEY}", 401),
        ("authorization", KEY, 401),
        ("x-api-key", KEY[:-1], 401),
        ("x-api-key", f"{KEY}x", 401),
        ("x-api-key", "", 401),
    ],
)
async def test_the_key_is_named_in_either_way(guarded: httpx.AsyncClient, header: str, value: str, status: int) -> None:
    answer = await guarded.get("/api/v1/films", headers=[(header.encode(), value.encode())])
    assert answer.status_code == status


async def test_health_needs_no_key(guarded: httpx.AsyncClient) -> None:
    assert (await guarded.get("/health/live")).status_code == 200
    assert (await guarded.get("/health/ready")).status_code == 503


async def test_every_route_is_documented_with_its_problems(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] == "Marquee"
    for path, method, operation in operations(document):
        assert operation["summary"], path
        assert operation["description"], path
        problems = BY_PATH.get(path, {"400", "401", "503"})
        assert problems <= set(operation["responses"]), (path, method)
        for status, answer in operation["responses"].items():
            if status >= "400":
                schema = answer["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}, (path, status)


async def test_every_group_every_part_of_a_path_and_every_shape_is_described(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    found = [operation for _, _, operation in operations(document)]
    assert {tag["name"] for tag in document["tags"]} == {tag for operation in found for tag in operation["tags"]}
    parameters = [each for operation in found for each in operation.get("parameters", [])]
    described = [*document["tags"], *parameters, *document["components"]["schemas"].values()]
    assert [each for each in described if not each.get("description")] == []
    assert document["components"]["schemas"]["FieldError"]["description"].startswith("What is wrong with one field")


async def test_a_body_is_documented_as_required_where_it_is(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    bodies = {each["operationId"]: each["requestBody"] for _, _, each in operations(document) if "requestBody" in each}
    assert {name: body["required"] for name, body in bodies.items()} == {
        "addMember": True,
        "decideMatch": True,
        "importDecisions": True,
        "setPrices": True,
        "refreshMember": False,
        "setServices": True,
        "startRefresh": False,
        "startTmdbSync": False,
    }
    schema = bodies["startRefresh"]["content"]["application/json"]["schema"]
    assert {"$ref": "#/components/schemas/RefreshRequest"} in schema["oneOf"]


async def test_health_documents_what_it_can_answer(guarded: httpx.AsyncClient) -> None:
    document = (await guarded.get("/api/v1/openapi.json", headers=[(b"x-api-key", KEY.encode())])).json()
    assert document["security"]
    health = {path: item["get"] for path, item in document["paths"].items() if path.startswith("/health/")}
    assert {path: set(operation["responses"]) for path, operation in health.items()} == {
        "/health/live": {"200", "400"},
        "/health/ready": {"200", "400", "503"},
    }
    assert [operation["security"] for operation in health.values()] == [[], []]


async def test_the_document_names_the_headers_of_answers(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await add(db, tables.members, MemberRow.build(id=1, username="alice"))
        read = {"member_id": 1, "state": "ok", "since": NOW, "good_at": NOW}
        await add(db, tables.source_states, *({"source": each, **read} for each in ("watchlist", "films", "profile")))
    document = (await client.get("/api/v1/openapi.json")).json()
    for path, method, operation in operations(document):
        found = {
            status: set(answer["headers"]) for status, answer in operation["responses"].items() if "headers" in answer
        }
        assert found.get("401", set()) <= {"WWW-Authenticate"}, path
        assert found.get("503", {"Retry-After"}) == {"Retry-After"}, path
        if method == "get" and not path.startswith(OF_THE_MOMENT):
            answer = await client.get(path.replace("{slug}", "x").replace("{username}", "alice"))
            assert found["304"] == {"ETag"}, path
            assert found["200"] == ({"ETag", "Link"} if "link" in answer.headers else {"ETag"}), path
    started = document["paths"]["/api/v1/refreshes"]["post"]["responses"]["202"]["headers"]
    assert set(started) == {"Location", "Retry-After"}


@pytest.mark.parametrize("path", ["/health/live", "/api/v1/films", "/api/v1/docs", "/api/v1/films/nothing", "/nothing"])
async def test_head_is_answered_as_get_is_without_the_body(client: httpx.AsyncClient, path: str) -> None:
    get, head = await client.get(path), await client.head(path)
    assert get.content
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers == get.headers


async def test_head_knows_an_etag_and_demands_the_key(client: httpx.AsyncClient, guarded: httpx.AsyncClient) -> None:
    tag = (await client.head("/api/v1/films")).headers["etag"]
    assert (await client.head("/api/v1/films", headers={"if-none-match": tag})).status_code == 304
    assert (await guarded.head("/api/v1/films")).status_code == 401
    assert (await guarded.head("/health/live")).status_code == 200


async def test_where_get_is_not_head_is_not(client: httpx.AsyncClient) -> None:
    answer = await client.head("/api/v1/refreshes/1/cancel")
    assert (answer.status_code, answer.content) == (405, b"")
    assert "HEAD" not in answer.headers["allow"]


async def test_operation_ids_do_not_change(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    found = {(path, method): operation["operationId"] for path, method, operation in operations(document)}
    assert found == {
        ("/api/v1/deliveries", "get"): "listDeliveries",
        ("/api/v1/deliveries/{delivery_id}", "get"): "getDelivery",
        ("/api/v1/deliveries/{delivery_id}/retry", "post"): "retryDelivery",
        ("/api/v1/events", "get"): "listEvents",
        ("/api/v1/feeds", "get"): "listFeeds",
        ("/api/v1/films", "get"): "listFilms",
        ("/api/v1/films/{slug}", "get"): "getFilm",
        ("/api/v1/films/{slug}/availability", "get"): "getAvailability",
        ("/api/v1/housekeeping", "get"): "listHousekeeping",
        ("/api/v1/housekeeping", "post"): "startHousekeeping",
        ("/api/v1/members", "get"): "listMembers",
        ("/api/v1/members", "post"): "addMember",
        ("/api/v1/members/{username}", "get"): "getMember",
        ("/api/v1/members/{username}", "delete"): "removeMember",
        ("/api/v1/members/{username}/ratings", "get"): "getRatings",
        ("/api/v1/members/{username}/refresh", "post"): "refreshMember",
        ("/api/v1/members/{username}/top-rated", "get"): "getTopRated",
        ("/api/v1/members/{username}/statistics", "get"): "getStatistics",
        ("/api/v1/members/{username}/services", "get"): "getServices",
        ("/api/v1/members/{username}/services", "put"): "setServices",
        ("/api/v1/members/{username}/watchlist", "get"): "getWatchlist",
        ("/api/v1/corrections", "get"): "listCorrections",
        ("/api/v1/films/{slug}/match", "get"): "getMatch",
        ("/api/v1/films/{slug}/match", "put"): "decideMatch",
        ("/api/v1/films/{slug}/match", "delete"): "takeMatchBack",
        ("/api/v1/lists", "get"): "listLists",
        ("/api/v1/summary", "get"): "getSummary",
        ("/api/v1/matches", "get"): "listMatches",
        ("/lists/{username}/watchlist.json", "get"): "getWatchlistForPrograms",
        ("/api/v1/matches/decisions", "get"): "exportDecisions",
        ("/api/v1/matches/decisions", "post"): "importDecisions",
        ("/api/v1/notifications", "get"): "getNotifications",
        ("/api/v1/notifications/test", "post"): "testNotifications",
        ("/api/v1/brands", "get"): "listBrands",
        ("/api/v1/pick", "get"): "pickFilm",
        ("/api/v1/plan", "get"): "getPlan",
        ("/api/v1/providers", "get"): "listProviders",
        ("/api/v1/services/prices", "get"): "getPrices",
        ("/api/v1/services/prices", "put"): "setPrices",
        ("/api/v1/refreshes", "get"): "listRefreshes",
        ("/api/v1/refreshes", "post"): "startRefresh",
        ("/api/v1/refreshes/current", "get"): "getCurrentRefresh",
        ("/api/v1/refreshes/{refresh_id}", "get"): "getRefresh",
        ("/api/v1/refreshes/{refresh_id}/cancel", "post"): "cancelRefresh",
        ("/api/v1/sources", "get"): "listSources",
        ("/api/v1/sources/{source_id}/sample", "get"): "getSourceSample",
        ("/api/v1/tmdb-account", "get"): "getTmdbAccount",
        ("/api/v1/tmdb-account", "delete"): "forgetTmdbAccount",
        ("/api/v1/tmdb-account/approval", "post"): "startTmdbApproval",
        ("/api/v1/tmdb-account/approval/finish", "post"): "finishTmdbApproval",
        ("/api/v1/tmdb-lists", "get"): "listTmdbLists",
        ("/api/v1/tmdb-lists/{list_id}", "delete"): "forgetTmdbList",
        ("/api/v1/tmdb-lists/sync", "post"): "startTmdbSync",
        ("/api/v1/tmdb-lists/syncs", "get"): "listTmdbSyncs",
        ("/api/v1/tmdb-lists/syncs/{sync_id}", "get"): "getTmdbSync",
        ("/feeds/changes.atom", "get"): "getChangesAtom",
        ("/feeds/changes.ics", "get"): "getChangesCalendar",
        ("/feeds/changes.json", "get"): "getChangesJson",
        ("/health/live", "get"): "getLiveness",
        ("/health/ready", "get"): "getReadiness",
        ("/metrics", "get"): "getMetrics",
    }


async def test_every_reference_in_the_document_leads_somewhere(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    schemas = document["components"]["schemas"]
    found = {each.rpartition("/")[2] for each in references(document)}
    assert found
    assert found <= set(schemas)


async def test_the_docs_page_shows_every_route_and_loads_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    page = await client.get("/api/v1/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path, _, operation in operations(document):
        assert f'id="{operation["operationId"]}"' in page.text
        assert path in page.text
    assert "<script" not in page.text
    assert "src=" not in page.text
    assert "stylesheet" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_the_commands_of_the_docs_page_send_what_the_api_takes(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(slug="the-third-man"))
        await add(db, tables.providers, ProviderRow.build(id=8))
    page = unescape((await client.get("/api/v1/docs")).text)
    found = {}
    for command in re.findall(r"curl -X (?:POST|PUT) [^<]*", page):
        _, _, method, address, *rest = shlex.split(command.replace("\\\n", ""))
        headers = {"content-type": rest[1].removeprefix("content-type: ")} if rest else {}
        content = rest[3].replace("@decisions.csv", "lid,media_type,tmdb_id\n") if rest else ""
        answer = await client.request(method, address, content=content, headers=headers)
        found[answer.request.url.path.removeprefix("/api/v1/")] = answer.status_code
    assert found["films/the-third-man/match"] == found["members/alice/services"] == 200
    assert found["services/prices"] == found["matches/decisions"] == 200
    assert found["refreshes"] == 503, "there is no queue here; the body is fine"
    assert not {400, 415} & set(found.values())


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, operation) for path, item in document["paths"].items() for method, operation in item.items()]


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [each for value in node.values() for each in references(value)]
    if isinstance(node, list):
        return [each for value in node for each in references(value)]
    return []
