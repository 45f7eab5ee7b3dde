"""The OpenAPI document, and a page that shows it to people without anything from elsewhere."""

import base64
import hashlib
import re
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from litestar import MediaType, Request, Router, get
from litestar.datastructures import ResponseHeader
from markupsafe import Markup, escape

from api.openapi import openapi_document
from api.reference import groups

STATIC = files("api") / "static"
CODE = re.compile(r"`([^`]+)`")


@get("/openapi.json", include_in_schema=False)
async def get_openapi(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Every route of the API, as OpenAPI 3.1."""
    return openapi_document(request.app)


def docs_router() -> Router:
    """The routes, with the page's template read once."""
    css = (STATIC / "docs.css").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    environment.filters["prose"] = _prose
    template = environment.from_string((STATIC / "docs.html").read_text(encoding="utf-8"))
    policy = ResponseHeader(name="Content-Security-Policy", value=_policy(css))

    @get("/docs", include_in_schema=False, media_type=MediaType.HTML, response_headers=[policy])
    async def get_docs(request: Request[Any, Any, Any]) -> str:
        """The OpenAPI document as a page."""
        document = openapi_document(request.app)
        origin = str(request.base_url).rstrip("/")
        return template.render(document=document, groups=groups(document, origin), css=css)

    return Router("/", route_handlers=[get_openapi, get_docs])


def _prose(text: str) -> Markup:
    """A docstring's words, with what stands between backticks as code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704


def _policy(css: str) -> str:
    """Nothing is loaded and nothing runs; the page's own style is known by its hash."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
