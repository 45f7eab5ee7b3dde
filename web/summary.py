"""The line below the title, and the words where there is no film."""

import msgspec

from web.snapshot import Snapshot
from web.view import View
from web.words import Clock, Moment, count


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """`facts` in their order; `updated` is when the watchlist was last read completely."""

    facts: list[str]
    updated: Moment | None


def summary_of(snapshot: Snapshot, country: str, clock: Clock) -> Summary:
    """How many films, how many of them on a subscription in `country`, how current; a part is not called the whole."""
    source = snapshot.source
    good_at = source.good_at if source else None
    films = snapshot.member.watchlist if snapshot.member else 0
    if not films:
        return Summary(facts=[] if good_at else ["Not read yet"], updated=clock.past(good_at) if good_at else None)
    streaming = _streaming(snapshot, country)
    if good_at:
        return Summary(facts=[count(films, "film"), *streaming], updated=clock.past(good_at))
    unread = [] if snapshot.running else ["Not read completely yet"]
    return Summary(facts=[_read_so_far(snapshot, films), *streaming, *unread], updated=None)


def _read_so_far(snapshot: Snapshot, films: int) -> str:
    expected = snapshot.source.expected if snapshot.source else None
    if expected and expected > films:
        return f"{films:,} of {count(expected, 'film')} read so far"
    return f"{count(films, 'film')} read so far"


def _streaming(snapshot: Snapshot, country: str) -> list[str]:
    """Nothing while offers are unknown: unknown is not none."""
    if snapshot.streaming:
        return [f"{snapshot.streaming:,} on subscription in {country}"]
    shown = snapshot.films.items
    known = bool(shown) and not snapshot.running and all(film.checked_at for film in shown)
    return [f"none on subscription in {country}"] if known else []


def emptiness(snapshot: Snapshot, view: View) -> str:
    """Why there is no film to show: first, unread, filter, empty or nothing; "" where there is one."""
    if snapshot.films.items:
        return ""
    if view.filtered and snapshot.member and snapshot.member.watchlist:
        return "filter"
    if snapshot.running:
        return "first"
    if snapshot.source is None or snapshot.source.state == "never":
        return "unread"
    return "empty" if snapshot.source.state in ("ok", "stale") else "nothing"
