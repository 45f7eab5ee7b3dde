"""Every list of the API as a file: routes that answer a page say nothing of it, and are called once for each page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import msgspec
from litestar import Request
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.plugins import ReceiveRoutePlugin
from litestar.response.base import ASGIResponse
from litestar.response.streaming import ASGIStreamingResponse
from litestar.routes import BaseRoute, HTTPRoute
from msgspec import inspect
from msgspec.structs import replace

from api.answers import tag_of_file
from api.conditional import ConditionalResponse, is_known
from api.formats import letterboxd
from api.formats.asked import MEDIA_TYPES, Form
from api.formats.table import Cell, Column, as_csv, cells, columns_in, columns_of
from api.schemas.pages import Page

AnyPage = Page[Any]
Turn = Callable[[int], Awaitable[AnyPage]]
"""Reads the page of this number."""
Write = Callable[[list[Any]], str | bytes]
"""The next part of a file, of the items of a page; the first part has the header."""

CONTENT_TYPES = MEDIA_TYPES | {"csv": "text/csv; header=present"}
COLUMNS = "columns"
"""The `opt` of a route that answers a list: the columns of its table."""


class ListsAsFiles(ReceiveRoutePlugin):
    """Gives every route that answers a `Page` its further formats."""

    def receive_route(self, route: BaseRoute) -> None:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            annotation = handler.parsed_fn_signature.return_type
            if annotation.is_subclass_of(Page) and COLUMNS not in handler.opt:
                handler.opt[COLUMNS] = columns_of(_item(annotation.annotation))
                handler(_turning(handler))


def holds_films(handler: BaseRouteHandler) -> bool:
    """Whether a route's list is one that Letterboxd's importer can take."""
    return letterboxd.is_film(column.name for column in handler.opt.get(COLUMNS, ()))


class ListResponse(ConditionalResponse):
    """A page, or the file that begins with it."""

    def __init__(self, page: AnyPage, *, columns: list[Column], turn: Turn) -> None:
        super().__init__(page)
        self._columns = columns
        self._turn = turn

    def to_asgi_response(self, app: Any, request: Request[Any, Any, Any], **options: Any) -> ASGIResponse:
        form: Form = request.state.form
        if form.kind == "json":
            response = super().to_asgi_response(app, request, **options)
            response.headers["vary"] = "Accept"
            return response
        write = as_lines if form.kind == "ndjson" else _tabulating(form, self._columns)
        noun = request.scope["path_template"].rstrip("/").rpartition("/")[2]
        name = f"{noun}-{datetime.now(UTC):%Y-%m-%d}.{form.kind}"
        headers = {"content-disposition": f'attachment; filename="{name}"', "vary": "Accept"}
        if tag := tag_of_file(request.scope):
            headers["etag"] = tag
            if is_known(request.headers, tag, None):
                return ASGIResponse(status_code=304, headers=headers)
        parts = file_parts(self.content, self._turn, write, whole=form.whole)
        return ASGIStreamingResponse(iterator=parts, headers=headers, media_type=CONTENT_TYPES[form.kind])


async def file_parts(page: AnyPage, turn: Turn, write: Write, *, whole: bool) -> AsyncIterator[str | bytes]:
    """A file part by part, each of one page, so that a long list takes no more memory than a short one."""
    yield write(page.items)
    while whole and page.has_next:
        page = await turn(page.page + 1)
        yield write(page.items)


def as_lines(items: list[Any]) -> bytes:
    return msgspec.json.Encoder().encode_lines(items)


def _tabulating(form: Form, columns: list[Column]) -> Write:
    chosen: list[Column] = []

    def write(items: list[Any]) -> str:
        rows = msgspec.json.decode(msgspec.json.encode(items))
        table: list[list[Cell]] = []
        if not chosen:
            chosen.extend(columns_in(columns, form.fields or (rows[0] if rows else ())))
            table.append([*letterboxd.HEADER] if form.flavour else [column.name for column in chosen])
        table += [letterboxd.row(each) if form.flavour else cells(each, chosen) for each in rows]
        return as_csv(table, raw=form.raw)

    return write


def _turning(handler: HTTPRouteHandler) -> Callable[..., Awaitable[ListResponse]]:
    """The function of a route, where its answer also knows how to read the other pages."""
    fn, columns = handler.fn, handler.opt[COLUMNS]

    @wraps(fn)
    async def answer(**given: Any) -> ListResponse:
        def turn(page: int) -> Awaitable[AnyPage]:
            return fn(**given | {"paging": replace(given["paging"], page=page)})

        return ListResponse(await fn(**given), columns=columns, turn=turn)

    return answer


def _item(page: Any) -> inspect.Type:
    """The type of the items of a page."""
    shape = inspect.type_info(page)
    fields = {field.name: field.type for field in shape.fields} if isinstance(shape, inspect.StructType) else {}
    items = fields.get("items")
    return items.item_type if isinstance(items, inspect.ListType) else inspect.AnyType()
