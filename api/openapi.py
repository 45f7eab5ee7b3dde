"""The OpenAPI document: what the framework derives from the routes, and what it cannot know of."""

from functools import cache
from http import HTTPStatus
from importlib import import_module
from importlib.metadata import version
from inspect import cleandoc
from pkgutil import iter_modules
from typing import Any

import msgspec
from litestar import Litestar, Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License, Tag
from litestar.routes import BaseRoute
from litestar.types import ControllerRouterHandler

from api import schemas
from api.auth import FEED_SCHEMES, SCHEMES
from api.bounds import add_bounds, bound_parameter, handlers, parameters
from api.dependencies import LARGEST_ID
from api.formats import letterboxd
from api.formats.asked import MEDIA_TYPES
from api.headers import HEALTH, OF_THE_MOMENT
from api.problems import described
from api.reference import SAMPLES
from api.schemas.members import USERNAME
from api.settings import Settings

Json = dict[str, Any]

TAGS = {
    "summary": "How a watchlist stands, for sensors and dashboards.",
    "films": "What is known of films, and whether they stream.",
    "members": "Whose watchlists there are, and what is on them.",
    "services": "What a member pays for.",
    "availability": "Where a film can be seen, and could be before.",
    "events": "What arrived and what left.",
    "feeds": "What changed, for feed readers and calendars.",
    "refreshes": "Reading everything again.",
    "tmdb lists": "Lists on TMDB that follow what members rated or want to see.",
    "matches": "Which TMDB title a film is: questions, decisions and corrections.",
    "sources": "How that which is read from Letterboxd stands.",
    "notifications": "News to the addresses of `NOTIFY_URLS`, and what became of it.",
    "providers": "Who shows films.",
    "housekeeping": "Proving matches, and keeping what may be kept.",
    "health": "Whether Marquee is well.",
}
"""The groups of operations, those that are used most first."""
IN_PATHS = {
    "slug": "The film’s slug: the last part of its address on Letterboxd.",
    "username": "The member’s name on Letterboxd.",
    "refresh_id": "The refresh’s number.",
    "source_id": "The source’s number in the list of sources.",
    "delivery_id": "The delivery’s number.",
    "list_id": "The list’s number in the list of TMDB lists; not its number on TMDB.",
    "sync_id": "The sync’s number.",
}
EITHER: dict[str, Json] = {
    "Decision": {
        "anyOf": [
            {
                "required": ["media_type", "tmdb_id"],
                "properties": {
                    "media_type": {"enum": ["movie", "tv"]},
                    "tmdb_id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
                    "state": {"enum": ["found", None]},
                },
            },
            {
                "required": ["state"],
                "properties": {
                    "state": {"const": "not_found"},
                    "media_type": {"type": "null"},
                    "tmdb_id": {"type": "null"},
                },
            },
        ]
    }
}
"""Structs whose fields do not all go together."""
LONGEST_PART = 200
PARTS = {"username": {"pattern": USERNAME}}
"""What a part of a path is like; there is nothing at others."""
FILES = {
    "csv": "A row for each item, below a row of names (RFC 4180).",
    "ndjson": "A line of JSON for each item.",
}
TAG = {"ETag": "What to send as If-None-Match the next time."}
LINKS = {"Link": "The first, previous, next and last page (RFC 8288)."}
BY_STATUS = {
    "401": {"WWW-Authenticate": "The scheme that is asked for."},
    "429": {"Retry-After": "Seconds after which to try again."},
    "503": {"Retry-After": "Seconds after which to try again."},
}
FEEDS = ("/feeds/", "/lists/")
UNCHANGED = "What If-None-Match names still holds."


class Unserved(Router):
    """Takes Litestar's own pages of the OpenAPI document and serves none: `routes/docs.py` has ours."""

    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:
        return []


def openapi_config(settings: Settings) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Marquee",
        version=version("marquee"),
        description="What is on a watchlist, where each film streams, and what changed since yesterday.",
        license=License(name="MIT", identifier="MIT"),
        tags=[Tag(name=name, description=description) for name, description in TAGS.items()],
        components=Components(security_schemes=SCHEMES | FEED_SCHEMES),
        security=[{name: []} for name in SCHEMES] if settings.api_key else None,
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin()],
        openapi_router=Unserved("/", route_handlers=[]),
    )


def openapi_document(app: Litestar) -> Json:
    """Every route of the API as OpenAPI 3.1, with the headers of its answers and the words of our Structs."""
    document = app.openapi_schema.to_schema()
    known = handlers(app)
    for name, schema in document["components"]["schemas"].items():
        _describe_struct(schema, _structs()[name.partition("_")[0]])
    for path, item in document["paths"].items():
        is_health, may_be_kept = path.startswith(HEALTH), not path.startswith(OF_THE_MOMENT)
        for method, operation in item.items():
            _describe_input(operation, parameters(known[operation["operationId"]]))
            _describe_answer(document, operation)
            _describe_formats(operation)
            if any(parameter["name"] == "page" for parameter in operation.get("parameters", [])):
                _describe_list(document, operation)
            _add_headers(operation, is_kept=method == "get" and may_be_kept)
            if is_health:
                operation["security"] = []
            elif path.startswith(FEEDS) and "security" in document:
                operation["security"] = [*document["security"], *({name: []} for name in FEED_SCHEMES)]
    return document


def _describe_struct(schema: Json, struct: type[msgspec.Struct]) -> None:
    """Say in a component what its Struct says of itself, with the bounds and a sample of each field."""
    schema["description"] = cleandoc(struct.__doc__ or "")
    name = struct.__name__
    _, components = msgspec.json.schema_components([struct])
    add_bounds(schema, components[name if name in components else next(iter(components))])
    schema.update(EITHER.get(name, {}))
    for field, field_schema in schema.get("properties", {}).items():
        _add_sample(field_schema, field)


def _describe_answer(document: Json, operation: Json) -> None:
    """Say of a good answer what it is, where nobody said anything; what else a route may return is documented apart."""
    for status, answer in operation["responses"].items():
        if answer["description"] == HTTPStatus(int(status)).description:
            content: Json = next(iter(answer.get("content", {}).values()), {})
            if {} in content.get("schema", {}).get("oneOf", ()):
                content["schema"] = content["schema"]["oneOf"][0]
            said = _component(document, content.get("schema", {})).get("description") or operation["summary"]
            answer["description"] = str(said).partition("\n\n")[0]


def _describe_formats(operation: Json) -> None:
    """Where the caller chooses a format, a good answer has one of several types."""
    choice: Json = next((each["schema"] for each in operation.get("parameters", []) if each["name"] == "format"), {})
    for kind in choice.get("enum", ()):
        file = {"schema": {"type": "string", "description": FILES.get(kind, "")}}
        operation["responses"]["200"]["content"].setdefault(MEDIA_TYPES[kind], file)


def _describe_list(document: Json, operation: Json) -> None:
    """Every list may be refused for its format, and only films have a flavour."""
    good = operation["responses"]["200"]
    page = _component(document, good["content"]["application/json"]["schema"])
    film = _component(document, page["properties"]["items"]["items"])
    if not letterboxd.is_film(film.get("properties", {})):
        operation["parameters"] = [each for each in operation["parameters"] if each["name"] != "flavour"]
    if any(parameter["name"] == "fields" for parameter in operation["parameters"]):
        _allow_fewer_fields(document, page["properties"]["items"])
    problem = operation["responses"]["400"]["content"]
    operation["responses"]["406"] = {"description": described(406)[406].description, "content": problem}


def _allow_fewer_fields(document: Json, items: Json) -> None:
    """Where the caller chooses fields, an item may have any of them; it has at least one."""
    whole = items["items"]["$ref"]
    name = f"Sparse{whole.rpartition('/')[2]}"
    sparse = {key: value for key, value in _component(document, items["items"]).items() if key != "required"}
    said = {"title": name, "description": "The fields that were asked for, in their order.", "minProperties": 1}
    document["components"]["schemas"][name] = sparse | said
    items["items"] = {"anyOf": [{"$ref": whole}, {"$ref": f"#/components/schemas/{name}"}]}


def _component(document: Json, schema: Json) -> Json:
    """The schema that this one refers to, or itself."""
    found: Json = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    return found


def _add_sample(schema: Json, name: str) -> None:
    """Give a schema an example, where a field of this name has a natural one that fits."""
    sample = SAMPLES.get(name)
    if sample is None or "$ref" in schema or "examples" in schema:
        return
    kinds = [schema, *schema.get("oneOf", ())]
    if schema.get("type") == "array" and not isinstance(sample, list):
        _add_sample(schema["items"], name)
    elif any(_fits(sample, kind) for kind in kinds):
        schema["examples"] = [sample]


def _fits(sample: Any, schema: Json) -> bool:
    types = {"string": str, "integer": int, "number": int | float, "array": list, "boolean": bool}
    kinds = schema.get("type")
    expected = [types[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds or []) if kind in types]
    is_flag = isinstance(sample, bool) and bool not in expected
    return (
        any(isinstance(sample, each) for each in expected)
        and not is_flag
        and sample in schema.get("enum", [schema.get("const", sample)])
    )


def _add_headers(operation: Json, *, is_kept: bool) -> None:
    """`is_kept`: a caller may keep the answer, and ask with its ETag whether it still holds."""
    answers = operation["responses"]
    if is_kept:
        is_page = any(parameter["name"] == "page" for parameter in operation.get("parameters", []))
        _describe(answers["200"], TAG | (LINKS if is_page else {}))
        _describe(answers.setdefault("304", {"description": UNCHANGED}), TAG)
    for status, headers in BY_STATUS.items():
        if status in answers:
            _describe(answers[status], headers)


def _describe_input(operation: Json, annotations: Json) -> None:
    """What each parameter may be, what the parts of a path are, and whether the body may be left out (or be null)."""
    for parameter in operation.get("parameters", []):
        name, schema = parameter["name"], parameter["schema"]
        bound_parameter(schema, annotations[name])
        if parameter["in"] == "path":
            parameter["description"] = IN_PATHS[name]
            if schema["type"] == "string":
                schema.update({"minLength": 1, "maxLength": LONGEST_PART} | PARTS.get(name, {}))
        _add_sample(schema, name)
    body = operation.get("requestBody", {"content": {}})
    for content in body["content"].values():
        choices = content["schema"].get("oneOf", [])
        if {"type": "null"} in choices:
            body["required"] = False


@cache
def _structs() -> dict[str, type[msgspec.Struct]]:
    """Each Struct of the wire by its name."""
    modules = [import_module(f"{schemas.__name__}.{each.name}") for each in iter_modules(schemas.__path__)]
    found = (each for module in modules for each in vars(module).values() if isinstance(each, type))
    return {each.__name__: each for each in found if issubclass(each, msgspec.Struct)}


def _describe(answer: Json, headers: dict[str, str]) -> None:
    described = {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}
    answer["headers"] = answer.get("headers", {}) | described
