"""The OpenAPI document leaves no question open, and does not change by accident."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.cli.openapi import described
from api.formats.asked import MEDIA_TYPES
from api.headers import OF_THE_MOMENT

KEPT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
RENEW = "uv run marquee openapi > docs/openapi.json"
ALWAYS_ANSWERED = "/api/v1/summary"
Json = dict[str, Any]

DOCUMENT: Json = msgspec.json.decode(described())
OPERATIONS: list[tuple[str, str, Json]] = [
    (method, path, operation) for path, item in DOCUMENT["paths"].items() for method, operation in item.items()
]
IDS = [operation["operationId"] for _, _, operation in OPERATIONS]
each_operation = pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)


def schemas(node: Any, place: str) -> Iterator[tuple[str, Json]]:
    """Every schema within a node, with where it is."""
    if isinstance(node, dict):
        if "type" in node and not isinstance(node["type"], dict):
            yield place, node
        for name, value in node.items():
            if name not in ("examples", "example", "default"):
                yield from schemas(value, f"{place}/{name}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from schemas(value, f"{place}/{number}")


def is_bounded(schema: Json) -> bool:
    if "enum" in schema or "const" in schema:
        return True
    kind = schema["type"]
    if kind in ("integer", "number"):
        return {"minimum", "maximum"} <= schema.keys()
    if kind == "string":
        return bool({"maxLength", "pattern", "format"} & schema.keys())
    return kind != "array" or "maxItems" in schema


def bodies() -> Iterator[tuple[str, Json]]:
    """The schemas of what may be sent as a body."""
    for _, path, operation in OPERATIONS:
        for content in operation.get("requestBody", {}).get("content", {}).values():
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            yield from schemas(DOCUMENT["components"]["schemas"].get(name, content["schema"]), f"{path} {name}")


@each_operation
def test_every_operation_and_parameter_is_described_and_bounded(method: str, path: str, operation: Json) -> None:
    assert operation["summary"]
    assert operation["description"]
    for parameter in operation.get("parameters", []):
        assert parameter["description"], parameter["name"]
        unbounded = [
            place for place, schema in schemas(parameter["schema"], parameter["name"]) if not is_bounded(schema)
        ]
        assert not unbounded
        assert "null" not in str(parameter["schema"].get("type")), parameter["name"]


def test_every_field_of_a_body_is_bounded() -> None:
    found = [*bodies()]
    assert len(found) > 10
    assert [place for place, schema in found if not is_bounded(schema)] == []


@each_operation
def test_every_answer_is_described(method: str, path: str, operation: Json) -> None:
    answers = operation["responses"]
    expected = {"400"}
    if not path.startswith("/health/"):
        expected |= {"401", "429"}
    if not path.startswith(OF_THE_MOMENT):
        expected |= {"503"} if path != ALWAYS_ANSWERED else set()
        expected |= {"304"} if method == "get" else set()
    expected |= {"404"} if "{" in path else set()
    expected |= {"413", "415"} if "requestBody" in operation else set()
    is_list = any(parameter["name"] == "page" for parameter in operation.get("parameters", []))
    expected |= {"406"} if is_list else set()
    assert expected <= answers.keys()
    assert any(status.startswith("2") for status in answers)
    assert "500" not in answers
    for status, answer in answers.items():
        assert answer["description"], status
        assert "document follows" not in answer["description"], status
    for status, header in (("401", "WWW-Authenticate"), ("429", "Retry-After"), ("503", "Retry-After")):
        assert status not in answers or header in answers[status]["headers"]
    if is_list:
        assert answers["200"]["content"].keys() == set(MEDIA_TYPES.values())


def test_every_schema_is_described_and_those_with_a_natural_example_have_one() -> None:
    components = DOCUMENT["components"]["schemas"]
    assert [name for name, schema in components.items() if not schema.get("description")] == []
    film = components["Film"]["properties"]
    assert film["slug"]["examples"] == ["the-third-man"]
    assert film["year"]["examples"] == [1949]
    with_example = sum(
        "examples" in field for each in components.values() for field in each.get("properties", {}).values()
    )
    assert with_example > 80
    username = next(
        parameter
        for parameter in DOCUMENT["paths"]["/api/v1/members/{username}/watchlist"]["get"]["parameters"]
        if parameter["name"] == "username"
    )
    assert username["schema"]["examples"] == ["alice"]


def test_operation_ids_are_unique() -> None:
    assert len(IDS) == len(set(IDS))


def test_the_kept_document_is_the_real_one() -> None:
    """A change of the API shows in a review as a change of this file."""
    kept, real = KEPT.read_text(encoding="utf-8"), described()
    changes = difflib.unified_diff(
        kept.splitlines(), real.splitlines(), "docs/openapi.json", "the API", n=6, lineterm=""
    )
    assert kept == real, "\n".join(["the API changed; if it should, run: " + RENEW, *list(changes)[:120]])
