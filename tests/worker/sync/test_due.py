from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.db.matches import FilmWork
from api.db.runs import RunOrder
from api.settings import Settings
from worker.sync.due import Due, due_in

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SETTINGS = Settings(letterboxd_username=("alice",), tmdb_api_key="key")


def due(*, force: bool = False) -> Due:
    order = RunOrder(id=1, owner="one", trigger="manual", force=force, created_at=NOON, attempts=1, members=[])
    return due_in(order, SETTINGS)


def film(**facts: Any) -> FilmWork:
    known: dict[str, Any] = {
        "film_id": 1,
        "slug": "heat-1995",
        "title": "Heat",
        "year": 1995,
        "lid": "2bg8",
        "letterboxd_id": None,
        "state": "found",
        "media_type": "movie",
        "tmdb_id": 949,
        "confidence": "probable",
        "locked": False,
        "tried_at": NOON - HOUR,
        "details_checked_at": NOON - HOUR,
        "offers_checked_at": NOON - HOUR,
    }
    return FilmWork(**known | facts)


def test_what_was_read_lately_is_left_alone() -> None:
    assert not due().is_anything_due(film())


def test_a_daily_run_does_not_skip_what_yesterdays_reached_late() -> None:
    assert due().are_offers_due(film(offers_checked_at=NOON - timedelta(hours=23)))


def test_details_are_read_monthly() -> None:
    assert not due().are_details_due(film(details_checked_at=NOON - timedelta(days=20)))
    assert due().are_details_due(film(details_checked_at=NOON - timedelta(days=31)))


def test_a_country_never_checked_is_due() -> None:
    assert due().are_offers_due(film(offers_checked_at=None))


def test_force_reads_what_was_done_before_the_run_and_nothing_twice() -> None:
    assert due(force=True).are_offers_due(film(offers_checked_at=NOON - timedelta(minutes=1)))
    assert not due(force=True).is_anything_due(
        film(offers_checked_at=NOON + timedelta(seconds=1), details_checked_at=NOON + timedelta(seconds=1))
    )


@pytest.mark.parametrize("state", ["pending", "error"])
def test_a_film_without_an_answer_is_tried_each_time(state: str) -> None:
    assert due().is_match_due(film(state=state, media_type=None, tmdb_id=None))


@pytest.mark.parametrize("state", ["review", "not_found"])
def test_an_open_question_is_tried_weekly(state: str) -> None:
    asked = film(state=state, media_type=None, tmdb_id=None)
    assert not due().is_match_due(asked)
    assert due(force=True).is_match_due(asked)
    assert due().is_match_due(film(state=state, media_type=None, tmdb_id=None, tried_at=NOON - timedelta(days=7)))


def test_a_persons_choice_is_never_tried_again() -> None:
    assert not due(force=True).is_match_due(film(state="not_found", media_type=None, tmdb_id=None, locked=True))


def test_a_film_whose_name_changed_is_matched_again_whatever_is_known_of_it() -> None:
    assert due().is_match_due(film(tried_at=None))
    assert not due().is_match_due(film(tried_at=None, locked=True))
