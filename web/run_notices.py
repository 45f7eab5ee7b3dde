"""What the page says about what the last refresh could not do."""

from collections.abc import Sequence

from web.notices import Notice
from web.shapes import Member, Run, RunFailure, Source
from web.standings import state_of
from web.words import count

SHOWN_FAILURES = 30
TURNED_AWAY = ("blocked", "rate_limited")
OTHERS = {
    "watchlist": "other watchlist",
    "rss": "other diary feed",
    "profile": "other profile",
    "films": "other list of watched films",
    "likes": "other list of liked films",
}
KEY_REFUSED = "TMDB does not accept the key in TMDB_API_KEY. Put a valid one there and start Marquee again."
KEPT = "What was known before is kept."
AGAIN = "The next refresh tries again."


def run_notices(run: Run | None, source: Source | None, member: Member | None) -> list[Notice]:
    """What concerns the run, the films and other members; the member's own trouble is left to its source's notice."""
    if run is None or run.status not in ("succeeded", "partial", "failed"):
        return []
    name = member.username if member else ""
    films = [failure for failure in run.failures if failure.slug]
    others = [failure for failure in run.failures if failure.member and failure.member != name and not failure.slug]
    number = max(run.failures_total, len(run.failures)) - len([each for each in run.failures if not each.slug])
    reason = _reason(run, source, name)
    notices = [_unfinished(run, reason, films, number)] if reason else _looked_up(films, number)
    if reason and not (source and source.turned_away):
        notices[0].force = any(_turned_away(failure, name) for failure in run.failures)
    return notices + _of_others(others)


def _turned_away(failure: RunFailure, name: str) -> bool:
    """Whether Letterboxd turned Marquee away from what concerns this member."""
    return failure.code in TURNED_AWAY and failure.source is not None and failure.member in (None, name)


def _reason(run: Run, source: Source | None, name: str) -> str:
    """Why the run itself did not do all, and what follows; "" where members or films are all there is to it."""
    error, state = run.error, source.state if source else ""
    if error and error.code == "key_refused":
        return KEY_REFUSED
    of_all = [failure.message for failure in run.failures if not failure.slug and not failure.member]
    if of_all:
        return _sentence(of_all[0])
    of_members = [failure for failure in run.failures if failure.member and not failure.slug]
    untold: list[tuple[str, str]] = [
        (failure.code, failure.message)
        for failure in of_members
        if failure.member == name and (failure.code != state or _family(failure) != "watchlist")
    ]
    if error and error.code not in {state, *(failure.code for failure in of_members)}:
        untold.append((error.code, error.message))
    if not untold and run.status == "failed" and not error and not run.failures:
        untold.append(("", "The reason is not known."))
    return " ".join((_sentence(untold[0][1]), *_what_follows(untold[0][0]))) if untold else ""


def _what_follows(code: str) -> Sequence[str]:
    return (KEPT,) if code in TURNED_AWAY else (KEPT, AGAIN)


def _family(failure: RunFailure) -> str:
    return failure.source or "watchlist"


def _unfinished(run: Run, reason: str, films: list[RunFailure], number: int) -> Notice:
    failed = run.status == "failed"
    return Notice(
        tone="problem" if failed else "warning",
        title="The last refresh failed" if failed else "The last refresh could not finish everything",
        words=[reason],
        failures=_lines(films, number),
        failures_words=_not_looked_up(number),
    )


def _sentence(said: str) -> str:
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _looked_up(films: list[RunFailure], number: int) -> list[Notice]:
    if not films:
        return []
    words = [f"{KEPT} {AGAIN}"]
    return [Notice(tone="calm", title=_not_looked_up(number), words=words, failures=_lines(films, number))]


def _of_others(failures: list[RunFailure]) -> list[Notice]:
    """Whose watchlists could not be read, and of those whose could be, whose feeds: each member once."""
    notices, told = [], set[str]()
    for family, noun in OTHERS.items():
        of_family = [each for each in failures if _family(each) == family]
        reasons = {each.member or "": state_of(each.code).why for each in of_family if each.member not in told}
        told.update(reasons)
        if reasons:
            title = f"{count(len(reasons), noun)} could not be read"
            notices.append(Notice(tone="calm", title=title, members=list(reasons.items())))
    return notices


def _not_looked_up(number: int) -> str:
    return f"{count(number, 'film')} could not be looked up"


def _lines(films: list[RunFailure], number: int) -> list[str]:
    """Each film as one line, the first ones only where there are many."""
    shown = films[:SHOWN_FAILURES]
    lines = [": ".join(part for part in (film.title or film.slug, film.message) if part) for film in shown]
    hidden = number - len(lines)
    return [*lines, f"and {hidden:,} more"] if hidden else lines
