"""When two titles are the same, when a search proves something, and when a link is not to be believed."""

from typing import Any

import pytest

from worker.sources.tmdb.matching import contradicts, found_otherwise, plausible_hits, same_title, unique_hit
from worker.sources.tmdb.shapes import Hit, SearchResult


def hit(title: str, year: int | None, *, original: str = "", **more: Any) -> Hit:
    values = {"media_type": "movie", "tmdb_id": 1, **more}
    return Hit(title=title, original_title=original or title, year=year, **values)


def result(*hits: Hit, complete: bool = True) -> SearchResult:
    return SearchResult(list(hits), complete)


def test_a_title_is_the_same_by_its_name_or_its_original_name() -> None:
    assert same_title(hit("Heat", 1995), ["Hitze", "heat"])
    assert same_title(hit("Hitze", 1995, original="Heat"), ["Heat"])
    assert not same_title(hit("Heat Wave", 1995), ["Heat"])
    assert not same_title(hit("", 2000), [""])


def test_hits_of_other_names_count_within_a_year() -> None:
    hits = [hit("Hitze", 1996, tmdb_id=1), hit("Hitze", 1995, tmdb_id=2), hit("Heat", 1995), hit("Chaud", 1997)]
    assert [found.tmdb_id for found in found_otherwise(hits, ["Heat"], 1995)] == [2, 1]
    assert found_otherwise(hits, ["Heat"], None) == []


def test_plausible_hits_are_near_in_time_and_the_nearest_come_first() -> None:
    hits = [
        hit("Heat", 1997, tmdb_id=1, popularity=9.0),
        hit("Heat", None, tmdb_id=2, popularity=99.0),
        hit("Heat", 1995, tmdb_id=3),
        hit("Heat", 1998, tmdb_id=4),
        hit("Cold", 1995, tmdb_id=5),
    ]
    assert [found.tmdb_id for found in plausible_hits(hits, ["Heat"], 1995)] == [3, 2, 1]
    assert [found.tmdb_id for found in plausible_hits(hits, ["Heat"], None)] == [2, 1, 3, 4]


@pytest.mark.parametrize(
    ("found", "proved"),
    [
        (result(hit("Columbus", 2017)), True),
        (result(hit("Columbus", 2017), hit("Kolkatay Columbus", 2016)), True),
        (result(hit("Columbus", 2017), hit("Columbus", 2015, tmdb_id=2)), True),
        (result(hit("Columbus", 2017), hit("Columbus", 2016, tmdb_id=2)), False),
        (result(hit("Suspiria", 2017, original="Columbus"), hit("Columbus", 1977)), True),
        (result(hit("Columbus", 2017), hit("Columbus", 2017, tmdb_id=2)), False),
        (result(hit("Columbus", 2017), hit("Columbus", 2017, media_type="tv")), False),
        (result(hit("Columbus", 2018)), False),
        (result(hit("Columbus", None)), False),
        (result(hit("Columbus Day", 2017)), False),
        (result(hit("Columbus", 2017), complete=False), False),
        (result(hit("Columbus", 2017, media_type="tv")), False),
        (result(hit("Columbus", 2017, adult=True)), False),
        (result(hit("Columbus", 2017, video=True)), False),
        (result(hit("Columbus", 2017), hit("Columbus", 2017, tmdb_id=2, video=True)), False),
        (result(), False),
    ],
    ids=[
        "one",
        "one beside a longer name",
        "one two years after another",
        "one a year after another",
        "by its original title, beside another year",
        "homonyms of one year",
        "a film and a show",
        "the year of a festival",
        "no date",
        "only a longer name",
        "pages unread",
        "only a show",
        "only an adult title",
        "only a making-of",
        "a film and its making-of",
        "nothing",
    ],
)
def test_only_a_single_equal_title_of_a_whole_answer_is_proof(found: SearchResult, proved: bool) -> None:
    hit = unique_hit(found, "Columbus", 2017)
    assert (hit is not None) == proved
    assert hit is None or hit is found.hits[0]


@pytest.mark.parametrize(
    ("ours", "year", "theirs", "their_year", "contradiction"),
    [
        (["Normal People"], 2020, "The Hooded Rider", 1931, True),
        (["Beef"], 2023, "Beast", 2019, True),
        (["Nomadland"], 2020, "Completely Different", 2021, False),
        (["Nomadland"], 2020, "Nomadland", 1999, False),
        (["Hamilton"], 2020, "Hamilton: The Show", 2025, False),
        (["Colour Of Night"], 2000, "Color of Night", 1994, False),
        (["Beef"], None, "Beast", 2019, False),
        (["Beef"], 2023, "Beast", None, False),
        (["Seven Samurai", "七人の侍"], 1954, "七人の侍", 1960, False),
    ],
)
def test_a_link_is_contradicted_by_name_and_year_together(
    ours: list[str], year: int | None, theirs: str, their_year: int | None, contradiction: bool
) -> None:
    why = contradicts(hit(theirs, their_year), titles=ours, year=year)
    assert (why is not None) == contradiction
    assert why is None or (theirs in why and ours[0] in why and str(their_year) in why and str(year) in why)


def test_an_original_title_speaks_for_a_link() -> None:
    linked = hit("Le Samouraï", 1967, original="The Godson")
    assert contradicts(linked, titles=["The Godson"], year=1972) is None
