"""The key of the API: when API_KEY is set, every request names it, but those for health."""

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
SCHEMES: dict[str, SecurityScheme | Reference] = {
    "api_key": SecurityScheme(type="apiKey", name="X-Api-Key", security_scheme_in="header"),
    "bearer": SecurityScheme(type="http", scheme="bearer"),
}


def demand_key(api_key: str | None) -> Guard:
    """A guard that lets pass who names `api_key`, or everybody where there is none."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        if api_key is None or handler.opt.get(PUBLIC):
            return
        if not hmac.compare_digest(_given_key(connection.headers), api_key.encode()):
            raise NotAuthorizedException(headers={"WWW-Authenticate": 'Bearer realm="Marquee"'})

    return guard


def _given_key(headers: Headers) -> bytes:
    """The bytes that were sent as key; headers come decoded as Latin-1."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    return (headers.get("x-api-key") or bearer).encode("latin-1")
