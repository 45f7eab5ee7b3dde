"""What follows when a source could not be read: its state, in plain words, and when Marquee tries again."""

from datetime import datetime, timedelta

from api.db.sources import SourceNews, Standing
from api.errors import Blocked, Disallowed, MarkupChanged, Missing, Private, RateLimited, SourceError, Transient
from api.settings import Settings

LONGEST_WAIT = timedelta(hours=48)
# An hour less than a day: a daily refresh must not find what failed in yesterday's still resting.
DAILY = timedelta(hours=23)

FIRST_WAIT = {
    "blocked": timedelta(hours=6),
    "rate_limited": timedelta(minutes=15),
    "unreachable": timedelta(minutes=15),
    "disallowed": DAILY,
    "changed": DAILY,
    "private": DAILY,
    "missing": DAILY,
}
GROWING = ("blocked", "rate_limited", "unreachable")
ROBOTS = "/robots.txt"


def setback(
    error: SourceError, *, source: str, failures: int, now: datetime, page: int = 0, member: str = ""
) -> SourceNews:
    """The state after `error`; each failure in a row doubles the wait.

    `source` is what people call it, such as "alice’s watchlist", `page` the number of its page where it has several.
    A private, missing, disallowed or changed page is tried daily: only a person can mend it.
    """
    state = error.code if error.code in FIRST_WAIT else "unreachable"
    wait = FIRST_WAIT[state]
    if state in GROWING:
        wait = min(wait * 2 ** min(failures, 10), LONGEST_WAIT)
    if isinstance(error, RateLimited) and error.retry_after:
        wait = max(wait, timedelta(seconds=error.retry_after))
    changed = error if isinstance(error, MarkupChanged) else None
    return SourceNews(
        state=state,  # type: ignore[arg-type]
        tried_at=now,
        message=_reason(error, source, f"page {page} of {source}" if page else source, member),
        next_try_at=now + wait,
        selector=changed.selector if changed else None,
        sample=(changed.sample or None) if changed else None,
    )


def left_alone(standing: Standing, settings: Settings) -> str:
    """Why a source that rests was not asked for, and before when it is not."""
    before = f" before {settings.spoken(standing.next_try_at)}" if standing.next_try_at else " for now"
    return f"{standing.message or ''} Marquee does not ask again{before}.".lstrip()


def sentence(error: Exception) -> str:
    """What an error says, as a sentence for a person."""
    return f"{str(error).rstrip('.')}."


def _reason(error: SourceError, source: str, place: str, member: str) -> str:
    match error:
        case Blocked(challenge=True):
            return f"Letterboxd did not let Marquee read {place} (it asked for a browser check)."
        case Blocked():
            return f"Letterboxd did not let Marquee read {place}."
        case Disallowed():
            return f"Letterboxd’s robots.txt does not allow Marquee to read {source}."
        case Private():
            return f"Letterboxd shows {source} to {member} alone, so Marquee cannot read it."
        case Missing():
            return f"Letterboxd knows no member {member}."
        case RateLimited():
            return f"Letterboxd asked Marquee to slow down at {place}."
        case MarkupChanged():
            return f"Letterboxd changed {place}: Marquee does not understand it any more."
        case Transient() if error.url.endswith(ROBOTS):
            return f"{error} when Marquee asked for its robots.txt, so {source} was not asked for."
    return f"{error} at {place}."
