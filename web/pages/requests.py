"""What pages need to know of a request, and what many of them answer alike."""

from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from litestar import Request
from litestar.datastructures import MultiDict
from litestar.response import Redirect

from web.view import View

PageRequest = Request[Any, Any, Any]
NOT_STORED = {"vary": "HX-Request", "cache-control": "no-store"}


class Paged(Protocol):
    """A view whose address names a page of it, from 1."""

    @property
    def page(self) -> int: ...
    def address(self, **changes: Any) -> str: ...


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


def past_the_end(request: PageRequest, path: str, view: Paged, pages: int) -> Redirect | None:
    """The way to the last page of `path` where `view` is beyond it."""
    last = max(1, pages)
    if view.page <= last:
        return None
    return Redirect(root_of(request) + path + view.address(page=last), status_code=303)
