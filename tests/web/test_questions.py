from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from web.cards import Poster
from web.match_shapes import Candidate, DecidedMatch, Match, MatchedFilm
from web.questions import KEYS, MOST_LOOKS, Fact, QuestionView, TitleKey, answer, question, title_key
from web.words import Clock

CLOCK = Clock(datetime(2026, 11, 20, 12, tzinfo=UTC), ZoneInfo("UTC"))
FILM = MatchedFilm(slug="heat", title="Heat", url="https://letterboxd.test/film/heat/", year=1995)


def candidate(tmdb_id: int = 949, **fields: object) -> Candidate:
    plain = {"media_type": "movie", "title": "Heat", "url": f"https://tmdb.test/movie/{tmdb_id}", "year": 1995}
    return Candidate(**{**plain, "tmdb_id": tmdb_id, **fields})  # type: ignore[arg-type]


def asked(*candidates: Candidate) -> Match:
    return Match(film=FILM, state="review", locked=False, candidates=list(candidates))


def decided(**fields: object) -> DecidedMatch:
    plain = {"film": FILM, "state": "found", "locked": True, "media_type": "movie", "tmdb_id": 949, "note": "Soon."}
    return DecidedMatch(**{**plain, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("https://www.themoviedb.org/movie/949-heat", ("movie", 949)),
        ("https://www.themoviedb.org/movie/949?language=de-DE", ("movie", 949)),
        ("https://www.themoviedb.org/de-DE/movie/949-heat", ("movie", 949)),
        ("http://themoviedb.org/tv/1399/season/1", ("tv", 1399)),
        ("www.themoviedb.org/tv/1399-game-of-thrones", ("tv", 1399)),
        (" 949\n", ("movie", 949)),
        ("movie/949", ("movie", 949)),
        ("tv:1399", ("tv", 1399)),
        ("tv 1399", ("tv", 1399)),
        ("", None),
        ("0", None),
        ("Heat", None),
        ("-5", None),
        ("٩٤٩", None),
        ("99999999999", None),
        ("4294967296", None),
        ("https://www.themoviedb.org/person/949", None),
        ("https://www.themoviedb.org.evil.test/movie/949", None),
        ("https://letterboxd.com/movie/949", None),
        ("https://[/movie/949", None),
        ("javascript:movie/949", None),
    ],
)
def test_a_title_is_known_by_its_address_or_number(text: str, key: TitleKey | None) -> None:
    assert title_key(text) == key


def test_the_first_nine_choices_have_keys() -> None:
    choices = question(asked(*(candidate(number) for number in range(1, 12)))).choices
    assert [choice.key for choice in choices] == [*map(str, range(1, KEYS + 1)), "", ""]
    assert choices[0].value == "movie/1"


def test_a_choice_says_what_tells_it_apart() -> None:
    unlike = candidate(
        media_type="tv",
        original_title="Hitze",
        directors=["Ann", "Ben"],
        runtime_minutes=61,
        why="same title and year",
        why_not="its director is another one",
    )
    [choice] = question(asked(unlike)).choices
    assert choice.sheet.kind == "Series"
    assert choice.sheet.facts == [Fact("Year", "1995"), Fact("By", "Ann, Ben"), Fact("Length", "1 h 1 min")]
    assert choice.sheet.spoken == "Heat, Series, 1995, Ann, Ben, 1 h 1 min"
    assert (choice.sheet.also, choice.why, choice.why_not) == (
        "Hitze",
        "Same title and year.",
        "Its director is another one.",
    )


def test_what_nobody_knows_keeps_its_row_so_that_the_others_stay_beside_each_other() -> None:
    asked_for = question(asked(candidate(year=None)))
    assert [fact.name for fact in asked_for.sheet.facts] == [fact.name for fact in asked_for.choices[0].sheet.facts]
    assert asked_for.choices[0].sheet.facts == [Fact("Year", ""), Fact("By", ""), Fact("Length", "")]


def test_a_person_is_asked_what_the_choices_leave_open() -> None:
    assert question(asked()).asks == ""
    assert question(asked(candidate())).asks == "Is it this one?"
    assert question(asked(candidate(1), candidate(2))).asks == "Which of these is it?"
    ruled_out = Match(film=FILM, state="not_found", locked=False, candidates=[candidate()])
    assert (question(ruled_out).asks, len(question(ruled_out).choices)) == ("", 1)


def test_addresses_that_a_page_may_not_link_to_are_left_out() -> None:
    [choice] = question(asked(candidate(url="javascript:alert(1)", poster_url="data:x"))).choices
    assert (choice.sheet.url, choice.sheet.poster) == (None, None)


def test_a_chosen_candidate_is_named_and_nothing_more_is_waited_for() -> None:
    shown = answer(decided(candidates=[candidate(poster_url="https://images.test/p.jpg")]), CLOCK, looks=1)
    assert shown.sheet.poster == Poster("https://images.test/p.jpg", "")
    assert (shown.said, shown.look) == ("Heat (1995)", "")


def test_of_a_number_more_is_known_in_a_moment() -> None:
    shown = answer(decided(), CLOCK, looks=1)
    assert (shown.said, shown.note, shown.look) == ("Film 949", "Soon.", "/matches/film/heat?looks=2")
    assert answer(decided(), CLOCK, looks=MOST_LOOKS + 1).look == ""
    assert answer(decided(), CLOCK).look == ""
    gone = answer(decided(message="TMDB has no movie 949."), CLOCK, looks=1)
    assert (gone.verdict, gone.note, gone.look) == ("doubtful", "TMDB has no movie 949.", "")


def test_not_on_tmdb_is_an_answer() -> None:
    shown = answer(decided(state="not_found", media_type=None, tmdb_id=None), CLOCK, looks=1)
    assert (shown.verdict, shown.said, shown.look) == ("none", "Not on TMDB", "")


def test_an_address_holds_what_differs_from_the_first_page() -> None:
    assert QuestionView().address() == ""
    assert QuestionView(state="error", page=2).address() == "?state=error&page=2"
    assert QuestionView(state="error", page=2).address(page=1) == "?state=error"
