"""How long a run still takes: as long as the slower of its two lanes, Letterboxd's and TMDB's."""

import time
from collections.abc import Callable

REQUESTS_PER_FILM = 2
ENOUGH_FILMS = 10


class Estimate:
    """Seconds left, from what remains and from the pace so far; from the rate limits while there is no pace yet.

    `list_pages_left` are the pages of watchlists that are still to be read, None while nobody knows how many.
    """

    def __init__(
        self, *, seconds_per_page: float, requests_per_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.list_pages_left: int | None = None
        self._seconds_per_page = seconds_per_page
        self._seconds_per_film = REQUESTS_PER_FILM / requests_per_second
        self._clock = clock
        self._began: float | None = None
        self._begun = 0
        self._worked = 0
        self._pages_wanted = 0
        self._pages_got = 0
        self._paused_until = 0.0
        self._paused = 0.0

    def begin_film(self) -> None:
        """Note that work on a film begins; the first one starts the clock."""
        self._began = self._clock() if self._began is None else self._began
        self._begun += 1

    def end_film(self) -> None:
        self._worked += 1

    def want_page(self) -> None:
        """Note that a film needs its own page."""
        self._pages_wanted += 1

    def get_page(self) -> None:
        """Note that a film waits for its page no more."""
        self._pages_got += 1

    def pause(self, seconds: float) -> None:
        """Note that nothing goes on for so long from now; pauses at the same time are one."""
        now = self._clock()
        until = max(self._paused_until, now + seconds)
        self._paused += until - max(self._paused_until, now)
        self._paused_until = until

    def seconds_left(self, films_left: int) -> int | None:
        """Whole seconds until the run ends; None while it is not known how much there is to read."""
        if self.list_pages_left is None:
            return None
        pages_left = self.list_pages_left + self._pages_wanted - self._pages_got + self._pages_to_come(films_left)
        return round(max(pages_left * self._seconds_per_page, films_left * self._pace()) + self._pause_left())

    def _pages_to_come(self, films_left: int) -> float:
        """How many of the films not yet begun will need their own pages, if they are like those so far."""
        if self._begun < ENOUGH_FILMS:
            return 0.0
        return max(0, films_left - self._begun + self._worked) * self._pages_wanted / self._begun

    def _pause_left(self) -> float:
        return max(0.0, self._paused_until - self._clock())

    def _pace(self) -> float:
        """Seconds per film, without the pauses."""
        if self._began is None or self._worked < ENOUGH_FILMS:
            return self._seconds_per_film
        return (self._clock() - self._began - self._paused + self._pause_left()) / self._worked
