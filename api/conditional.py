"""What every good answer carries beside its body: an ETag, the answer 304 to who has it already, and page links."""

import hashlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Request, Response
from litestar.datastructures import Headers
from litestar.response.base import ASGIResponse
from litestar.types import Scope

from api.schemas.pages import Page

TAG = "tag"


class ConditionalResponse(Response[Any]):
    """A response with a weak ETag; a GET that names it gets 304. A page also links to its neighbours.

    The tag is the one in the request's state under `TAG`, else one over the body.

    Where it has a `Last-Modified`, that may be named instead.
    """

    def to_asgi_response(self, app: Any, request: Request[Any, Any, Any], **options: Any) -> ASGIResponse:
        response = super().to_asgi_response(app, request, **options)
        if isinstance(self.content, Page):
            response.headers["link"] = page_links(self.content, request.scope)
        if request.method != "GET" or response.status_code != 200:
            return response
        tag = request.scope["state"].get(TAG) or f'W/"{hashlib.blake2b(response.body, digest_size=12).hexdigest()}"'
        response.headers["etag"] = tag
        if is_known(request.headers, tag, response.headers.get("last-modified")):
            response.status_code, response.body = 304, b""
            del response.headers["content-length"]
        return response


def is_known(asked: Headers, tag: str, last_modified: str | None) -> bool:
    """Whether the caller has the answer already. Who names tags is told by them alone (RFC 9110, section 13.2.2)."""
    if (tags := asked.get("if-none-match")) is not None:
        return knows(tags, tag)
    seen, changed = moment(asked.get("if-modified-since")), moment(last_modified)
    return seen is not None and changed is not None and changed <= seen


def moment(http_date: str | None) -> datetime | None:
    """The time that a header names; None where it names none."""
    try:
        found = parsedate_to_datetime(http_date or "")
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def knows(if_none_match: str, tag: str) -> bool:
    """Whether the tags that a caller has hold this one (weak comparison, RFC 9110)."""
    tags = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags


def page_links(page: Page[Any], scope: Scope) -> str:
    """The value of `Link` (RFC 8288): first, prev, next and last page, as paths of this host."""
    last = max(page.total_pages, 1)
    targets = {"first": 1, "last": last}
    if page.has_previous:
        targets["prev"] = min(page.page - 1, last)
    if page.has_next:
        targets["next"] = page.page + 1
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    others = urlencode([(name, value) for name, value in query if name != "page"])
    begin = f"{scope.get('root_path', '')}{scope['path']}?{others}{'&' if others else ''}page="
    return ", ".join(f'<{begin}{number}>; rel="{relation}"' for relation, number in targets.items())
