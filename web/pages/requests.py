"""What htmx says about a request."""

from typing import Any

from litestar import Request

PageRequest = Request[Any, Any, Any]


def from_htmx(request: PageRequest) -> bool:
    """Whether a fragment is wanted; htmx restoring its history wants the whole page."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers


def wants_films(request: PageRequest) -> bool:
    return from_htmx(request) and request.headers.get("hx-target") == "films"


def reloads_films(request: PageRequest) -> bool:
    """Whether the films ask for themselves again, and no person changed what is shown."""
    return request.headers.get("hx-trigger") == "films"


def root_of(request: PageRequest) -> str:
    """The prefix that this site is served under, without a slash at its end."""
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/")
