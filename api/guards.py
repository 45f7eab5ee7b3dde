"""What is asked of every request before anything is done for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, NotFoundException, ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.status_codes import HTTP_415_UNSUPPORTED_MEDIA_TYPE
from litestar.types import Guard

from api.errors import Invalid
from api.operations import known_parameters, takes_text

Connection = ASGIConnection[Any, Any, Any, Any]
NUL = "\0"
"""The one character that PostgreSQL keeps in no text."""


def in_turn(*guards: Guard) -> Guard:
    """One guard that asks what these ask, one after the other; for each guard the handler would be copied."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        for each in guards:
            await each(connection, handler)  # type: ignore[misc]

    return guard


async def demand_host(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Refuse a request to a host that cannot be: addresses in answers begin with it."""
    try:
        _ = connection.base_url
    except ValueError:
        raise Invalid([("Host", "is not the name of a host")]) from None


async def demand_text(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Nothing has a name with NUL in it."""
    if NUL in connection.scope["path"]:
        raise NotFoundException


async def demand_known_parameters(connection: Connection, handler: BaseRouteHandler) -> None:
    """Refuse query parameters that the route does not know: a filter with a slip must not answer everything."""
    query = parse_qsl(connection.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if not query:
        return
    if faults := list(_faults(query, known_parameters(connection, handler))):
        raise Invalid(faults)


async def demand_values(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Refuse `null` where a number or one of a few words is asked for: what is left out is not named at all."""
    query = connection.scope["query_string"].decode("latin-1")
    if "null" not in query.lower():
        return
    named = [name for name, value in parse_qsl(query) if value.lower() == "null"]
    if faults := [(name, "cannot be null; leave it out instead") for name in named if not takes_text(connection, name)]:
        raise Invalid(faults)


async def demand_json(connection: Connection, handler: BaseRouteHandler) -> None:
    """Refuse a body that does not say that it is JSON, or in which 0 stands for false; no body at all is fine."""
    headers = connection.headers
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if has_body and kind != "application/json":
        raise HTTPException(status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE)
    if has_body and isinstance(connection, Request):
        _demand_exact(await connection.body(), handler.parsed_fn_signature.parameters["data"].annotation)


def _demand_exact(body: bytes, shape: Any) -> None:
    """Refuse what the framework would convert to this type without a word; what it refuses itself is left to it."""
    try:
        plain = msgspec.json.decode(body)
        msgspec.convert(plain, shape, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return
    try:
        msgspec.convert(_whole(plain), shape)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$")
        extra = [{"key": place.strip("`.") or "data", "message": message}]
        raise ValidationException(extra=extra) from None


def _whole(plain: Any) -> Any:
    """Numbers without a fraction as whole ones, which is what they are in JSON."""
    if isinstance(plain, dict):
        return {name: _whole(value) for name, value in plain.items()}
    if isinstance(plain, list):
        return [_whole(value) for value in plain]
    return int(plain) if isinstance(plain, float) and plain.is_integer() else plain


def _faults(query: Iterable[tuple[str, str]], known: Mapping[str, bool]) -> Iterator[tuple[str, str]]:
    """What is wrong with the names in a query and with how often they are there, as (name, message)."""
    given: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in query:
        given[name].append(value)
    for name, values in given.items():
        if name not in known:
            yield name, f"is not a parameter here; known are {', '.join(known)}" if known else "is not a parameter here"
        elif len(values) > 1 and not known[name]:
            yield name, "is given more than once"
        elif NUL in "".join(values):
            yield name, "holds a character that is in no text"
