"""When refreshes are due: a crontab expression in a time zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from cronsim import CronSim


class Schedule(msgspec.Struct, frozen=True):
    """A five-field crontab expression, read in `timezone` (daylight saving as crond does it)."""

    expression: str
    timezone: ZoneInfo

    def next_after(self, moment: datetime) -> datetime:
        """The first time after `moment` at which a refresh is due, in `timezone`."""
        return next(CronSim(self.expression, moment.astimezone(self.timezone)))

    def period(self, moment: datetime) -> timedelta:
        """The time between the two scheduled refreshes around `moment`."""
        following = self.next_after(moment)
        previous = next(CronSim(self.expression, moment.astimezone(self.timezone), reverse=True))
        return following - previous
