"""What the state of a source means for a person: what Marquee does next and when, and what the person can do."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from api.schemas.sources import Source, SourceFacts
from api.settings import Settings

FILM_PAGES = "film_pages"
PACE = "LETTERBOXD_REQUEST_INTERVAL"
REPORT = "If there is none that does, report it with the sample, which holds no names and no texts."


def told(facts: SourceFacts, settings: Settings, now: datetime) -> Source:
    """The source with both sentences, as they are true at `now`."""
    return Source(**msgspec.structs.asdict(facts), next=_next(facts, settings, now), advice=_advice(facts, settings))


def _next(facts: SourceFacts, settings: Settings, now: datetime) -> str:
    schedule, waits = settings.schedule, facts.next_try_at
    if schedule is None:
        return "Marquee tries again when somebody asks for a refresh: REFRESH_SCHEDULE is off."
    if waits is not None and facts.state != "ok":
        return f"Marquee tries again by itself {f'at {_spoken(waits, settings)}' if waits > now else 'now'}."
    if facts.source == FILM_PAGES:
        return "Marquee reads the page of a film when that is needed to tell which title on TMDB it is."
    return f"Marquee reads it with the next refresh, at {_spoken(schedule.next_after(now), settings)}."


def _advice(facts: SourceFacts, settings: Settings) -> str | None:
    letterboxd = settings.letterboxd_base_url
    match facts.state:
        case "blocked":
            return f"Wait: asking more often makes a block longer. If it lasts for days, set a longer {PACE}."
        case "rate_limited":
            return f"If this happens often, set a longer {PACE}."
        case "private":
            return f"To let Marquee read it, {facts.member} can set it to “Anyone” in Letterboxd’s privacy settings."
        case "missing":
            return f"Check the name in LETTERBOXD_USERNAME: it is the one in {letterboxd}/NAME/."
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


def _spoken(moment: datetime, settings: Settings) -> str:
    """`moment` in the zone of the schedule, as "18:40 on 20 November (UTC)"."""
    local = moment.astimezone(ZoneInfo(settings.refresh_timezone))
    return f"{local:%H:%M} on {local.day} {local:%B} ({settings.refresh_timezone})"
