"""What the page says about the state of its sources and about how the last refresh went."""

import msgspec

from web.shapes import Member, Run, RunCounts, Source
from web.words import Clock, Moment, count

SHOWN_FAILURES = 30


class Notice(msgspec.Struct, kw_only=True):
    """`tone` is calm, warning or problem; `words` are paragraphs; `next_try` stands after the last of them."""

    tone: str
    title: str
    words: list[str]
    next_try: Moment | None = None
    link: tuple[str, str] | None = None
    failures: list[str] = []
    failures_words: str = ""


UNCHANGED = "Nothing was changed."


def source_notice(source: Source | None, member: Member, clock: Clock, letterboxd: str) -> Notice | None:
    """Why the watchlist may not be what Letterboxd shows now; None where it is."""
    if source is None or source.state in ("ok", "never"):
        return None
    notice = _described(source, member, clock, letterboxd)
    if source.next_try_at and source.state != "stale":
        notice.next_try = clock.future(source.next_try_at)
    return notice


def _described(source: Source, member: Member, clock: Clock, letterboxd: str) -> Notice:
    name = member.username
    match source.state:
        case "stale":
            since = f" It was last read {clock.past(source.good_at).spoken}." if source.good_at else ""
            return Notice(
                tone="calm",
                title="This watchlist may be out of date",
                words=[f"{source.message or 'No refresh has succeeded for a while.'}{since}"],
            )
        case "incomplete":
            return Notice(tone="warning", title="Not the whole watchlist could be read", words=[_incomplete(source)])
        case "blocked":
            said = (
                source.message or "Letterboxd did not let Marquee read this watchlist (it asked for a browser check)."
            )
            return Notice(tone="warning", title="Letterboxd turned Marquee away", words=[_with(said, UNCHANGED)])
        case "rate_limited":
            said = source.message or "Letterboxd asked Marquee to slow down."
            return Notice(tone="warning", title="Letterboxd asked for a pause", words=[_with(said, UNCHANGED)])
        case "private":
            return Notice(
                tone="problem",
                title=f"The watchlist of {name} is private",
                words=[
                    f"Letterboxd shows it only to {name}, so Marquee cannot read it. {UNCHANGED}",
                    "To let Marquee read it, set the watchlist to “Anyone” in Letterboxd’s privacy settings, "
                    "or give Marquee an export of the account.",
                ],
                link=("Letterboxd settings", f"{letterboxd}/settings/"),
            )
        case "missing":
            return Notice(
                tone="problem",
                title=f"Letterboxd knows no member {name}",
                words=[f"Check the name in LETTERBOXD_USERNAME: it is the one in {letterboxd}/NAME/. {UNCHANGED}"],
            )
        case "changed":
            return Notice(
                tone="problem",
                title="Letterboxd changed its pages",
                words=[
                    f"Marquee does not understand this watchlist any more. {UNCHANGED}",
                    "A newer version of Marquee may read it; an export of the account can be used until then.",
                ],
            )
        case _:
            said = source.message or "Letterboxd could not be reached."
            return Notice(tone="warning", title="Letterboxd could not be reached", words=[_with(said, UNCHANGED)])


def _incomplete(source: Source) -> str:
    if source.got is None or source.expected is None:
        return _with(source.message or "Letterboxd did not show the whole watchlist.", "Nothing was removed.")
    return f"Letterboxd showed {source.got:,} of {count(source.expected, 'film')}. Nothing was removed."


def _with(said: str, more: str) -> str:
    """`said` as a sentence, followed by `more` unless it says so already."""
    sentence = said if said.endswith((".", "!", "?", ")")) else f"{said}."
    return sentence if more.rstrip(".") in sentence else f"{sentence} {more}"


def run_notice(run: Run | None, source: Source | None) -> Notice | None:
    """What the last refresh could not do; the reason is left to the source's own notice where that gives it."""
    if run is None or run.status not in ("succeeded", "partial", "failed"):
        return None
    told = source is not None and run.error is not None and run.error.code == source.state
    if run.error and not told:
        return _unfinished(run, run.error.message)
    if run.status == "failed" and not told:
        return _unfinished(run, "The reason is not known.")
    return _failures(run) if run.failures else None


def _unfinished(run: Run, reason: str) -> Notice:
    failed = run.status == "failed"
    return Notice(
        tone="problem" if failed else "warning",
        title="The last refresh failed" if failed else "The last refresh could not finish everything",
        words=[_with(reason, "What was known before is kept. Marquee tries again at the next refresh.")],
        failures=_lines(run),
        failures_words=_failed(run),
    )


def _failures(run: Run) -> Notice:
    return Notice(
        tone="calm",
        title=_failed(run),
        words=["What was known before is kept. The next refresh tries again."],
        failures=_lines(run),
        failures_words="Show which, and why",
    )


def _failed(run: Run) -> str:
    if all(failure.slug for failure in run.failures):
        return f"{count(len(run.failures), 'film')} could not be looked up"
    return f"{count(len(run.failures), 'thing')} could not be done"


def _lines(run: Run) -> list[str]:
    """Each failure as one line, the first ones only where there are many."""
    lines = [
        f"{failure.slug or failure.member}: {failure.message}" if failure.slug or failure.member else failure.message
        for failure in run.failures[:SHOWN_FAILURES]
    ]
    hidden = len(run.failures) - len(lines)
    return [*lines, f"and {hidden:,} more"] if hidden else lines


def outcome(run: Run, when: str = "") -> str:
    """What a finished refresh changed, in one sentence; `when` as in "5 minutes ago"."""
    words = {"cancelled": "Refresh cancelled", "partial": "Refresh partly done", "failed": "Refresh failed"}
    begin = " ".join([words.get(run.status, "Refresh finished"), when]).strip()
    return f"{begin}: {changes(run.counts) or 'nothing changed'}."


def changes(counts: RunCounts) -> str:
    """
    >>> changes(RunCounts(added=4, removed=1, arrived=3)), changes(RunCounts(removed=1))
    ('4 films added, 1 removed, 3 offers arrived', '1 film removed')
    """
    pairs = (
        ("film", ((counts.added, "added"), (counts.removed, "removed"))),
        ("offer", ((counts.arrived, "arrived"), (counts.left, "left"))),
    )
    said: list[str] = []
    for noun, numbers in pairs:
        filled = [(number, verb) for number, verb in numbers if number]
        said += [
            f"{number:,} {verb}" if place else f"{count(number, noun)} {verb}"
            for place, (number, verb) in enumerate(filled)
        ]
    return ", ".join(said)


def stage_words(run: Run) -> str:
    if run.status == "queued" or run.stage == "queued":
        return "Waiting for the worker"
    return {"reading": "Reading the watchlist", "enriching": "Looking up where films stream"}.get(
        run.stage, "Finishing"
    )
