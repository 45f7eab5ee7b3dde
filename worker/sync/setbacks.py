"""What follows when a source could not be read: its state, in plain words, and when Marquee tries again."""

from datetime import datetime, timedelta

from api.db.sources import SourceNews
from api.errors import Blocked, MarkupChanged, Missing, Private, RateLimited, SourceError

LONGEST_WAIT = timedelta(hours=48)
# An hour less than a day: a daily refresh must not find what failed in yesterday's still resting.
DAILY = timedelta(hours=23)

FIRST_WAIT = {
    "blocked": timedelta(hours=6),
    "rate_limited": timedelta(minutes=15),
    "unreachable": timedelta(minutes=15),
    "changed": DAILY,
    "private": DAILY,
    "missing": DAILY,
}


def setback(error: SourceError, *, member: str, page: int, failures: int, now: datetime) -> SourceNews:
    """The state after `error` on this page of the member's watchlist; each failure in a row doubles the wait.

    A private, missing or changed page is tried daily: only a person can mend it.
    """
    state = error.code if error.code in FIRST_WAIT else "unreachable"
    wait = FIRST_WAIT[state]
    if state in ("blocked", "rate_limited", "unreachable"):
        wait = min(wait * 2 ** min(failures, 10), LONGEST_WAIT)
    if isinstance(error, RateLimited) and error.retry_after:
        wait = max(wait, timedelta(seconds=error.retry_after))
    return SourceNews(
        state=state,  # type: ignore[arg-type]
        tried_at=now,
        message=_reason(error, member, page),
        next_try_at=now + wait,
        sample=error.sample or None if isinstance(error, MarkupChanged) else None,
    )


def sentence(error: Exception) -> str:
    """What an error says, as a sentence for a person."""
    return f"{str(error).rstrip('.')}."


def _reason(error: SourceError, member: str, page: int) -> str:
    place = f"page {page} of {member}’s watchlist"
    match error:
        case Blocked(challenge=True):
            return f"Letterboxd did not let Marquee read {place} (it asked for a browser check)."
        case Blocked():
            return f"Letterboxd did not let Marquee read {place}."
        case Private():
            return f"The watchlist of {member} is private on Letterboxd."
        case Missing():
            return f"Letterboxd knows no member {member}."
        case RateLimited():
            return f"Letterboxd asked Marquee to slow down at {place}."
        case MarkupChanged():
            return f"Letterboxd changed {place}: Marquee does not understand it any more."
    return f"{error} at {place}."
