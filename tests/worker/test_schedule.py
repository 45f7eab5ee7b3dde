from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from api.settings import Schedule
from worker.schedule import crontab_job


async def job(ctx: dict[Any, Any]) -> None:
    return None


def test_the_next_time_is_that_of_the_crontab_in_its_zone() -> None:
    cron_job = crontab_job(job, Schedule("30 6 * * *", ZoneInfo("Europe/Warsaw")))
    cron_job.calculate_next(datetime(2027, 7, 1, 12, tzinfo=UTC))
    assert cron_job.next_run == datetime(2027, 7, 2, 4, 30, tzinfo=UTC)


def test_times_missed_while_the_machine_slept_are_not_made_up_one_by_one() -> None:
    cron_job = crontab_job(job, Schedule("* * * * *", ZoneInfo("UTC")))
    cron_job.calculate_next(datetime.now(UTC) - timedelta(hours=8))
    assert cron_job.next_run is not None
    assert cron_job.next_run > datetime.now(UTC) - timedelta(seconds=1)


def test_day_of_month_or_day_of_week_as_cron_has_it() -> None:
    schedule = Schedule("0 0 13 * 5", ZoneInfo("UTC"))
    assert schedule.next_after(datetime(2026, 11, 20, 1, tzinfo=UTC)) == datetime(2026, 11, 27, tzinfo=UTC)
    assert schedule.next_after(datetime(2026, 12, 12, tzinfo=UTC)) == datetime(2026, 12, 13, tzinfo=UTC)


def test_the_period_is_the_time_between_two_refreshes() -> None:
    weekly = Schedule("0 0 * * 0", ZoneInfo("UTC"))
    assert weekly.period(datetime(2026, 11, 20, tzinfo=UTC)) == timedelta(days=7)
