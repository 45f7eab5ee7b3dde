"""The key of the API: when API_KEY is set, every request names it, but those for health.

Who reads a feed can often send no header, and keeps the address in places that others see. So each feed has a token of
its own, which stands in the address and opens that feed alone.
"""

import base64
import hmac
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Headers
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.openapi.spec import Reference, SecurityScheme
from litestar.types import Guard

PUBLIC = "public"
"""A route with this in its `opt` needs no key."""
FEED = "feed"
"""A route with this in its `opt`, the name of a feed, is also opened by that feed's token.

The name may hold parts of the path: there is a feed for each.
"""
TOKEN = "token"  # noqa: S105  the name of the parameter
READING = ("GET", "HEAD")
SCHEMES: dict[str, SecurityScheme | Reference] = {
    "api_key": SecurityScheme(type="apiKey", name="X-Api-Key", security_scheme_in="header"),
    "bearer": SecurityScheme(type="http", scheme="bearer"),
}
FEED_SCHEMES: dict[str, SecurityScheme | Reference] = {
    "feed_token": SecurityScheme(type="apiKey", name=TOKEN, security_scheme_in="query"),
}

Connection = ASGIConnection[Any, Any, Any, Any]


def demand_key(api_key: str | None) -> Guard:
    """A guard that lets pass who names `api_key` or a feed's token, or everybody where there is no key."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        if api_key is None or handler.opt.get(PUBLIC):
            return
        has_key = hmac.compare_digest(_given_key(connection.headers), api_key.encode())
        if not has_key and not _has_token(connection, _feed_of(connection, handler), api_key):
            raise NotAuthorizedException(headers={"WWW-Authenticate": 'Bearer realm="Marquee"'})

    return guard


def feed_token(api_key: str, name: str) -> str:
    """What opens the feed of this name, until API_KEY changes; nothing else can be told from it."""
    digest = hmac.digest(api_key.encode(), f"feed:{name}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _feed_of(connection: Connection, handler: BaseRouteHandler) -> str | None:
    """The name of the feed that is asked for; names of members are told in lower case."""
    name: str | None = handler.opt.get(FEED)
    return name and name.format(**{key: str(value).lower() for key, value in connection.path_params.items()})


def _has_token(connection: Connection, feed: str | None, api_key: str) -> bool:
    if feed is None or connection.scope.get("method") not in READING:
        return False
    given = str(connection.query_params.get(TOKEN, ""))
    return hmac.compare_digest(given.encode(errors="replace"), feed_token(api_key, feed).encode())


def _given_key(headers: Headers) -> bytes:
    """The bytes that were sent as key; headers come decoded as Latin-1."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    return (headers.get("x-api-key") or bearer).encode("latin-1")
