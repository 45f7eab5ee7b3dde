"""What an answer of TMDB means before it is read."""

from collections.abc import Callable
from typing import TypeVar

import httpx
import msgspec

from api.errors import KeyRefused, Missing, SourceError, Transient
from worker.http import bare

NAME = "TMDB"

# TMDB's own codes, which it also sends with 200: "entry not found" and "the resource could not be found".
NOTHING_THERE = (21, 34)
LONGEST_MESSAGE = 200
Body = TypeVar("Body")


class Status(msgspec.Struct):
    """The head of an error's body; every other answer decodes as one without anything."""

    success: bool | None = None
    status_code: int | None = None
    status_message: str | None = None
    errors: list[str] | None = None

    @property
    def is_refusal(self) -> bool:
        return self.success is False or (self.success is None and self.status_code is not None)


STATUS = msgspec.json.Decoder(Status)


def classify(response: httpx.Response, redact: Callable[[str], str]) -> None:
    """Pass an answer that can be read, and raise what any other means; 429 and 5xx are left to the host.

    Only a 404 in TMDB's own words is Missing: another comes from something between, and says nothing of the title.
    """
    code, url = response.status_code, bare(response.url)
    if code == 429 or code >= 500:
        return
    if code == 401:
        raise KeyRefused(url)
    status = status_of(response.content)
    refused = status is not None and status.is_refusal
    if (status is None and response.is_success) or (code == 404 and not refused):
        raise Transient(url, because="did not answer itself, or not to the end", host=NAME)
    if code == 404 or (status and refused and status.status_code in NOTHING_THERE):
        raise Missing(url)
    if refused or not response.is_success:
        raise SourceError(f"TMDB refused the request ({redact(reason(status, code))})", url)


def decoded(response: httpx.Response, decode: Callable[[bytes], Body]) -> Body:
    """What an answer holds; raises Transient where it cannot be read."""
    try:
        return decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        because = "sent an answer that Marquee does not understand"
        raise Transient(bare(response.url), because=because, host=NAME) from None


def status_of(content: bytes) -> Status | None:
    """The head of a JSON object; None where the body is anything else, or not whole."""
    try:
        return STATUS.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def reason(status: Status | None, code: int) -> str:
    """TMDB's own words for a refusal, with the HTTP status."""
    words = [status.status_message, *(status.errors or [])] if status else []
    message = next((" ".join(word.split()) for word in words if word), "")
    return f"{code}: {message[:LONGEST_MESSAGE]}" if message else f"{code}"
