"""How everything that Marquee reads from Letterboxd stands, as the page of sources shows it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

import msgspec

from web.shapes import Keeping, Source
from web.words import MINUTE, Clock, Moment, count

SHARED = "Every member"
FILM_PAGES = "film_pages"
NAMES = {"watchlist": "Watchlist", "rss": "Diary feed", FILM_PAGES: "Film pages"}
ABOUT = {
    "watchlist": "The films that the member wants to see, from Letterboxd’s pages.",
    "rss": "What was watched, rated and liked last, from the member’s RSS feed.",
    FILM_PAGES: "One film each: read to prove which title on TMDB it is.",
}
ENTRIES = {"watchlist": "film", "rss": "entry"}
PLURALS = {"rss": "entries"}
# state: tone, and what a badge says
BADGES = {
    "ok": ("good", "Up to date"),
    "never": ("calm", "Not read yet"),
    "stale": ("fair", "Out of date"),
    "incomplete": ("fair", "Incomplete"),
    "blocked": ("fair", "Turned away"),
    "rate_limited": ("fair", "Asked for a pause"),
    "unreachable": ("fair", "Not reached"),
    "disallowed": ("bad", "Closed to programs"),
    "private": ("bad", "Private"),
    "missing": ("bad", "Not found"),
    "changed": ("bad", "Not understood"),
}
UNTROUBLED = ("good", "calm")


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One source: `read` is "335 of 335 films", `since` when it came into its state, where that says anything."""

    id: int
    name: str
    about: str
    tone: str
    badge: str
    read: str
    good: Moment | None
    tried: Moment | None
    since: Moment | None
    reason: str
    next: str
    advice: str
    selector: str
    has_sample: bool


class Group(msgspec.Struct, frozen=True):
    """The sources of one member, or those that serve all."""

    title: str
    standings: list[Standing]


class House(msgspec.Struct, frozen=True):
    """The last housekeeping: what is said of it, when it was, and what went wrong."""

    said: str
    when: Moment
    trouble: str


def groups_of(sources: Sequence[Source], clock: Clock) -> list[Group]:
    """The sources by member, in the order in which they come; what serves every member stands last."""
    own = [source for source in sources if source.source != FILM_PAGES]
    shared = [source for source in sources if source.source == FILM_PAGES]
    groups = [
        Group(member, [standing(source, clock) for source in sorted(found, key=_rank)])
        for member, found in groupby(own, key=lambda source: source.member)
    ]
    return groups + [Group(SHARED, [standing(source, clock) for source in shared])] * bool(shared)


def standing(source: Source, clock: Clock) -> Standing:
    tone, badge = BADGES.get(source.state, ("fair", source.state))
    lasting = source.tried_at is not None and _is_later(source.tried_at, source.since)
    return Standing(
        id=source.id,
        name=NAMES.get(source.source, source.source),
        about=ABOUT.get(source.source, ""),
        tone=tone,
        badge=badge,
        read=_read(source),
        good=clock.past(source.good_at) if source.good_at else None,
        tried=clock.past(source.tried_at) if source.tried_at and _is_later(source.tried_at, source.good_at) else None,
        since=clock.since(source.since) if lasting else None,
        reason=source.message or "",
        next=source.next,
        advice=source.advice or "",
        selector=source.selector or "",
        has_sample=source.has_sample,
    )


def overall(groups: Sequence[Group]) -> str:
    """How many of the sources are in trouble.

    >>> overall([])
    'Nothing has been read yet'
    """
    standings = [each for group in groups for each in group.standings]
    if not standings:
        return "Nothing has been read yet"
    troubled = sum(each.tone not in UNTROUBLED for each in standings)
    if not troubled:
        return "Everything is in order"
    return f"{troubled} of {count(len(standings), 'source')} {'is' if troubled == 1 else 'are'} not in order"


def house(keeping: Keeping | None, clock: Clock) -> House | None:
    if keeping is None:
        return None
    if keeping.finished_at is None:
        return House("The housekeeping began", clock.past(keeping.started_at), "")
    said = "The last housekeeping failed" if keeping.status == "failed" else "The last housekeeping ended well"
    return House(said, clock.past(keeping.finished_at), keeping.message or "")


def _rank(source: Source) -> int:
    return list(NAMES).index(source.source) if source.source in NAMES else len(NAMES)


def _is_later(moment: datetime, than: datetime | None) -> bool:
    """Whether a minute or more lies between them, so that a person is told of both."""
    return than is None or (moment - than).total_seconds() >= MINUTE


def _read(source: Source) -> str:
    if source.expected is None or source.got is None:
        return ""
    noun = ENTRIES.get(source.source, "page")
    return f"{source.got:,} of {count(source.expected, noun, PLURALS.get(source.source))}"
