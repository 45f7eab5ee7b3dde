"""How long a run still takes: as long as the slower of its two lanes, Letterboxd's and TMDB's."""

import time
from collections.abc import Callable

REQUESTS_PER_FILM = 2
ENOUGH_FILMS = 10


class Estimate:
    """Seconds left, from what remains and from the pace so far; from the rate limits while there is no pace yet."""

    def __init__(
        self, *, seconds_per_page: float, requests_per_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds_per_page = seconds_per_page
        self._seconds_per_film = REQUESTS_PER_FILM / requests_per_second
        self._clock = clock
        self._worked = 0
        self._began: float | None = None
        self.pages_left: int | None = None

    def begin_film(self) -> None:
        """Note that work on a film begins; the first one starts the clock."""
        self._began = self._clock() if self._began is None else self._began

    def end_film(self) -> None:
        self._worked += 1

    def seconds_left(self, films_left: int) -> int | None:
        """Whole seconds until the run ends; None while not even the first page is in."""
        if self.pages_left is None:
            return None
        return round(max(self.pages_left * self._seconds_per_page, films_left * self._pace()))

    def _pace(self) -> float:
        if self._began is None or self._worked < ENOUGH_FILMS:
            return self._seconds_per_film
        return (self._clock() - self._began) / self._worked
