"""What the page says about what the last refresh could not do."""

from web.notices import Notice
from web.shapes import Member, Run, RunFailure, Source
from web.words import count

SHOWN_FAILURES = 30
WHY = {
    "private": "private",
    "missing": "not known to Letterboxd",
    "incomplete": "not wholly shown",
    "blocked": "turned away",
    "rate_limited": "asked for a pause",
    "changed": "not understood any more",
    "disallowed": "closed to programs",
    "unreachable": "not reached",
}
KEY_REFUSED = "TMDB does not accept the key in TMDB_API_KEY. Put a valid one there and start Marquee again."
KEPT = "What was known before is kept. The next refresh tries again."


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
    return notices + _of_others(others)


def _reason(run: Run, source: Source | None, name: str) -> str:
    """Why the run itself did not do all, and what follows; "" where members or films are all there is to it."""
    error, state = run.error, source.state if source else ""
    if error and error.code == "key_refused":
        return KEY_REFUSED
    general = [failure.message for failure in run.failures if not failure.slug and not failure.member]
    if general:
        return _sentence(general[0])
    of_members = [failure for failure in run.failures if failure.member and not failure.slug]
    untold = [failure.message for failure in of_members if failure.member == name and failure.code != state]
    if error and error.code not in {state, *(failure.code for failure in of_members)}:
        untold.append(error.message)
    if not untold and run.status == "failed" and not error and not run.failures:
        untold.append("The reason is not known.")
    return f"{_sentence(untold[0])} {KEPT}" if untold else ""


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
    return [Notice(tone="calm", title=_not_looked_up(number), words=[KEPT], failures=_lines(films, number))]


def _of_others(others: list[RunFailure]) -> list[Notice]:
    if not others:
        return []
    members = [(failure.member or "", WHY.get(failure.code, "not read")) for failure in others]
    title = f"{count(len(others), 'other watchlist')} could not be read"
    return [Notice(tone="calm", title=title, members=members)]


def _not_looked_up(number: int) -> str:
    return f"{count(number, 'film')} could not be looked up"


def _lines(films: list[RunFailure], number: int) -> list[str]:
    """Each film as one line, the first ones only where there are many."""
    shown = films[:SHOWN_FAILURES]
    lines = [": ".join(part for part in (film.title or film.slug, film.message) if part) for film in shown]
    hidden = number - len(lines)
    return [*lines, f"and {hidden:,} more"] if hidden else lines
