"""Feeds, where only the page can be reached: each is passed on as the API answers it, a refusal in plain words."""

import logging
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import HttpMethod, MediaType, Response, route
from litestar.di import NamedDependency
from litestar.exceptions import ClientException

from web.client import ApiAway, MarqueeApi
from web.pages.errors import AWAY, RETRY_SECONDS
from web.pages.requests import PageRequest
from web.shapes import Problem

PAGE_HEADER = "X-Marquee-Page"
"""Tells the API under which address its reader has the page, which the links of the feed begin with."""
FORTH = ("if-none-match", "if-modified-since")
LISTS = "/lists/"
"""Read by programs: they are told what is wrong as the API says it."""
BACK = ("content-type", "etag", "last-modified", "cache-control", "retry-after", "www-authenticate")

log = logging.getLogger("web")


def api_away(_request: PageRequest, error: ApiAway) -> Response[str]:
    """A page would say nothing to a reader of feeds."""
    log.warning("%s", error)
    headers = {"cache-control": "no-store", "retry-after": str(RETRY_SECONDS)}
    return Response(f"{AWAY}\n", status_code=503, media_type=MediaType.TEXT, headers=headers)


@route(
    ["/feeds/{name:str}", "/lists/{name:str}/watchlist.json"],
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    name="feed",
    exception_handlers={ApiAway: api_away},
)
async def pass_feed(request: PageRequest, api: NamedDependency[MarqueeApi]) -> Response[Any]:
    """A feed or a list with its validators, or why there is none. Its token is the reader's to give, not the page's."""
    asked = {each: request.headers[each] for each in FORTH if each in request.headers}
    asked[PAGE_HEADER] = _address_of_the_page(request)
    query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    answer = await api.feed(request.scope["path"], query, asked)
    headers = {each: answer.headers[each] for each in BACK if each in answer.headers}
    if answer.status < 400 or request.scope["path"].startswith(LISTS):
        return Response(answer.content, status_code=answer.status, headers=headers)
    del headers["content-type"]
    return Response(_why(answer.content), status_code=answer.status, media_type=MediaType.TEXT, headers=headers)


def _why(content: bytes) -> str:
    """What a problem document says to a person."""
    try:
        problem = msgspec.json.decode(content, type=Problem)
    except msgspec.DecodeError:
        problem = Problem(detail="The feed cannot be read now.")
    faults = [f"{fault.field}: {fault.message}" for fault in problem.errors]
    return "".join(f"{line}\n" for line in faults or [problem.detail])


def _address_of_the_page(request: PageRequest) -> str:
    """As the reader knows it, without a slash at the end."""
    try:
        return str(request.base_url).rstrip("/")
    except ValueError:
        raise ClientException("Host names no host.") from None
