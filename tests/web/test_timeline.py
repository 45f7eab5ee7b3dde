"""The drawing of a film's stays: where bars and ticks stand."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from web.memory_shapes import Interval
from web.timeline import MOST_TICKS, Timeline, timeline

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def interval(first: float, last: float | None = None, **fields: object) -> Interval:
    """A stay from so many days ago to so many; without an end it is open."""
    closed = None if last is None else days_ago(last)
    known = {
        "provider_id": 11,
        "provider": "MUBI",
        "offer": "flatrate",
        "first_seen_at": days_ago(first),
        "last_seen_at": closed,
        "closed_at": closed,
        "ended": None if closed is None else "left",
    }
    return Interval(**(known | fields))  # type: ignore[arg-type]


def drawn(*intervals: Interval, checked_at: datetime | None = NOW) -> Timeline:
    return timeline(intervals, checked_at, NOW, BERLIN)


def looks(drawing: Timeline, row: int = 0) -> list[str]:
    return [bar.look for stay in drawing.rows[row].stays for bar in stay.bars]


def test_an_open_stay_reaches_the_present() -> None:
    drawing = drawn(interval(100))
    [bar] = drawing.rows[0].stays[0].bars
    assert bar.look == "sure"
    assert bar.x + bar.width == pytest.approx(drawing.now, abs=0.1)
    assert drawing.rows[0].is_open


def test_a_stay_that_ended_is_as_long_as_it_was() -> None:
    drawing = drawn(interval(100), interval(60, 40, provider_id=8))
    [whole], [part] = (row.stays[0].bars for row in drawing.rows)
    assert part.width / whole.width == pytest.approx(0.2, abs=0.005)
    assert part.x - whole.x == pytest.approx(0.4 * whole.width, abs=0.1)
    assert not drawing.rows[1].is_open


def test_stays_on_one_provider_by_one_offer_share_a_row_in_the_order_of_time() -> None:
    drawing = drawn(interval(10), interval(90, 70), interval(50, 40, offer="rent"))
    assert [(row.provider, row.offer, len(row.stays)) for row in drawing.rows] == [
        ("MUBI", "flatrate", 2),
        ("MUBI", "rent", 1),
    ]
    first, second = drawing.rows[0].stays
    assert first.bars[-1].x + first.bars[-1].width < second.bars[0].x


def test_an_unknown_beginning_fades_in_and_a_known_one_does_not() -> None:
    drawing = drawn(interval(30, seen_from_start=True), interval(20, provider_id=8))
    fade, sure = drawing.rows[0].stays[0].bars
    assert (fade.look, sure.look) == ("fade", "sure")
    assert 0 <= fade.x < sure.x <= fade.x + fade.width
    assert looks(drawing, 1) == ["sure"]


def test_the_time_since_the_last_look_is_not_sure() -> None:
    drawing = drawn(interval(100), checked_at=days_ago(25))
    sure, unsure = drawing.rows[0].stays[0].bars
    assert (sure.look, unsure.look) == ("sure", "unsure")
    assert unsure.x + unsure.width == pytest.approx(drawing.now, abs=0.1)
    assert drawing.seen == pytest.approx(sure.x + sure.width, abs=0.1)


def test_between_the_last_sight_and_the_first_look_without_it_nothing_is_sure() -> None:
    assert looks(drawn(interval(100, 40, last_seen_at=days_ago(60)))) == ["sure", "unsure"]


def test_even_the_shortest_stay_can_be_seen_within_the_drawing() -> None:
    for intervals in ([interval(0)], [interval(0, seen_from_start=True)], [interval(900), interval(0.01, 0)]):
        for row in drawn(*intervals).rows:
            for bar in (bar for stay in row.stays for bar in stay.bars):
                assert bar.width >= 0.5
                assert bar.x >= 0
                assert bar.x + bar.width <= 100


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (2, ["2 Nov", "9 Nov", "16 Nov"]),
        (100, ["Sep", "Oct", "Nov"]),
        (300, ["Mar", "May", "Jul", "Sep"]),
        (1500, ["2023", "2024", "2025", "2026"]),
        (20000, ["1980", "2000"]),
    ],
)
def test_ticks_stand_where_a_reader_counts_from(days: float, labels: list[str]) -> None:
    assert [tick.label for tick in drawn(interval(days)).ticks if tick.label] == labels


@pytest.mark.parametrize("days", [0, 1, 3, 10, 25, 40, 80, 150, 250, 400, 800, 1600, 3000, 9000, 30000])
def test_ticks_are_few_and_grow_to_the_right(days: float) -> None:
    ticks = drawn(interval(days)).ticks
    assert 1 <= len(ticks) <= MOST_TICKS
    assert all(left.x < right.x for left, right in pairwise(ticks))
    assert all(0 < tick.x <= 100 for tick in ticks)


def test_ticks_are_the_midnights_of_the_reader() -> None:
    intervals = [interval(100)]
    here, there = (timeline(intervals, NOW, NOW, ZoneInfo(zone)).ticks[0].x for zone in ("Europe/Berlin", "UTC"))
    assert here < there


def test_nothing_to_draw_is_drawn_empty() -> None:
    assert drawn().rows == []
