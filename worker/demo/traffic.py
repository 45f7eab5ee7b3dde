"""Who asked for what and how fast, so that politeness can be tested."""

import time
from collections import Counter, deque
from collections.abc import Callable

import msgspec

TOLERANCE = 0.95


class Pace(msgspec.Struct, frozen=True):
    """How fast one family was called: `peak` requests within one second, `least_gap` seconds between two."""

    requests: int
    peak: int
    least_gap: float | None
    refused: int


class _Family:
    def __init__(self) -> None:
        self.requests = 0
        self.refused = 0
        self.peak = 0
        self.least_gap: float | None = None
        self.limit: float | None = None
        self.last: float | None = None
        self.second: deque[float] = deque()
        self.allowed: deque[float] = deque()


class Traffic:
    """Counts requests by path (without the query) and by family: letterboxd, tmdb or images."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.paths: Counter[str] = Counter()
        self._families: dict[str, _Family] = {}

    def record(self, family: str, path: str) -> float | None:
        """Count one request; the seconds to wait where it came faster than the family's limit, else None."""
        now, seen = self._clock(), self._family(family)
        self.paths[path] += 1
        seen.requests += 1
        if seen.last is not None:
            gap = now - seen.last
            seen.least_gap = gap if seen.least_gap is None else min(gap, seen.least_gap)
        seen.last = now
        _slide(seen.second, now, 1.0)
        seen.second.append(now)
        seen.peak = max(seen.peak, len(seen.second))
        return _refusal(seen, now)

    def limit(self, family: str, per_second: float | None) -> None:
        """Refuse the family's requests beyond this rate; None lifts the limit."""
        self._family(family).limit = per_second

    def pace(self, family: str) -> Pace:
        """How fast the family was called so far."""
        seen = self._family(family)
        return Pace(seen.requests, seen.peak, seen.least_gap, seen.refused)

    def lift_limits(self) -> None:
        """Refuse nobody any more."""
        for seen in self._families.values():
            seen.limit = None

    def forget(self) -> None:
        """Start counting afresh; limits stay."""
        limits = {family: seen.limit for family, seen in self._families.items()}
        self.paths.clear()
        self._families.clear()
        for family, per_second in limits.items():
            self.limit(family, per_second)

    def _family(self, family: str) -> _Family:
        return self._families.setdefault(family, _Family())


def _slide(moments: deque[float], now: float, window: float) -> None:
    while moments and now - moments[0] >= window:
        moments.popleft()


def _refusal(seen: _Family, now: float) -> float | None:
    """A sliding window of a second, or of one interval for slower limits; 5 % of jitter is forgiven."""
    if seen.limit is None:
        return None
    window = max(1.0, 1 / seen.limit)
    _slide(seen.allowed, now, window * TOLERANCE)
    if len(seen.allowed) >= max(1, round(seen.limit * window)):
        seen.refused += 1
        return window
    seen.allowed.append(now)
    return None
