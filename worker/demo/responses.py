"""Pages and refusals as Litestar answers."""

from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from hashlib import blake2b
from typing import Any

from jinja2 import Environment, PackageLoader
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException

from worker.demo.faults import family_of
from worker.demo.refusals import Refusal, refusal


class Refused(Exception):
    """A handler's way out: the answer that the host gives instead."""

    def __init__(self, answer: Refusal) -> None:
        super().__init__(answer.status)
        self.answer = answer


def page(template: str, **context: Any) -> Response[str]:
    """A rendered HTML page."""
    return Response(_environment().get_template(template).render(context), media_type=MediaType.HTML)


def feed(template: str, **context: Any) -> Response[str]:
    """A rendered XML feed."""
    content = _environment().get_template(template).render(context)
    return Response(content, media_type="application/rss+xml;charset=utf-8")


def conditional(request: Request[Any, Any, Any], answer: Response[str], changed: datetime | None) -> Response[str]:
    """The answer with its names, or 304 where the caller names one of them: an ETag counts before a date."""
    names = {"etag": f'W/"{blake2b(answer.content.encode(), digest_size=8).hexdigest()}"'}
    if changed is not None:
        names["last-modified"] = format_datetime(changed.astimezone(UTC), usegmt=True)
    asked = request.headers
    known = "last-modified" if asked.get("if-none-match") is None else "etag"
    condition = asked.get("if-none-match") or asked.get("if-modified-since")
    if condition is not None and condition == names.get(known):
        return Response("", status_code=304, headers=names)
    answer.headers.update(names)
    return answer


def refuse(request: Request[Any, Any, Any], error: Refused) -> Response[str]:
    """The refusal as a response."""
    answer = error.answer
    return Response(answer.body, status_code=answer.status, media_type=answer.media_type, headers=dict(answer.headers))


def not_here(request: Request[Any, Any, Any], error: HTTPException) -> Response[str] | Response[dict[str, Any]]:
    """A path that nobody serves, or bad input to the controls."""
    path = request.scope["path"]
    if path.startswith("/_demo"):
        return Response({"detail": error.detail, "extra": error.extra}, status_code=error.status_code)
    kind = "missing" if error.status_code == 404 else "status"
    return refuse(request, Refused(refusal(kind, family_of(path), status=error.status_code)))


exception_handlers: dict[int | type[Exception], Any] = {Refused: refuse, HTTPException: not_here}


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("worker.demo"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
