"""Every error as a page in the product's words, or as one line of it where htmx asked."""

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from litestar.exceptions import HTTPException
from litestar.response import Template
from litestar.types import ExceptionHandlersMap

from web.client import ApiAway, ApiProblem
from web.pages.requests import PageRequest, from_htmx
from web.snapshot import UnknownMember

log = logging.getLogger("web")

RETRY_SECONDS = 5
AWAY = "The part of Marquee that keeps the films does not answer. It may still be starting."


class Trouble(msgspec.Struct, kw_only=True):
    """`retry` in seconds makes the page load itself again."""

    status: int
    title: str
    words: str
    retry: int | None = None


def error_handlers() -> ExceptionHandlersMap:
    return {
        ApiAway: api_away,
        ApiProblem: api_problem,
        UnknownMember: unknown_member,
        HTTPException: refused,
        Exception: unexpected,
    }


def api_away(request: PageRequest, error: ApiAway) -> Template:
    log.warning("%s", error)
    return answer(
        request,
        Trouble(
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            title="Marquee is not ready",
            words=AWAY,
            retry=RETRY_SECONDS,
        ),
    )


def api_problem(request: PageRequest, error: ApiProblem) -> Template:
    log.warning("%s", error)
    return answer(request, trouble(error))


def trouble(error: ApiProblem) -> Trouble:
    """What a refusal of the API means to the person at the page."""
    match error.status:
        case HTTPStatus.UNAUTHORIZED:
            return Trouble(
                status=HTTPStatus.SERVICE_UNAVAILABLE,
                title="The page may not read the films",
                words="The API needs a key that this page does not have. Set API_KEY to the same value for both.",
            )
        case HTTPStatus.NOT_FOUND:
            return Trouble(status=HTTPStatus.NOT_FOUND, title="There is nothing here", words=error.detail)
        case HTTPStatus.SERVICE_UNAVAILABLE | HTTPStatus.TOO_MANY_REQUESTS:
            return Trouble(
                status=HTTPStatus.SERVICE_UNAVAILABLE,
                title="Marquee cannot do this now",
                words=error.detail,
                retry=RETRY_SECONDS,
            )
        case _:
            return Trouble(
                status=HTTPStatus.BAD_GATEWAY, title="This did not work", words=f"Marquee said: {error.detail}"
            )


def cannot_start(error: ApiProblem) -> Trouble:
    """What a refusal to refresh means."""
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Trouble(status=HTTPStatus.TOO_MANY_REQUESTS, title="Not so soon", words=error.detail)
    if error.status != HTTPStatus.SERVICE_UNAVAILABLE:
        return trouble(error)
    queue = "Redis" in error.detail
    because = "The queue (Valkey or Redis) does not answer." if queue else error.detail
    return Trouble(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        title="No refresh can start now",
        words=f"{because} The films that are shown stay.",
    )


def unknown_member(request: PageRequest, error: UnknownMember) -> Template:
    return answer(request, Trouble(status=HTTPStatus.NOT_FOUND, title="Nobody of this name", words=str(error)))


def refused(request: PageRequest, error: HTTPException) -> Template:
    titles = {HTTPStatus.NOT_FOUND: "There is nothing here", HTTPStatus.FORBIDDEN: "This request was refused"}
    words = {
        HTTPStatus.NOT_FOUND: "No page of Marquee has this address.",
        HTTPStatus.FORBIDDEN: "It did not come from Marquee’s own page. Open Marquee in this browser and try again.",
    }
    status = HTTPStatus(error.status_code)
    return answer(
        request,
        Trouble(
            status=status,
            title=titles.get(status, "This did not work"),
            words=words.get(status, f"The request could not be used ({status.phrase.lower()})."),
        ),
    )


def unexpected(request: PageRequest, error: Exception) -> Template:
    log.error("%s failed", request.url.path, exc_info=error)
    return answer(
        request,
        Trouble(
            status=HTTPStatus.INTERNAL_SERVER_ERROR,
            title="Something went wrong here",
            words="This is a fault of Marquee. Its log says more.",
        ),
    )


def answer(request: PageRequest, trouble: Trouble) -> Template:
    context: dict[str, Any] = {"trouble": trouble}
    headers = {"cache-control": "no-store", "vary": "HX-Request"}
    if trouble.retry:
        headers["retry-after"] = str(trouble.retry)
    if from_htmx(request):
        headers |= {"hx-retarget": "#flash", "hx-reswap": "innerHTML"}
        name = "fragments/flash.html"
    else:
        name = "error.html"
    return Template(template_name=name, context=context, headers=headers, status_code=trouble.status)
