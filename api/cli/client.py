"""The API as the commands speak to it: over HTTP, like anybody else."""

import os
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import msgspec

from api.errors import MarqueeError, Unavailable
from api.schemas.problems import Problem
from api.settings import load_some

Answer = TypeVar("Answer")

NEEDED = ["API_URL", "API_PORT", "API_KEY"]
TIMEOUT_SECONDS = 10.0


class Refused(MarqueeError):
    """The API answered that it does not do this; `status` is the HTTP status."""

    code = "refused"

    def __init__(self, status: int, problem: Problem) -> None:
        faults = [f"{fault.field}: {fault.message}" for fault in problem.errors]
        super().__init__("\n".join([problem.detail, *faults]))
        self.status = status


class Api:
    """Used in a `with`; its calls raise Refused, or Unavailable where no usable answer comes."""

    def __init__(self) -> None:
        settings = load_some(NEEDED, os.environ)
        self.url = settings.api_url or f"http://127.0.0.1:{settings.api_port}"
        headers = httpx.Headers({"X-Api-Key": settings.api_key} if settings.api_key else {}, encoding="utf-8")
        self._http = httpx.Client(base_url=self.url, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)

    def get(self, path: str, shape: type[Answer], **query: Any) -> Answer:
        return self._ask("GET", path, shape, query)

    def post(self, path: str, shape: type[Answer]) -> Answer:
        return self._ask("POST", path, shape, {})

    def _ask(self, method: str, path: str, shape: type[Answer], query: dict[str, Any]) -> Answer:
        try:
            response = self._http.request(method, f"/api/v1{path}", params=query)
        except httpx.ConnectError as error:
            raise Unavailable(f"Marquee's API at {self.url}", "nobody answers there") from error
        except httpx.HTTPError as error:
            raise Unavailable(f"Marquee's API at {self.url}", str(error) or type(error).__name__) from error
        try:
            if not response.is_success:
                raise Refused(response.status_code, msgspec.json.decode(response.content, type=Problem))
            return msgspec.json.decode(response.content, type=shape)
        except msgspec.DecodeError as error:
            because = f"its answer ({response.status_code}) is not Marquee's"
            raise Unavailable(f"Marquee's API at {self.url}", because) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.close()
