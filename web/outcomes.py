"""A refresh in words: where it stands, and what it changed."""

import msgspec

from web.shapes import Run, RunCounts
from web.words import Clock, Moment, count


class Outcome(msgspec.Struct, frozen=True):
    """How a refresh ended, when, and what it changed."""

    ended: str
    when: Moment | None
    changed: str


def outcome(run: Run, clock: Clock) -> Outcome:
    when = clock.past(run.finished_at) if run.finished_at else None
    return Outcome(_ended(run), when, changes(run.counts))


def spoken(run: Run) -> str:
    """The outcome as one sentence, for the moment in which the refresh ends."""
    return f"{_ended(run)}: {changes(run.counts)}."


def _ended(run: Run) -> str:
    words = {"cancelled": "cancelled", "partial": "partly done", "failed": "failed"}
    what = f" of {count(len(run.members), 'watchlist')}" if len(run.members) > 1 else ""
    return f"Refresh{what} {words.get(run.status, 'finished')}"


def changes(counts: RunCounts) -> str:
    """What is new; of a first reading, in which everything is, how much was read.

    >>> changes(RunCounts(found=335, added=4, removed=1, arrived=3)), changes(RunCounts(removed=1))
    ('4 films added, 1 removed, 3 offers arrived', '1 film removed')
    >>> changes(RunCounts(found=345, added=363))
    '345 films read'
    """
    if counts.added >= counts.found > 0 and not counts.removed:
        return f"{count(counts.found, 'film')} read"
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
    return ", ".join(said) or "nothing changed"


def stage_words(run: Run) -> str:
    if run.status == "queued" or run.stage == "queued":
        return "Waiting to start"
    return {"reading": "Reading and looking up", "enriching": "Finding where films stream"}.get(run.stage, "Finishing")
