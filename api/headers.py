"""The headers that every answer carries, the refusals included."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

KEPT = "private, no-cache"
"""A browser may keep the answer, and asks with its ETag whether it still holds."""
NOT_KEPT = "no-store"
HEALTH = "/health/"


async def add_headers(message: Message, scope: Scope) -> None:
    """A hook that Litestar calls before each message of an answer."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders(message)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Robots-Tag"] = "noindex, nofollow"
    headers["Referrer-Policy"] = "no-referrer"
    good = message["status"] in (200, 304)
    keep = good and scope.get("method") in ("GET", "HEAD") and not scope["path"].startswith(HEALTH)
    headers.setdefault("Cache-Control", KEPT if keep else NOT_KEPT)
    allowed = [method.strip() for method in headers.get("Allow", "").split(",")]
    if "GET" in allowed:
        headers["Allow"] = ", ".join(dict.fromkeys(["GET", "HEAD", *allowed]))
