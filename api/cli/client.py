"""The API as the commands speak to it: over HTTP, like anybody else."""

import os
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from api.cli.exits import AWAY, BY_STATUS, FAILED, WRONG, CommandError
from api.schemas.pages import Page
from api.schemas.problems import Problem
from api.settings import load_some

Shape = TypeVar("Shape")
Query = Mapping[str, str | int | bool | None]

NEEDED = ["API_URL", "API_PORT", "API_KEY"]
TIMEOUT_SECONDS = 10.0
LARGEST_PAGE = 100
NO_MEMBER = "There is no member "
NOT_SET_UP = "not_set_up"
SAYS_WHEN = ("too_soon", NOT_SET_UP)
"""Codes of problems that need no word on when to try again."""


class Refused(CommandError):
    """The API answered that it does not do this; `status` is the HTTP status."""

    code = "refused"

    def __init__(self, status: int, problem: Problem, advice: str | None = None) -> None:
        faults = [f"{fault.field}: {fault.message}" for fault in problem.errors]
        super().__init__("\n".join([problem.detail, *faults, *([advice] if advice else [])]))
        self.status = status
        self.exit_code = WRONG if problem.code == NOT_SET_UP else BY_STATUS.get(status, FAILED)


class Away(CommandError):
    """No usable answer came."""

    code = "away"
    exit_code = AWAY

    def __init__(self, url: str, because: str) -> None:
        super().__init__(
            f"Marquee's API at {url} is not available: {because}.\n"
            "Marquee must be running (`marquee up`); API_URL says where, unless it does so here at its usual port."
        )


class Reply:
    """An answer of the API as it came; `accepted` means that it has to be waited for."""

    def __init__(self, url: str, status: int, body: bytes) -> None:
        self.body = body
        self.accepted = status == 202
        self._url = url
        self._status = status

    def read(self, shape: type[Shape]) -> Shape:
        """The answer in this shape; raises Away where it has another."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except msgspec.DecodeError as error:
            raise Away(self._url, f"its answer ({self._status}) is not Marquee's") from error


class Api:
    """Used in a `with`; its calls raise Refused, or Away where no usable answer comes."""

    def __init__(self, timeout: float = TIMEOUT_SECONDS) -> None:
        """HTTP is loaded here: help needs none of it."""
        import httpx

        settings = load_some(NEEDED, os.environ)
        self.url = settings.api_url or f"http://127.0.0.1:{settings.api_port}"
        headers = httpx.Headers({"X-Api-Key": settings.api_key} if settings.api_key else {}, encoding="utf-8")
        self._http = httpx.Client(base_url=self.url, headers=headers, timeout=timeout, trust_env=False)

    def get(self, path: str, shape: type[Shape], **query: Any) -> Shape:
        return self.ask("GET", path, query).read(shape)

    def post(self, path: str, shape: type[Shape]) -> Shape:
        return self.ask("POST", path).read(shape)

    def whole_list(self, path: str, query: Query) -> Reply:
        """Every item of a list, as one page, however many the API puts on one."""
        reply = self.ask("GET", path, {**query, "page_size": LARGEST_PAGE})
        if reply.accepted:
            return reply
        page = whole = reply.read(Page[msgspec.Raw])
        while page.has_next:
            page = self.get(path, Page[msgspec.Raw], **query, page_size=LARGEST_PAGE, page=page.page + 1)
            whole.items += page.items
        whole.page_size, whole.total_pages, whole.has_next = max(len(whole.items), LARGEST_PAGE), 1, False
        return Reply(self.url, 200, msgspec.json.encode(whole))

    def ask(self, method: str, path: str, query: Query | None = None, body: object = None) -> Reply:
        """The answer to a request; what is None in the query is left out."""
        import httpx

        asked = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            response = self._http.request(method, f"/api/v1{path}", params=asked, json=body)
        except httpx.ConnectError as error:
            raise Away(self.url, "nobody answers there") from error
        except httpx.HTTPError as error:
            raise Away(self.url, str(error) or type(error).__name__) from error
        reply = Reply(self.url, response.status_code, response.content)
        if not response.is_success:
            problem = reply.read(Problem)
            advice = _advice(response.status_code, problem, response.headers.get("Retry-After"))
            raise Refused(response.status_code, problem, advice)
        return reply

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.close()


def _advice(status: int, problem: Problem, retry_after: str | None) -> str | None:
    """What to do, where the problem does not say it."""
    if status == 401:
        return "Set API_KEY to the key that this Marquee has."
    if problem.detail.startswith(NO_MEMBER):
        return "`marquee member list` shows whom Marquee follows; `marquee member add NAME` follows somebody more."
    return f"Try again in {retry_after} seconds." if retry_after and problem.code not in SAYS_WHEN else None
