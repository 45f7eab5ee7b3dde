"""The translation of errors to problem documents (RFC 9457): the only place that says them in HTTP."""

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec

from api.errors import Conflict, Invalid, MarqueeError, NotFound, NowhereToSend, Unavailable
from api.schemas.problems import FieldError, Problem

AnyRequest = Request[Any, Any, Any]
Handler = Callable[[AnyRequest, Any], Response[bytes]]

MEDIA_TYPE = "application/problem+json"
FAULTY = "The request cannot be used; see errors."
DETAILS = {
    400: "The request cannot be read.",
    401: "An API key is needed, as X-Api-Key or as Authorization: Bearer; for a feed, its token will do.",
    404: "There is nothing at this address.",
    405: "This address does not know this method; Allow names those that it knows.",
    413: "The body is too large.",
    415: "The body must be JSON, sent as application/json, or of another type that this address is documented to take.",
    500: "Marquee made a mistake here; its log says more.",
}
DESCRIPTIONS = DETAILS | {
    400: "A parameter or the body cannot be used; errors names each one at fault.",
    404: "What is asked for is not there.",
    409: "The state of what is asked for does not allow this.",
    503: "A part of Marquee is away; try again after Retry-After.",
}
SPELLED = {"data": "body", "match_state": "state"}
"""Names that are others in our code: the framework keeps `data` and `state` for itself."""
UNKNOWN_FIELD = re.compile(r"unknown field `([^`]*)`")

logger = logging.getLogger("marquee.api")


def problem(
    status: int,
    detail: str,
    *,
    code: str | None = None,
    errors: Iterable[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """A problem document; `errors` holds (field, message) pairs."""
    title = HTTPStatus(status).phrase
    document = Problem(
        title=title,
        status=status,
        detail=detail,
        code=code or title.lower().replace(" ", "_"),
        errors=[FieldError(field, message) for field, message in errors],
    )
    return Response(
        msgspec.json.encode(document), status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def from_invalid(_request: AnyRequest, error: Invalid) -> Response[bytes]:
    return problem(400, FAULTY, code=error.code, errors=error.errors)


def from_not_found(_request: AnyRequest, error: NotFound) -> Response[bytes]:
    return problem(404, str(error), code=error.code)


def from_conflict(_request: AnyRequest, error: Conflict | NowhereToSend) -> Response[bytes]:
    return problem(409, str(error), code=error.code)


def from_unavailable(_request: AnyRequest, error: Unavailable) -> Response[bytes]:
    """Why it is away is for the log: it may name hosts."""
    logger.warning("%s", error)
    detail = f"{error.what} is not available now."
    return problem(503, detail, code=error.code, headers={"Retry-After": str(error.retry_after)})


def from_http(_request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """What the framework refused: a path, a method, parameters, a body."""
    if error.status_code == 400 and error.extra:
        return problem(400, FAULTY, code=Invalid.code, errors=[_field_error(each) for each in error.extra])
    detail = DETAILS.get(error.status_code, error.detail)
    errors = [("body", error.detail)] if error.status_code == 400 else []
    return problem(error.status_code, detail, errors=errors, headers=error.headers)


def from_mistake(request: AnyRequest, error: Exception) -> Response[bytes]:
    """A mistake of ours: the log gets everything, the caller nothing that tells of the inside."""
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, DETAILS[500])


HANDLERS: dict[int | type[Exception], Handler] = {
    Invalid: from_invalid,
    NotFound: from_not_found,
    Conflict: from_conflict,
    NowhereToSend: from_conflict,
    Unavailable: from_unavailable,
    MarqueeError: from_mistake,
    HTTPException: from_http,
    Exception: from_mistake,
}


def documented(*statuses: int) -> dict[int, ResponseSpec]:
    """The problems of a route that needs the key and the database, beside these ones, for the OpenAPI document."""
    return described(400, 401, *statuses, 503)


def described(*statuses: int) -> dict[int, ResponseSpec]:
    """How a route that may answer these problems says so in the OpenAPI document."""
    return {
        status: ResponseSpec(
            data_container=Problem, description=DESCRIPTIONS[status], media_type=MEDIA_TYPE, generate_examples=False
        )
        for status in statuses
    }


def _field_error(extra: Any) -> tuple[str, str]:
    """The field as the caller knows it, and what is wrong with it."""
    name, message = str(extra.get("key") or "data"), str(extra.get("message") or "cannot be used")
    if unknown := UNKNOWN_FIELD.search(message):
        return unknown[1], "is not a field here"
    return SPELLED.get(name, name), message
