"""The translation of errors to problem documents (RFC 9457): the only place that says them in HTTP."""

import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from traceback import walk_tb
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.status_codes import HTTP_415_UNSUPPORTED_MEDIA_TYPE

from api.errors import (
    BeingRead,
    Conflict,
    Invalid,
    MarqueeError,
    NotFound,
    NothingRead,
    NotReadYet,
    NotSetUp,
    NowhereToSend,
    TooSoon,
    Unavailable,
)
from api.faults import ABSENT, Fault, in_words
from api.operations import body_types, choices
from api.schemas.problems import FieldError, Problem

AnyRequest = Request[Any, Any, Any]
Handler = Callable[[AnyRequest, Any], Response[bytes]]

MEDIA_TYPE = "application/problem+json"
POLL_SECONDS = "2"
"""After so many seconds it is worth looking at a refresh again."""
FAULTY = "The request cannot be used; see errors."
DETAILS = {
    400: "The request cannot be read.",
    401: "An API key is needed, as X-Api-Key or as Authorization: Bearer; for a feed, its token will do.",
    404: "There is nothing at this address.",
    405: "This address does not know this method; Allow names those that it knows.",
    406: "A list is answered as application/json, text/csv or application/x-ndjson; Accept allows none of these.",
    413: "The body is too large.",
    415: "The body is of a type that this address does not take.",
    429: "Too many wrong keys came from this address; try again after Retry-After, or with the right key at once.",
    500: "Marquee made a mistake here; its log says more.",
}
DESCRIPTIONS = DETAILS | {
    400: "A parameter or the body cannot be used; errors names each one at fault.",
    404: "What is asked for is not there.",
    409: "The state of what is asked for does not allow this.",
    406: "Nothing that Accept allows can be answered here.",
    429: "Too early; try again after Retry-After.",
    503: "A part of Marquee is away; try again after Retry-After.",
}
SPELLED = {"data": "body", "match_state": "state", "file_format": "format", "most": "max"}
"""Names that are others in our code: the framework keeps `data` and `state` for itself, and the rest are Python's."""

DECODER = "litestar.serialization"
"""Where the framework reads the JSON of a body."""

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


def from_too_soon(_request: AnyRequest, error: TooSoon) -> Response[bytes]:
    return problem(429, str(error), code=error.code, headers={"Retry-After": str(error.retry_after)})


def from_unavailable(_request: AnyRequest, error: Unavailable) -> Response[bytes]:
    """Why it is away is for the log: it may name hosts."""
    logger.warning("%s", error)
    detail = f"{error.what} is not available now."
    return problem(503, detail, code=error.code, headers={"Retry-After": str(error.retry_after)})


def from_not_read_yet(_request: AnyRequest, error: NotReadYet) -> Response[bytes]:
    """Why is no secret here; some programs show `errors` alone."""
    headers = {"Retry-After": str(error.retry_after)}
    return problem(503, str(error), code=error.code, errors=[("watchlist", error.because)], headers=headers)


def from_nothing_read(_request: AnyRequest, error: NothingRead) -> Response[bytes]:
    return problem(503, str(error), code=error.code, headers={"Retry-After": str(error.retry_after)})


def from_being_read(_request: AnyRequest, error: BeingRead) -> Response[bytes]:
    """No problem: what was asked for is on its way."""
    headers = {"Location": f"/api/v1/refreshes/{error.run.id}", "Retry-After": POLL_SECONDS}
    body = msgspec.json.encode(error.run)
    return Response(body, status_code=202, media_type="application/json", headers=headers)


def from_not_set_up(_request: AnyRequest, error: NotSetUp) -> Response[bytes]:
    """What to do is the caller's to know, and nothing is wrong that the log should tell."""
    headers = {"Retry-After": str(error.retry_after)}
    return problem(503, str(error), code=error.code, errors=[(error.setting, error.because)], headers=headers)


def from_http(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """What the framework refused: a path, a method, parameters, a body."""
    if error.status_code == 400 and error.extra:
        return problem(400, FAULTY, code=Invalid.code, errors=[_fault(request, each) for each in error.extra])
    detail = DETAILS.get(error.status_code, error.detail)
    if error.status_code == HTTP_415_UNSUPPORTED_MEDIA_TYPE and (types := body_types(request)):
        detail = f"The body must be sent as {' or '.join(types)}."
    if absent := ABSENT.match(error.detail):
        return problem(400, FAULTY, code=Invalid.code, errors=[(absent[1], "is missing")])
    errors = [("body", f"is not JSON: {error.detail}")] if error.status_code == 400 else []
    return problem(error.status_code, detail, errors=errors, headers=error.headers)


def from_recursion(request: AnyRequest, error: RecursionError) -> Response[bytes]:
    """JSON nested deeper than anything that is asked for here; any other endless recursion is a mistake of ours."""
    frames = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
    if frames and str(frames[-1]).startswith(DECODER):
        return problem(400, FAULTY, code=Invalid.code, errors=[("body", "is not JSON: it is nested too deep")])
    return from_mistake(request, error)


def from_mistake(request: AnyRequest, error: Exception) -> Response[bytes]:
    """A mistake of ours: the log gets everything, the caller nothing that tells of the inside."""
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, DETAILS[500])


HANDLERS: dict[int | type[Exception], Handler] = {
    Invalid: from_invalid,
    NotFound: from_not_found,
    Conflict: from_conflict,
    NowhereToSend: from_conflict,
    TooSoon: from_too_soon,
    Unavailable: from_unavailable,
    NotReadYet: from_not_read_yet,
    NothingRead: from_nothing_read,
    BeingRead: from_being_read,
    NotSetUp: from_not_set_up,
    MarqueeError: from_mistake,
    HTTPException: from_http,
    RecursionError: from_recursion,
    Exception: from_mistake,
}


def documented(*statuses: int) -> dict[int, ResponseSpec]:
    """The problems of a route that needs the key and the database, beside these ones, for the OpenAPI document."""
    return described(*sorted({400, 401, 429, 503, *statuses}))


def described(*statuses: int) -> dict[int, ResponseSpec]:
    """How a route that may answer these problems says so in the OpenAPI document."""
    return {
        status: ResponseSpec(
            data_container=Problem, description=DESCRIPTIONS[status], media_type=MEDIA_TYPE, generate_examples=False
        )
        for status in statuses
    }


def _fault(request: AnyRequest, extra: Any) -> Fault:
    """The field as the caller knows it, and what is wrong with it. The message of an absent body is its name."""
    name, message = str(extra.get("key") or "data"), str(extra.get("message") or "cannot be used")
    spelled = SPELLED.get(name, name)
    if message == repr("data"):
        return spelled, "is missing; it must be a JSON object"
    return in_words(spelled, message, choices(request, spelled.partition("[")[0]))
