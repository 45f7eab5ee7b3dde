"""What keeps other pages away from this one: response headers, and a guard on requests that change something.

The guard needs no cookie and no state, so it works without JavaScript, over restarts and with several processes.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.types import Message, Scope

AVATAR_ORIGIN = "https://a.ltrbxd.com"
"""Where Letterboxd keeps its members' pictures: nothing else is taken from there."""
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def own_pages_only(connection: ASGIConnection, _: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Refuse a changing request that another site's page sent.

    Browsers say where a request comes from in Sec-Fetch-Site, but over plain HTTP only to loopback; there its
    Origin, else its Referer, must name the host that was asked.
    """
    if connection.scope["method"] in SAFE_METHODS:  # type: ignore[typeddict-item]
        return
    headers = connection.headers
    site = headers.get("sec-fetch-site")
    if site is not None:
        allowed = site in ("same-origin", "none")
    else:
        allowed = _host(headers.get("origin") or headers.get("referer") or "") == headers.get("host", "").lower() != ""
    if not allowed:
        raise PermissionDeniedException("This request did not come from Marquee's own page.")


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def header_hook(image_base_url: str) -> Callable[[Message, Scope], Awaitable[None]]:
    """A hook that gives every answer its headers; images may come from the host of `image_base_url` too, and avatars.

    The referrer goes to this site alone. `no-referrer` would make browsers send `Origin: null` with forms,
    which the guard could not tell from another site's.
    """
    image = urlsplit(image_base_url)
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' {image.scheme}://{image.netloc} "
        f"{AVATAR_ORIGIN}; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    fixed = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "x-robots-tag": "noindex",
    }

    async def add_headers(message: Message, _: Scope) -> None:
        if message["type"] == "http.response.start":
            MutableScopeHeaders.from_message(message).update(fixed)

    return add_headers
