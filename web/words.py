"""Numbers and times in the words of the product."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

MINUTE, HOUR, DAY = 60, 3600, 86400


class Moment(msgspec.Struct, frozen=True):
    """One time, thrice: for machines, exactly for a person, and as a person says it."""

    iso: str
    exact: str
    spoken: str


class Clock(msgspec.Struct, frozen=True):
    """The time at which a page is written, and the zone its reader lives in."""

    now: datetime
    zone: ZoneInfo

    def past(self, moment: datetime) -> Moment:
        """`moment` as "5 minutes ago", or as a date when that is long ago."""
        return self._moment(moment, ago(self.now - moment, moment.astimezone(self.zone)))

    def future(self, moment: datetime) -> Moment:
        """`moment` as "at 18:40", with its day when that is not today."""
        local, today = moment.astimezone(self.zone), self.now.astimezone(self.zone).date()
        if moment <= self.now:
            return self._moment(moment, "soon")
        hour = f"{local:%H:%M}" + (" UTC" if self.zone.key == "UTC" else "")
        days = (local.date() - today).days
        day = {0: "", 1: "tomorrow "}.get(days, f"on {local.day} {local:%B} ")
        return self._moment(moment, f"{day}at {hour}")

    def _moment(self, moment: datetime, spoken: str) -> Moment:
        local = moment.astimezone(self.zone)
        return Moment(moment.isoformat(), f"{local:%A}, {local.day} {local:%B %Y, %H:%M} ({self.zone.key})", spoken)


def ago(age: timedelta, moment: datetime) -> str:
    seconds = int(age.total_seconds())
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{count(seconds // MINUTE, 'minute')} ago"
    if seconds < DAY:
        return f"{count(seconds // HOUR, 'hour')} ago"
    if seconds < 7 * DAY:
        return f"{count(seconds // DAY, 'day')} ago"
    return f"on {moment.day} {moment:%B %Y}"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """
    >>> count(1, "film"), count(1335, "film")
    ('1 film', '1,335 films')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def runtime(minutes: int) -> str:
    """
    >>> runtime(45), runtime(120), runtime(161)
    ('45 min', '2 h', '2 h 41 min')
    """
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest))


def time_left(seconds: int) -> str:
    """
    >>> time_left(4), time_left(42), time_left(130), time_left(4000)
    ('a few seconds left', 'about 40 seconds left', 'about 2 minutes left', 'about 1 h 6 min left')
    """
    if seconds < 10:
        return "a few seconds left"
    if seconds < 55:
        return f"about {round(seconds, -1)} seconds left"
    if seconds < HOUR:
        return f"about {count(max(1, round(seconds / MINUTE)), 'minute')} left"
    return f"about {runtime(seconds // MINUTE)} left"
