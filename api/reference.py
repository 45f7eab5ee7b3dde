"""The OpenAPI document in the shape in which a person reads it: pure functions over its JSON."""

from shlex import quote
from typing import Any
from urllib.parse import urlencode

import msgspec

Json = dict[str, Any]

CSV = "text/csv"

SAMPLES: dict[str, Any] = {
    "slug": "the-third-man",
    "title": "The Third Man",
    "year": 1949,
    "lid": "2bFA",
    "url": "https://letterboxd.com/film/the-third-man/",
    "username": "alice",
    "member": "alice",
    "members": ["alice"],
    "provider_ids": [8],
    "brand": "netflix",
    "brands": ["netflix"],
    "prices": [{"brand": "netflix", "price": 10.99}],
    "price": 10.99,
    "currency": "GBP",
    "locked": True,
    "dry_run": True,
    "public": True,
    "country": "GB",
    "provider": "Example+",
    "provider_id": 8,
    "page": 1,
    "page_size": 50,
    "total": 1,
    "total_pages": 1,
    "source": "watchlist",
    "kind": "watchlist",
    "runtime_minutes": 104,
    "average_rating": 4.2,
    "popularity": 31.6,
    "display_name": "Alice",
    "media_type": "movie",
    "tmdb_id": 1092,
    "imdb_id": "tt0041959",
    "refresh_id": 1,
    "match": "found",
    "status": "running",
    "stage": "enriching",
    "done": 37,
    "percent": 30,
    "eta_seconds": 9,
    "watchlist": 123,
    "overview": "A writer comes to Vienna and finds that his friend is dead.",
    "state": "ok",
    "expected": 123,
    "got": 123,
    "films": 12,
    "checks": ["database", "revision", "redis", "worker"],
}
UNKNOWN = {
    "match_message", "message", "error", "next_try_at", "finished_at", "limit", "query", "name", "description",
}  # fmt: skip
"""Fields that are null when all is well, or where nobody wants them otherwise, and so in an example."""


class Parameter(msgspec.Struct, frozen=True):
    name: str
    place: str
    type: str
    default: str
    description: str


class Answer(msgspec.Struct, frozen=True):
    """One answer by its status, with the names of the headers that matter."""

    status: str
    description: str
    headers: list[str]


class Endpoint(msgspec.Struct, frozen=True):
    """One operation; `body` and `answer` are examples in JSON, empty where there is none.

    `needs_body`: it does nothing without one. `command` does it, in a shell.
    """

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Parameter]
    body: str
    needs_body: bool
    answers: list[Answer]
    answer: str
    command: str


class Group(msgspec.Struct, frozen=True):
    """The operations of one tag."""

    name: str
    description: str
    endpoints: list[Endpoint]


def groups(document: Json, origin: str) -> list[Group]:
    """Every operation of the document by its tag, in the order of the tags; `origin` is where the API answers."""
    found = {tag["name"]: Group(tag["name"], tag["description"], []) for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            endpoint = _endpoint(document, origin, path, method.upper(), operation)
            found[operation["tags"][0]].endpoints.append(endpoint)
    return list(found.values())


def type_of(schema: Json) -> str:
    """What a schema asks for, in words: `integer 1–100`, `one of title, year`, `text, several`."""
    several = _choices(schema)
    if several:
        return " or ".join(type_of(choice) for choice in several)
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    if "const" in schema:
        return f"only {schema['const']}"
    if schema.get("type") == "array":
        return f"{type_of(schema['items'])}; may be repeated"
    if "minimum" in schema and "maximum" in schema and schema["maximum"] <= 1000:
        return f"{schema['type']} {schema['minimum']:g}–{schema['maximum']:g}"
    kind = str(schema.get("type", "anything"))
    return {"string": "text", "boolean": "true or false"}.get(kind, kind)


def example(document: Json, schema: Json, name: str = "") -> Any:
    """A value that fits the schema, of the field called `name`."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "object":
        return {key: example(document, value, key) for key, value in schema.get("properties", {}).items()}
    if name in UNKNOWN and _is_nullable(schema):
        return None
    if "examples" in schema:
        return schema["examples"][0]
    if name in SAMPLES and SAMPLES[name] in schema.get("enum", [SAMPLES[name]]):
        return SAMPLES[name]
    if several := _choices(schema):
        return example(document, several[0], name)
    if schema.get("type") == "array":
        return [] if name in ("errors", "failures") else [example(document, schema["items"], "")]
    return _value(schema, name)


def _endpoint(document: Json, origin: str, path: str, method: str, operation: Json) -> Endpoint:
    parameters = [_parameter(each) for each in operation.get("parameters", [])]
    body = operation.get("requestBody", {})
    content = body.get("content", {})
    answers = operation["responses"]
    good = next(status for status in sorted(answers) if status.startswith("2"))
    return Endpoint(
        id=operation["operationId"],
        method=method,
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        parameters=parameters,
        body=_json(document, content),
        needs_body=body.get("required", False),
        answers=[_answer(status, answers[status]) for status in sorted(answers)],
        answer=_json(document, answers[good].get("content", {})),
        command=_command(origin, path, method, parameters) + _input(document, content),
    )


def _answer(status: str, answer: Json) -> Answer:
    return Answer(status, answer["description"], list(answer.get("headers", {})))


def _parameter(parameter: Json) -> Parameter:
    schema = parameter.get("schema", {})
    default = schema.get("default")
    return Parameter(
        parameter["name"],
        parameter["in"],
        type_of(schema),
        default if isinstance(default, str) else "" if default is None else msgspec.json.encode(default).decode(),
        parameter.get("description", ""),
    )


def _json(document: Json, content: Json, *, indent: int = 2) -> str:
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return ""
    return msgspec.json.format(msgspec.json.encode(example(document, schema)), indent=indent).decode()


def _input(document: Json, content: Json) -> str:
    """How a command sends a body: a file where that can be a table, else the example."""
    if CSV in content:
        return f" \\\n  -H 'content-type: {CSV}' --data-binary @decisions.csv"
    example = _json(document, content, indent=0)
    return f" \\\n  -H 'content-type: application/json' -d {quote(example)}" if example else ""


def _command(origin: str, path: str, method: str, parameters: list[Parameter]) -> str:
    for parameter in parameters:
        path = path.replace(f"{{{parameter.name}}}", str(SAMPLES.get(parameter.name, 1)))
    query = {"page_size": 5} if any(parameter.name == "page_size" for parameter in parameters) else {}
    address = f"{origin}{path}" + (f"?{urlencode(query)}" if query else "")
    return f"curl '{address}'" if method == "GET" else f"curl -X {method} '{address}'"


def _choices(schema: Json) -> list[Json]:
    """The alternatives of a schema but null; the constraints beside them hold for each."""
    limits = {key: schema[key] for key in ("minimum", "maximum") if key in schema}
    return [limits | each for each in _alternatives(schema) if each.get("type") != "null"]


def _is_nullable(schema: Json) -> bool:
    return any(each.get("type") == "null" for each in _alternatives(schema))


def _alternatives(schema: Json) -> list[Json]:
    return schema.get("oneOf") or schema.get("anyOf") or []


def _value(schema: Json, name: str) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("format") == "date-time":
        return "2026-11-20T06:00:00Z"
    if schema.get("format") == "uri" or name.endswith("_url"):
        return "https://example.org/picture.svg"
    return {"integer": 1, "number": 1.0, "boolean": False, "string": "text", "null": None}.get(schema.get("type", ""))
