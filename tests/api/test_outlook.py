from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from api.outlook import told
from api.schemas.sources import SourceFacts, SourceState
from api.settings import Settings

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WARSAW = Settings(
    letterboxd_username=("alice",), tmdb_api_key="x", refresh_schedule="30 6 * * *", refresh_timezone="Europe/Warsaw"
)
WITHOUT = Settings(letterboxd_username=("alice",), tmdb_api_key="x", refresh_schedule="off")
HEALTHY = ("ok", "never", "disallowed")


def facts(state: str = "ok", **known: Any) -> SourceFacts:
    unknown = dict.fromkeys(("tried_at", "good_at", "expected", "got", "message", "next_try_at", "selector"))
    named = {"id": 1, "member": "alice", "source": "watchlist", "state": state, "since": NOON}
    values: dict[str, Any] = {**unknown, **named, "failures": 0, "has_sample": False, **known}
    return SourceFacts(**values)


@pytest.mark.parametrize("state", ["ok", "never", "incomplete", "stale"])
def test_what_was_answered_is_read_with_the_next_refresh(state: str) -> None:
    source = told(facts(state), WARSAW, NOON)
    assert source.next == "Marquee reads it with the next refresh, at 06:30 on 21 November (Europe/Warsaw)."


def test_what_was_refused_is_tried_when_its_rest_is_over() -> None:
    blocked = facts("blocked", next_try_at=NOON + timedelta(hours=6))
    source = told(blocked, WARSAW, NOON)
    before = "Marquee does not ask again before 19:00 on 20 November (Europe/Warsaw), and then"
    assert (source.next, source.turned_away) == (f"{before} tries again by itself.", True)
    over = told(blocked, WARSAW, NOON + timedelta(hours=7))
    assert (over.next, over.turned_away) == ("Marquee tries again by itself now.", False)


def test_what_only_a_person_can_mend_is_tried_by_itself_too_and_may_be_asked_for_before() -> None:
    private = told(facts("private", next_try_at=NOON + timedelta(hours=23)), WARSAW, NOON)
    assert private.next == "Marquee tries again by itself at 12:00 on 21 November (Europe/Warsaw)."
    assert not private.turned_away


def test_without_a_schedule_somebody_has_to_ask() -> None:
    asks = "when somebody asks for a refresh."
    assert told(facts("never"), WITHOUT, NOON).next == f"Marquee reads it {asks}"
    rest = NOON + timedelta(hours=6)
    assert told(facts("private", next_try_at=rest), WITHOUT, NOON).next == f"Marquee tries again {asks}"
    blocked = facts("blocked", next_try_at=rest)
    assert told(blocked, WITHOUT, NOON).next == (
        f"Marquee does not ask again before 18:00 on 20 November (UTC), and then tries again {asks}"
    )
    assert told(blocked, WITHOUT, rest).next == f"Marquee tries again {asks}"


def test_film_pages_are_read_where_they_are_needed() -> None:
    assert "needed" in told(facts(source="film_pages"), WARSAW, NOON).next
    rests = facts("blocked", source="film_pages", next_try_at=NOON + timedelta(hours=6))
    assert "19:00" in told(rests, WARSAW, NOON).next


@pytest.mark.parametrize("state", get_args(SourceState))
def test_there_is_advice_where_a_person_can_do_something(state: str) -> None:
    advice = told(facts(state), WARSAW, NOON).advice
    assert (advice is None) is (state in HEALTHY)
    assert advice is None or advice.endswith(".")
