"""What follows when a source could not be read: its state, in plain words, and when Marquee tries again."""

from datetime import datetime, timedelta

from api.db.sources import SourceNews
from api.errors import Blocked, MarkupChanged, Missing, Private, RateLimited, SourceError

LONGEST_WAIT = timedelta(hours=48)

FIRST_WAIT = {
    "blocked": timedelta(hours=6),
    "rate_limited": timedelta(minutes=15),
    "unreachable": timedelta(minutes=15),
    "changed": timedelta(hours=24),
    "private": timedelta(hours=24),
    "missing": timedelta(hours=24),
}


def setback(error: SourceError, *, page: int, failures: int, now: datetime) -> SourceNews:
    """The state after `error` on this page; each failure in a row doubles the wait.

    A private, missing or changed page is tried daily: only a person can mend it.
    """
    state = error.code if error.code in FIRST_WAIT else "unreachable"
    wait = FIRST_WAIT[state]
    if state in ("blocked", "rate_limited", "unreachable"):
        wait = min(wait * 2 ** min(failures, 10), LONGEST_WAIT)
    if isinstance(error, RateLimited) and error.retry_after:
        wait = max(wait, timedelta(seconds=error.retry_after))
    next_try_at = now + wait
    message = f"{_reason(error, page)} Nothing was removed."
    return SourceNews(state=state, tried_at=now, message=message, next_try_at=next_try_at)  # type: ignore[arg-type]


def _reason(error: SourceError, page: int) -> str:
    match error:
        case Blocked(challenge=True):
            return f"Letterboxd did not let Marquee read page {page} (it asked for a browser check)."
        case Blocked():
            return f"Letterboxd did not let Marquee read page {page}."
        case Private():
            return "This watchlist is private on Letterboxd, so Marquee cannot read it."
        case Missing():
            return "Letterboxd knows no member of this name, or the page is gone."
        case RateLimited():
            return f"Letterboxd asked Marquee to slow down at page {page}."
        case MarkupChanged():
            return f"Letterboxd changed page {page}: Marquee does not understand it any more ({error.selector})."
    return f"Letterboxd could not be reached for page {page}: {error}."
