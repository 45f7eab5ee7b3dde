"""The headers that every answer carries, the refusals included."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

KEPT = "private, no-cache"
"""A browser may keep the answer, and asks with its ETag whether it still holds."""
NOT_KEPT = "no-store"
HEALTH = "/health/"
METRICS = "/metrics"
OF_THE_MOMENT = (HEALTH, METRICS)
"""Beginnings of paths whose answers are true for the moment only."""


def adding_headers(app: ASGIApp) -> ASGIApp:
    """`app`, where its answers carry these headers as well."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(message, scope)
            await send(message)

        await app(scope, receive, send_with_headers)

    return answer


def _add_headers(message: HTTPResponseStartEvent, scope: Scope) -> None:
    headers = MutableScopeHeaders(message)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Robots-Tag"] = "noindex, nofollow"
    headers["Referrer-Policy"] = "no-referrer"
    good = message["status"] in (200, 304)
    keep = good and scope.get("method") in ("GET", "HEAD") and not scope["path"].startswith(OF_THE_MOMENT)
    headers.setdefault("Cache-Control", KEPT if keep else NOT_KEPT)
    allowed = [method.strip() for method in headers.get("Allow", "").split(",")]
    if "GET" in allowed:
        headers["Allow"] = ", ".join(dict.fromkeys(["GET", "HEAD", *allowed]))
