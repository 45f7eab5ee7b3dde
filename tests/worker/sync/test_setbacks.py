from datetime import UTC, datetime, timedelta

import pytest

from api.errors import Blocked, MarkupChanged, Missing, Private, RateLimited, SourceError, Transient
from worker.sync.setbacks import LONGEST_WAIT, setback

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://letterboxd.com/alice/watchlist/page/2/"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Blocked(URL, challenge=True), "blocked"),
        (Blocked(URL, challenge=False), "blocked"),
        (Private(URL), "private"),
        (Missing(URL), "missing"),
        (RateLimited(URL), "rate_limited"),
        (Transient(URL, 502), "unreachable"),
        (MarkupChanged(".grid", url=URL), "changed"),
    ],
)
def test_each_error_has_a_state_of_its_own_and_says_that_nothing_is_lost(error: SourceError, state: str) -> None:
    news = setback(error, page=2, failures=0, now=NOON)
    assert news.state == state
    assert news.message is not None
    assert news.message.endswith("Nothing was removed.")
    assert news.next_try_at is not None
    assert news.next_try_at > NOON


def test_blocks_in_a_row_are_left_alone_for_longer_and_longer() -> None:
    waits = [
        setback(Blocked(URL, challenge=True), page=1, failures=failures, now=NOON).next_try_at
        for failures in (0, 1, 2, 50)
    ]
    assert waits == [NOON + timedelta(hours=hours) for hours in (6, 12, 24)] + [NOON + LONGEST_WAIT]


def test_the_time_that_letterboxd_asks_for_is_kept() -> None:
    news = setback(RateLimited(URL, retry_after=7200), page=1, failures=0, now=NOON)
    assert news.next_try_at == NOON + timedelta(hours=2)


def test_the_page_at_fault_is_named() -> None:
    news = setback(Blocked(URL, challenge=True), page=2, failures=0, now=NOON)
    assert news.message is not None
    assert "page 2 (it asked for a browser check)" in news.message
