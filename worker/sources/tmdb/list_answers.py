"""What an answer of TMDB about lists and accounts means before it is read."""

from collections.abc import Callable

import httpx

from api.errors import ListRefused, Missing, NotOurs, SourceError, TokenRefused, Transient
from worker.http import bare
from worker.sources.tmdb.answers import NAME, NOTHING_THERE, reason, status_of

NOT_APPROVED = 41
SPAM = 18
MAY_NOT_WRITE = 36
OF_OTHERS = (3, 38, 39)
EXPIRED = (33, 35)
READ_ONLY = (
    "TMDB does not let Marquee write with this token: it is for reading only. Approve Marquee on TMDB, or give a user "
    "access token that may write in TMDB_V4_ACCESS_TOKEN"
)


class NotApproved(SourceError):
    """Nobody has approved the request token yet."""

    code = "not_approved"


def classify(response: httpx.Response, redact: Callable[[str], str], refusal: str) -> None:
    """Pass an answer that can be read, and raise what any other means; 429 and 5xx are left to the host.

    `refusal` says what is wrong, and what to do, where TMDB does not accept what was sent with the request.
    """
    code, url = response.status_code, bare(response.url)
    if code == 429 or code >= 500:
        return
    status = status_of(response.content)
    refused = status is not None and status.is_refusal
    own = status.status_code if status and refused else None
    if code == 401:
        raise _unauthorized(own, url, refusal)
    if (status is None and response.is_success) or (code == 404 and not refused):
        raise Transient(url, because="did not answer itself, or not to the end", host=NAME)
    if code == 404 or own in NOTHING_THERE:
        raise Missing(url)
    if own == NOT_APPROVED:
        raise NotApproved("Nobody has approved Marquee on TMDB yet", url)
    if own == SPAM:
        said = "; ".join((status and status.errors) or []) or reason(status, code)
        raise ListRefused(f"TMDB did not take the list ({redact(said)}); wait a day, or give it another name", url)
    if refused or not response.is_success:
        raise SourceError(f"TMDB refused the request ({redact(reason(status, code))})", url)


def _unauthorized(own: int | None, url: str, refusal: str) -> SourceError:
    if own == MAY_NOT_WRITE:
        return TokenRefused(READ_ONLY, url)
    if own in OF_OTHERS:
        return NotOurs(url=url)
    if own in EXPIRED:
        return NotApproved("The request for approval is too old: begin anew", url)
    return TokenRefused(refusal, url)
