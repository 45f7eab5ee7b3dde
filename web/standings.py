"""How everything that Marquee reads from Letterboxd stands, as the page of sources shows it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

import msgspec

from web.shapes import Keeping, Source
from web.words import MINUTE, Clock, Moment, count

SHARED = "Shared"
FILM_PAGES = "film_pages"
NAMES = {
    "watchlist": "Watchlist",
    "rss": "Diary feed",
    "profile": "Profile",
    "films": "Watched films",
    "likes": "Liked films",
    FILM_PAGES: "Film pages",
}
ABOUT = {
    "watchlist": "The films that the member wants to see, from Letterboxd’s pages.",
    "rss": "What was watched, rated and liked last, from the member’s RSS feed.",
    "profile": "The member’s name, picture, favourites and counts.",
    "films": "Every film that the member watched, with stars and hearts. Now and then to the end, else what is new.",
    "likes": "Every film that the member likes, seen or not.",
    FILM_PAGES: "One film each: read to prove which title on TMDB it is.",
}
ABOUT_YOU = ABOUT | {
    "watchlist": "The films that you want to see, from Letterboxd’s pages.",
    "rss": "What you watched, rated and liked last, from your RSS feed.",
    "profile": "Your name, picture, favourites and counts.",
    "films": "Every film that you watched, with stars and hearts. Now and then to the end, else what is new.",
    "likes": "Every film that you like, seen or not.",
}
ENTRIES = {"watchlist": "film", "rss": "entry", "films": "film", "likes": "film"}
PLURALS = {"rss": "entries"}
UNTROUBLED = ("good", "calm")


class State(msgspec.Struct, frozen=True):
    """What is said of a source in a state: on its badge, and above what is told of a watchlist."""

    tone: str
    badge: str
    title: str = ""

    @property
    def why(self) -> str:
        """The badge within a sentence."""
        return self.badge.lower()


STATES = {
    "ok": State("good", "Up to date"),
    "never": State("calm", "Not read yet"),
    "stale": State("fair", "Out of date", "This watchlist may be out of date"),
    "incomplete": State("fair", "Incomplete", "Not the whole watchlist could be read"),
    "blocked": State("fair", "Turned away", "Letterboxd turned Marquee away"),
    "rate_limited": State("fair", "Asked for a pause", "Letterboxd asked for a pause"),
    "unreachable": State("fair", "Not reached", "Letterboxd could not be reached"),
    "disallowed": State("bad", "Closed to programs", "Letterboxd closes this watchlist to programs"),
    "private": State("bad", "Private", "This watchlist is private"),
    "missing": State("bad", "Not found", "This member was not found"),
    "changed": State("bad", "Not understood", "Letterboxd changed its pages"),
}


def state_of(name: str) -> State:
    """What is said of this state; of one that is not known here, its name."""
    return STATES.get(name) or State("fair", name, "This watchlist could not be read")


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One source: `read` is "335 of 335 films", `since` when its trouble began, where that says anything.

    `turned_away`: it is asked for again only when somebody insists.
    """

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
    turned_away: bool


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
    about = ABOUT if len({source.member for source in own}) > 1 else ABOUT_YOU
    groups = [
        Group(member or "", [_standing(source, about, clock) for source in sorted(found, key=_rank)])
        for member, found in groupby(own, key=lambda source: source.member)
    ]
    return groups + [Group(SHARED, [_standing(source, about, clock) for source in shared])] * bool(shared)


def standings_of(sources: Sequence[Source], clock: Clock) -> list[Standing]:
    """The sources of one member, on a page about that member."""
    return [_standing(source, ABOUT, clock) for source in sorted(sources, key=_rank) if source.source != FILM_PAGES]


def _standing(source: Source, about: Mapping[str, str], clock: Clock) -> Standing:
    state = state_of(source.state)
    lasting = source.tried_at is not None and _is_later(source.tried_at, source.since)
    return Standing(
        id=source.id,
        name=NAMES.get(source.source, source.source),
        about=about.get(source.source, ""),
        tone=state.tone,
        badge=state.badge,
        read=_read(source),
        good=clock.past(source.good_at) if source.good_at else None,
        tried=clock.past(source.tried_at) if source.tried_at and _is_later(source.tried_at, source.good_at) else None,
        since=clock.since(source.since) if lasting and state.tone not in UNTROUBLED else None,
        reason=source.message or "",
        next=source.next,
        advice=source.advice or "",
        selector=source.selector or "",
        has_sample=source.has_sample,
        turned_away=source.turned_away,
    )


def overall(groups: Sequence[Group]) -> str:
    """How many of the sources are in trouble.

    >>> overall([])
    'Nothing has been read yet'
    """
    standings = [each for group in groups for each in group.standings]
    if all(each.badge == STATES["never"].badge for each in standings):
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
