"""Sources on the wire."""

from datetime import datetime
from typing import Literal

import msgspec

SourceState = Literal[
    "never", "ok", "stale", "incomplete", "blocked", "rate_limited", "private", "missing", "changed", "unreachable"
]


class Source(msgspec.Struct, kw_only=True):
    """One page family of one member: what Marquee knows of it, since when, and when it tries again."""

    id: int
    member: str
    source: str
    state: SourceState
    since: datetime
    tried_at: datetime | None
    good_at: datetime | None
    expected: int | None
    got: int | None
    message: str | None
    next_try_at: datetime | None
