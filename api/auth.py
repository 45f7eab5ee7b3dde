"""The key of the API: when API_KEY is set, every request names it, but those for health.

Who reads a feed can often send no header, and keeps the address in places that others see. So each feed has a token of
its own, which stands in the address and opens that feed alone.

Who names wrong keys one after the other is told to slow down. The right one opens all the same: behind a proxy all have
the same address, and nobody shall lock the owner out.
"""

import base64
import hmac
import time
from collections.abc import Iterator
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Headers
from litestar.exceptions import NotAuthorizedException, TooManyRequestsException
from litestar.handlers import BaseRouteHandler
from litestar.openapi.spec import Reference, SecurityScheme
from litestar.types import Guard

from api.throttle import Clock, Failures

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


def demand_key(api_key: str | None, clock: Clock = time.monotonic) -> Guard:
    """A guard that lets pass who names `api_key` or a feed's token, or everybody where there is no key."""
    failures = Failures(clock)

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        if api_key is None or handler.opt.get(PUBLIC):
            return
        feed = _feed_of(connection, handler)
        keys, token = [*_given_keys(connection.headers)], _given_token(connection, feed)
        good = [hmac.compare_digest(key, api_key.encode()) for key in keys]
        if feed is not None and token is not None:
            good.append(hmac.compare_digest(token, feed_token(api_key, feed).encode()))
        if any(good):
            return
        if (keys or token) and (wait := failures.add(_address(connection))):
            raise TooManyRequestsException(headers={"Retry-After": str(wait)})
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


def _given_token(connection: Connection, feed: str | None) -> bytes | None:
    """The token in the address, where one opens the route."""
    if feed is None or connection.scope.get("method") not in READING:
        return None
    return str(connection.query_params.get(TOKEN, "")).encode(errors="replace")


def _given_keys(headers: Headers) -> Iterator[bytes]:
    """The bytes of each key that was sent, in either way or in both; headers come decoded as Latin-1."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    for key in (headers.get("x-api-key", ""), bearer):
        if key:
            yield key.encode("latin-1")


def _address(connection: Connection) -> str:
    return connection.client.host if connection.client else ""
