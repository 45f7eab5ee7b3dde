"""Feeds, where only the page can be reached: each is passed on as the API answers it."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import HttpMethod, Response, route
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import FromPath

from web.client import MarqueeApi
from web.pages.requests import PageRequest

PAGE_HEADER = "X-Marquee-Page"
"""Tells the API under which address its reader has the page, which the links of the feed begin with."""
FORTH = ("if-none-match", "if-modified-since")
BACK = ("content-type", "etag", "last-modified", "cache-control", "retry-after", "www-authenticate")


@route("/feeds/{name:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="feed")
async def pass_feed(request: PageRequest, name: FromPath[str], api: NamedDependency[MarqueeApi]) -> Response[Any]:
    """A feed with its validators, or why there is none. Its token is the reader's to give: the page adds no key."""
    asked = {each: request.headers[each] for each in FORTH if each in request.headers}
    asked[PAGE_HEADER] = _address_of_the_page(request)
    query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    answer = await api.feed(name, query, asked)
    headers = {each: answer.headers[each] for each in BACK if each in answer.headers}
    return Response(answer.content, status_code=answer.status, headers=headers)


def _address_of_the_page(request: PageRequest) -> str:
    """As the reader knows it, without a slash at the end."""
    try:
        return str(request.base_url).rstrip("/")
    except ValueError:
        raise ClientException("Host names no host.") from None
