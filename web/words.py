"""Numbers and times in the words of the product."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

MINUTE, HOUR, DAY = 60, 3600, 86400
WEEK = timedelta(days=7)


class Moment(msgspec.Struct, frozen=True):
    """One time, thrice: for machines, exactly for a person, and as a person says it; `ages` while that changes."""

    iso: str
    exact: str
    spoken: str
    ages: bool = False


class Clock(msgspec.Struct, frozen=True):
    """The time at which a page is written, and the zone its reader lives in."""

    now: datetime
    zone: ZoneInfo

    def past(self, moment: datetime) -> Moment:
        """`moment` as "5 minutes ago", or as a date when that is long ago."""
        age = self.now - moment
        return self._moment(moment, ago(age, moment.astimezone(self.zone)), ages=age < WEEK)

    def since(self, moment: datetime) -> Moment:
        """`moment` as what follows "since": a time of today, else a day."""
        local, now = moment.astimezone(self.zone), self.now.astimezone(self.zone)
        if local.date() == now.date():
            return self._moment(moment, self._hour(local))
        year = "" if local.year == now.year else f" {local.year}"
        return self._moment(moment, f"{local.day} {local:%B}{year}")

    def future(self, moment: datetime) -> Moment:
        """`moment` as "18:40", with its day when that is not today."""
        local, today = moment.astimezone(self.zone), self.now.astimezone(self.zone).date()
        if moment <= self.now:
            return self._moment(moment, "soon")
        days = (local.date() - today).days
        day = {0: "", 1: "tomorrow, "}.get(days, f"{local.day} {local:%B}, ")
        return self._moment(moment, f"{day}{self._hour(local)}")

    def day(self, moment: datetime) -> date:
        """The reader's day on which `moment` is."""
        return moment.astimezone(self.zone).date()

    def day_name(self, day: date) -> str:
        """`day` as a heading: Today, Yesterday, or its name and date."""
        today = self.day(self.now)
        if today - day in (timedelta(0), timedelta(days=1)):
            return "Today" if day == today else "Yesterday"
        return f"{day:%A}, " + self.date_name(day).replace(" ", "\N{NO-BREAK SPACE}")

    def date_name(self, day: date) -> str:
        """`day` as "12 November", with its year when that is not this one."""
        year = "" if day.year == self.day(self.now).year else f" {day.year}"
        return f"{day.day} {day:%B}{year}"

    def short_date(self, day: date) -> str:
        """`day` as "12 Nov", with its year when that is not this one."""
        year = "" if day.year == self.day(self.now).year else f" {day.year}"
        return f"{day.day} {day:%b}{year}"

    def _hour(self, local: datetime) -> str:
        return f"{local:%H:%M}" + (" UTC" if self.zone.key == "UTC" else "")

    def _moment(self, moment: datetime, spoken: str, *, ages: bool = False) -> Moment:
        local = moment.astimezone(self.zone)
        exact = f"{local:%A}, {local.day} {local:%B %Y, %H:%M} ({self.zone.key})"
        return Moment(moment.isoformat(), exact, spoken, ages)


def ago(age: timedelta, moment: datetime) -> str:
    seconds = int(age.total_seconds())
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{count(seconds // MINUTE, 'minute')} ago"
    if seconds < DAY:
        return f"{count(seconds // HOUR, 'hour')} ago"
    if age < WEEK:
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


def stars(rating: float) -> str:
    """
    >>> stars(3.5), stars(0.5)
    ('★★★½', '½')
    """
    return "★" * int(rating) + "½" * (rating % 1 >= 0.5)


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
