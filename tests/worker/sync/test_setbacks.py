from datetime import UTC, datetime, timedelta

import pytest

from api.db.sources import SourceNews
from api.errors import Blocked, Disallowed, MarkupChanged, Missing, Private, RateLimited, SourceError, Transient
from worker.sync import setbacks
from worker.sync.setbacks import LONGEST_WAIT

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://letterboxd.com/alice/watchlist/page/2/"


def setback(error: SourceError, *, page: int = 2, failures: int = 0) -> SourceNews:
    return setbacks.setback(error, source="alice’s watchlist", page=page, member="alice", failures=failures, now=NOON)


@pytest.mark.parametrize(
    ("error", "state", "message"),
    [
        (
            Blocked(URL, challenge=True),
            "blocked",
            "Letterboxd did not let Marquee read page 2 of alice’s watchlist (it asked for a browser check).",
        ),
        (Blocked(URL, challenge=False), "blocked", "Letterboxd did not let Marquee read page 2 of alice’s watchlist."),
        (
            Disallowed(URL, host="Letterboxd"),
            "disallowed",
            "Letterboxd’s robots.txt does not allow Marquee to read alice’s watchlist.",
        ),
        (
            Private(URL),
            "private",
            "Letterboxd shows alice’s watchlist to alice alone, so Marquee cannot read it.",
        ),
        (Missing(URL), "missing", "Letterboxd knows no member alice."),
        (RateLimited(URL), "rate_limited", "Letterboxd asked Marquee to slow down at page 2 of alice’s watchlist."),
        (
            Transient(URL, 502, host="Letterboxd"),
            "unreachable",
            "Letterboxd answered with an error (502) at page 2 of alice’s watchlist.",
        ),
        (
            Transient("https://letterboxd.com/robots.txt", 502, host="Letterboxd"),
            "unreachable",
            "Letterboxd answered with an error (502) when Marquee asked for its robots.txt, "
            "so alice’s watchlist was not asked for.",
        ),
        (
            MarkupChanged(".grid", url=URL),
            "changed",
            "Letterboxd changed page 2 of alice’s watchlist: Marquee does not understand it any more.",
        ),
    ],
)
def test_each_error_has_a_state_of_its_own_and_names_the_member(error: SourceError, state: str, message: str) -> None:
    news = setback(error)
    assert (news.state, news.message) == (state, message)
    assert news.next_try_at is not None
    assert news.next_try_at > NOON


def test_what_only_a_person_can_mend_is_tried_by_every_daily_refresh() -> None:
    for error in (Private(URL), Missing(URL), Disallowed(URL), MarkupChanged(".grid", url=URL)):
        next_try_at = setback(error, failures=9).next_try_at
        assert next_try_at is not None
        assert timedelta(hours=22) < next_try_at - NOON < timedelta(hours=24)


def test_a_sample_of_changed_markup_is_kept_for_repair() -> None:
    news = setback(MarkupChanged(".grid", "div.tiles", URL))
    assert (news.selector, news.sample) == (".grid", "div.tiles")


def test_what_has_no_pages_and_no_member_is_named_by_itself() -> None:
    news = setbacks.setback(Blocked(URL, challenge=True), source="film pages", failures=0, now=NOON)
    assert news.message == "Letterboxd did not let Marquee read film pages (it asked for a browser check)."


def test_blocks_in_a_row_are_left_alone_for_longer_and_longer() -> None:
    waits = [setback(Blocked(URL, challenge=True), failures=failures).next_try_at for failures in (0, 1, 2, 50)]
    assert waits == [NOON + timedelta(hours=hours) for hours in (6, 12, 24)] + [NOON + LONGEST_WAIT]


def test_the_time_that_letterboxd_asks_for_is_kept() -> None:
    news = setback(RateLimited(URL, retry_after=7200), page=1)
    assert news.next_try_at == NOON + timedelta(hours=2)
