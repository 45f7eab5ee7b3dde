"""The OpenAPI document: what the framework derives from the routes, and what it cannot know of."""

from functools import cache
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
from api.headers import HEALTH
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
}
TAG = {"ETag": "What to send as If-None-Match the next time."}
LINKS = {"Link": "The first, previous, next and last page (RFC 8288)."}
BY_STATUS = {
    "401": {"WWW-Authenticate": "The scheme that is asked for."},
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
    for name, schema in document["components"]["schemas"].items():
        schema["description"] = _docstrings()[name.partition("_")[0]]
    for path, item in document["paths"].items():
        is_health = path.startswith(HEALTH)
        for method, operation in item.items():
            _add_headers(operation, is_kept=method == "get" and not is_health)
            _describe_input(operation)
            if is_health:
                operation["security"] = []
            elif path.startswith(FEEDS) and "security" in document:
                operation["security"] = [*document["security"], *({name: []} for name in FEED_SCHEMES)]
    return document


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


def _describe_input(operation: Json) -> None:
    """What the parts of a path are, and whether the body may be left out."""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            parameter["description"] = IN_PATHS[parameter["name"]]
    body = operation.get("requestBody", {"content": {}})
    for content in body["content"].values():
        choices = content["schema"].get("oneOf", [])
        if {"type": "null"} in choices:
            content["schema"] = next(choice for choice in choices if choice != {"type": "null"})
            body["required"] = False


@cache
def _docstrings() -> dict[str, str]:
    """What each Struct of the wire says of itself, by its name."""
    modules = [import_module(f"{schemas.__name__}.{each.name}") for each in iter_modules(schemas.__path__)]
    structs = (each for module in modules for each in vars(module).values() if isinstance(each, type))
    return {each.__name__: cleandoc(each.__doc__ or "") for each in structs if issubclass(each, msgspec.Struct)}


def _describe(answer: Json, headers: dict[str, str]) -> None:
    described = {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}
    answer["headers"] = answer.get("headers", {}) | described
