"""What htmx says about a request."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from litestar import Request
from litestar.datastructures import MultiDict

from web.view import View

PageRequest = Request[Any, Any, Any]


def from_htmx(request: PageRequest) -> bool:
    """Whether a fragment is wanted; htmx restoring its history wants the whole page."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers


def wants_films(request: PageRequest) -> bool:
    return from_htmx(request) and request.headers.get("hx-target") == "films"


def reloads_films(request: PageRequest) -> bool:
    """Whether the films ask for themselves again, and no person changed what is shown."""
    return request.headers.get("hx-trigger") == "films"


def current_view(request: PageRequest) -> View | None:
    """What the page that asks shows now, by its address."""
    address = request.headers.get("hx-current-url")
    if not address:
        return None
    try:
        query = urlsplit(address).query
    except ValueError:
        return None
    return View.of(MultiDict(parse_qsl(query)))


def root_of(request: PageRequest) -> str:
    """The prefix that this site is served under, without a slash at its end."""
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/")
