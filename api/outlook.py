"""What the state of a source means for a person: what Marquee does next and when, and what the person can do."""

from datetime import UTC, datetime, timedelta

import msgspec

from api.db.sources import TURNED_AWAY
from api.schemas.sources import Source, SourceFacts
from api.settings import Settings

FILM_PAGES = "film_pages"
UNTROUBLED = ("ok", "never", "stale")
READ_IN_PART = ("films", "likes")
FRESH_MEANWHILE = "Until it ends, the first page and the diary feed tell what is new."
PACE = "LETTERBOXD_REQUEST_INTERVAL"
GRACE = timedelta(hours=1)
WITHOUT_SCHEDULE = timedelta(days=7)
REPORT = "If there is none that does, report it with the sample, which holds no names and no texts."


def told(facts: SourceFacts, settings: Settings, now: datetime) -> Source:
    """The source with both sentences, as they are true at `now`."""
    return Source(
        **msgspec.structs.asdict(facts),
        next=_next(facts, settings, now),
        advice=advice(facts, settings),
        by_itself=settings.schedule is not None,
        turned_away=_is_turned_away(facts, now),
    )


def _is_turned_away(facts: SourceFacts, now: datetime) -> bool:
    return facts.state in TURNED_AWAY and facts.next_try_at is not None and facts.next_try_at > now


def _next(facts: SourceFacts, settings: Settings, now: datetime) -> str:
    schedule, waits = settings.schedule, facts.next_try_at
    if waits is not None and facts.state not in UNTROUBLED:
        if _is_turned_away(facts, now):
            then = "tries again by itself" if schedule else "tries again when somebody asks for a refresh"
            more = "for more than the first page" if facts.source in READ_IN_PART and facts.got else "again"
            return f"Marquee does not ask {more} before {settings.spoken(waits)}, and then {then}."
        if schedule:
            return f"Marquee tries again by itself {f'at {settings.spoken(waits)}' if waits > now else 'now'}."
    if facts.source == FILM_PAGES:
        return "Marquee reads the page of a film when that is needed to tell which title on TMDB it is."
    if schedule is None:
        does = "reads it" if facts.state in UNTROUBLED else "tries again"
        return f"Marquee {does} when somebody asks for a refresh."
    return f"Marquee reads it with the next refresh, at {settings.spoken(schedule.next_after(now))}."


def advice(facts: SourceFacts, settings: Settings) -> str | None:
    """What the person can do about this state; None where there is nothing to be done."""
    letterboxd = settings.letterboxd_base_url
    match facts.state:
        case "blocked":
            kept = f" {FRESH_MEANWHILE}" if facts.source in READ_IN_PART and facts.got else ""
            return f"Wait: asking more often makes a block longer.{kept} If it lasts for days, set a longer {PACE}."
        case "rate_limited":
            return f"If this happens often, set a longer {PACE}."
        case "private":
            return f"To let Marquee read it, {facts.member} can set it to “Anyone” in Letterboxd’s privacy settings."
        case "missing":
            where = "in LETTERBOXD_USERNAME" if facts.member in settings.letterboxd_username else "that was added"
            return f"Check the name {where}: it is the one in {letterboxd}/NAME/."
        case "changed":
            return f"A newer version of Marquee may understand it. {REPORT}"
        case "unreachable":
            return f"If it lasts, see whether {letterboxd} opens in a browser on the same network."
        case "incomplete":
            return (
                "Refresh when nobody is changing the list. A film that Letterboxd hides from visitors keeps it"
                " incomplete, which does no harm: everything else on it is read."
            )
        case "stale":
            return "Press Refresh. If nothing happens, see whether Marquee’s worker runs."
    return None


def stale_before(settings: Settings) -> datetime:
    """A source that was last read well before this time missed a scheduled refresh; without a schedule, a week."""
    now = datetime.now(UTC)
    schedule = settings.schedule
    return now - (schedule.period(now) + GRACE if schedule else WITHOUT_SCHEDULE)
