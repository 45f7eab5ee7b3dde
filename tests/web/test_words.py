"""Numbers and times as a person says them."""

import doctest
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from web import outcomes, words

CLOCK = words.Clock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize("module", [words, outcomes])
def test_the_examples_in_the_documentation_are_true(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("age", "spoken"),
    [
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(hours=26), "1 day ago"),
        (timedelta(days=8), "on 12 November 2026"),
    ],
)
def test_the_past_is_relative_until_it_is_long_ago(age: timedelta, spoken: str) -> None:
    moment = CLOCK.past(CLOCK.now - age)
    assert moment.spoken == spoken
    assert moment.exact.endswith("(Europe/Berlin)")


@pytest.mark.parametrize(
    ("ahead", "spoken"),
    [
        (timedelta(hours=-1), "soon"),
        (timedelta(minutes=40), "13:40"),
        (timedelta(hours=12), "tomorrow, 01:00"),
        (timedelta(days=3), "23 November, 13:00"),
    ],
)
def test_the_future_is_a_time_of_the_readers_day(ahead: timedelta, spoken: str) -> None:
    assert CLOCK.future(CLOCK.now + ahead).spoken == spoken


@pytest.mark.parametrize(
    ("age", "spoken"),
    [
        (timedelta(hours=3), "10:00"),
        (timedelta(days=17), "3 November"),
        (timedelta(days=365), "20 November 2025"),
    ],
)
def test_what_lasts_is_told_since_a_time_of_today_or_a_day(age: timedelta, spoken: str) -> None:
    assert CLOCK.since(CLOCK.now - age).spoken == spoken
