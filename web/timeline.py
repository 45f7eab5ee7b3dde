"""A film's stays on providers as a drawing: where each bar begins and how long it is, in per cent of the width."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from web.memory_shapes import Interval

SHORTEST_SPAN = timedelta(days=21)
LEAD = 0.07
"""How much of the width lies before the first stay, so that an unknown beginning has room to fade in."""
TAIL = 0.015
FADE, THINNEST, OVERLAP = 6.0, 1.0, 0.5
MOST_TICKS = 5
LEFT_EDGE, RIGHT_EDGE = 3.0, 86.0
"""Between these a tick's label stands clear of the left end, and of the word at the right one."""


class Bar(msgspec.Struct, frozen=True):
    """`look`: `sure` was seen, `fade` may have been before, `unsure` was not looked at."""

    x: float
    width: float
    look: str


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """One interval: drawn, and as it is; `bars` from left to right."""

    interval: Interval
    bars: list[Bar]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """All stays on one provider by one offer, the first one first."""

    provider_id: int
    provider: str
    logo_url: str | None
    offer: str
    is_open: bool
    stays: list[Stay]


class Tick(msgspec.Struct, frozen=True):
    """`label` is empty where there is no room for one."""

    x: float
    label: str


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """`now` is where the present stands, `seen` the last look; the ticks and all rows share one scale."""

    now: float
    seen: float
    rows: list[Row]
    ticks: list[Tick]


class Scale(msgspec.Struct, frozen=True):
    """The time that the width stands for."""

    begin: datetime
    end: datetime

    def x(self, moment: datetime) -> float:
        """Where `moment` stands, from 0 to 100."""
        return round(100 * min(1.0, max(0.0, (moment - self.begin) / (self.end - self.begin))), 2)


def timeline(intervals: Sequence[Interval], checked_at: datetime | None, now: datetime, zone: ZoneInfo) -> Timeline:
    """The stays in one country, last looked at then; rows keep the order in which the intervals name them."""
    scale = _scale(intervals, now)
    rows: dict[tuple[int, str], list[Interval]] = {}
    for interval in intervals:
        rows.setdefault((interval.provider_id, interval.offer), []).append(interval)
    known_until = min(checked_at or now, now)
    return Timeline(
        now=scale.x(now),
        seen=scale.x(known_until),
        rows=[_row(same, scale, known_until, now) for same in rows.values()],
        ticks=list(_ticks(scale, now, zone)),
    )


def _scale(intervals: Sequence[Interval], now: datetime) -> Scale:
    first = min((interval.first_seen_at for interval in intervals), default=now)
    span = max(now - first, SHORTEST_SPAN)
    return Scale(now - span * (1 + LEAD), now + span * TAIL)


def _row(intervals: Sequence[Interval], scale: Scale, known_until: datetime, now: datetime) -> Row:
    newest = intervals[0]
    ordered = sorted(intervals, key=lambda interval: interval.first_seen_at)
    return Row(
        provider_id=newest.provider_id,
        provider=newest.provider,
        logo_url=newest.logo_url,
        offer=newest.offer,
        is_open=any(interval.closed_at is None for interval in intervals),
        stays=[Stay(interval=each, bars=list(_bars(each, scale, known_until, now))) for each in ordered],
    )


def _bars(interval: Interval, scale: Scale, known_until: datetime, now: datetime) -> Iterator[Bar]:
    begin = interval.first_seen_at
    seen = max(begin, (interval.last_seen_at or interval.closed_at) if interval.closed_at else known_until)
    sure = _bar(scale, begin, seen, "sure")
    if interval.seen_from_start and sure.x > 0:
        width = min(FADE, sure.x)
        yield Bar(round(sure.x - width, 2), round(width + OVERLAP, 2), "fade")
    yield sure
    gone = interval.closed_at or now
    if scale.x(gone) - (sure.x + sure.width) >= THINNEST:
        yield _bar(scale, seen, gone, "unsure")


def _bar(scale: Scale, begin: datetime, end: datetime, look: str) -> Bar:
    """A bar that can be seen, however short the stay was; it grows to the left, since the future is not known."""
    right = scale.x(end)
    width = max(right - scale.x(begin), THINNEST)
    return Bar(round(right - width, 2), round(width, 2), look)


def _ticks(scale: Scale, now: datetime, zone: ZoneInfo) -> Iterator[Tick]:
    """A handful of days, months or years that begin within the scale."""
    begin, end = scale.begin.astimezone(zone).date(), now.astimezone(zone).date()
    for step in STEPS:
        days = list(step(begin, end))
        if len(days) <= MOST_TICKS:
            break
    by_day = len(days) > 1 and (days[1] - days[0]).days < 28
    for day in days:
        x = scale.x(datetime.combine(day, time(tzinfo=zone)).astimezone(UTC))
        if x > 0:
            yield Tick(x, _label(day, by_day=by_day) if LEFT_EDGE <= x <= RIGHT_EDGE else "")


def _label(day: date, *, by_day: bool) -> str:
    if by_day:
        return f"{day.day} {day:%b}"
    return f"{day.year}" if day.month == 1 else f"{day:%b}"


def _each_days(number: int) -> Callable[[date, date], Iterator[date]]:
    """Every so many days, counted so that weeks begin on Monday and all pages agree."""

    def days(begin: date, end: date) -> Iterator[date]:
        day = begin + timedelta(days=-(begin.toordinal() - 1) % number)
        while day <= end:
            yield day
            day += timedelta(days=number)

    return days


def _each_months(number: int) -> Callable[[date, date], Iterator[date]]:
    def months(begin: date, end: date) -> Iterator[date]:
        month = begin.year * 12 + begin.month - 1
        month += -month % number
        while (day := date(month // 12, month % 12 + 1, 1)) <= end:
            if day >= begin:
                yield day
            month += number

    return months


STEPS = (*map(_each_days, (7, 14)), *map(_each_months, (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)))
