"""Who fails too often, for a while."""

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

import msgspec

Clock = Callable[[], float]
WINDOW = 60.0
MOST = 10
"""So many failures within a window are answered as such."""
MOST_KNOWN = 1000
"""So many are remembered; who failed longest ago is forgotten first."""


class _Window(msgspec.Struct):
    began: float
    failures: int = 0


class Failures:
    """What failed within the last minute, counted by who did it. `clock` is in seconds, and never goes back."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._windows: OrderedDict[str, _Window] = OrderedDict()

    def __len__(self) -> int:
        return len(self._windows)

    def add(self, who: str) -> int:
        """Note one more failure; the seconds after which to try again, 0 while there were few."""
        now = self._clock()
        window = self._windows.pop(who, None)
        if window is None or now - window.began >= WINDOW:
            window = _Window(now)
        window.failures += 1
        self._windows[who] = window
        if len(self._windows) > MOST_KNOWN:
            self._windows.popitem(last=False)
        return ceil(window.began + WINDOW - now) if window.failures > MOST else 0
