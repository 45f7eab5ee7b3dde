"""The OpenAPI document: what the framework derives from the routes, and the headers that it cannot know of."""

from importlib.metadata import version
from typing import Any

from litestar import Litestar, Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License
from litestar.routes import BaseRoute
from litestar.types import ControllerRouterHandler

from api.auth import FEED_SCHEMES, SCHEMES
from api.headers import HEALTH
from api.settings import Settings

Json = dict[str, Any]

TAG = {"ETag": "What to send as If-None-Match the next time."}
LINKS = {"Link": "The first, previous, next and last page (RFC 8288)."}
BY_STATUS = {
    "401": {"WWW-Authenticate": "The scheme that is asked for."},
    "503": {"Retry-After": "Seconds after which to try again."},
}
FEEDS = "/feeds/"
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
        components=Components(security_schemes=SCHEMES | FEED_SCHEMES),
        security=[{name: []} for name in SCHEMES] if settings.api_key else None,
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin()],
        openapi_router=Unserved("/", route_handlers=[]),
    )


def openapi_document(app: Litestar) -> Json:
    """Every route of the API as OpenAPI 3.1, with the headers of its answers."""
    document = app.openapi_schema.to_schema()
    for path, item in document["paths"].items():
        is_health = path.startswith(HEALTH)
        for method, operation in item.items():
            _add_headers(operation, is_kept=method == "get" and not is_health)
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


def _describe(answer: Json, headers: dict[str, str]) -> None:
    described = {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}
    answer["headers"] = answer.get("headers", {}) | described
