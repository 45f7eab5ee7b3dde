"""Sources on the wire."""

from datetime import datetime
from typing import Literal

import msgspec

SourceState = Literal[
    "never",
    "ok",
    "stale",
    "incomplete",
    "blocked",
    "rate_limited",
    "disallowed",
    "private",
    "missing",
    "changed",
    "unreachable",
]


class SourceFacts(msgspec.Struct, kw_only=True):
    """One page family of one member: what Marquee knows of it, since when, and before when it is not tried again.

    `source` is watchlist, rss, profile, films or likes; or film_pages, which serve all members: `member` is null then.
    `message` is the reason in plain words, `failures` how often in a row it could not be read. `selector` is what was
    not found in a page that is not understood; `has_sample`: how that page was built can be read.
    """

    id: int
    member: str | None
    source: str
    state: SourceState
    since: datetime
    tried_at: datetime | None
    good_at: datetime | None
    expected: int | None
    got: int | None
    message: str | None
    next_try_at: datetime | None
    failures: int
    selector: str | None
    has_sample: bool


class Source(SourceFacts, kw_only=True):
    """`next` is what Marquee does next and when, `advice` what a person can do, null where there is nothing.

    `by_itself`: Marquee reads it again without being asked. `turned_away`: Letterboxd wants to be left alone until
    `next_try_at`; only a refresh with `force` asks before.
    """

    next: str
    advice: str | None
    by_itself: bool
    turned_away: bool
