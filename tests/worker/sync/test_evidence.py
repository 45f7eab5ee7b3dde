"""What directors and length say of a title, and what they leave open."""

from typing import Any

import pytest

from api.db.details import Credit, Details
from worker.sync.evidence import Evidence


def title(*names: str, runtime: int | None = None, media_type: str = "movie", original_title: str = "") -> Details:
    role = "director" if media_type == "movie" else "creator"
    people = [
        Credit(person_id=number, name=name, profile_path=None, role=role, position=number, character=None)
        for number, name in enumerate(names)
    ]
    known: dict[str, Any] = dict.fromkeys(Details.__struct_fields__)
    known |= {"media_type": media_type, "tmdb_id": 1, "title": "Blue Heron", "votes": 0, "popularity": 0.0}
    lists: dict[str, Any] = {"genres": [], "countries": [], "people": people, "offers": [], "links": {}}
    return Details(**{**known, **lists, "runtime_minutes": runtime, "original_title": original_title})


FILM = Evidence(directors=["Ada Kessler", "Bruno Quist"], runtime=100, original_title="Garza azul")


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (title("Ada Kessler"), "agrees"),
        (title("Kessler Ada"), "agrees"),
        (title("ADA KEßLER"), "agrees"),
        (title("Hugo Moravec"), "differs"),
        (title(runtime=95), "agrees"),
        (title(runtime=40), "differs"),
        (title(runtime=75), "unknown"),
        (title("Ada Kessler", runtime=12), "differs"),
        (title("Hugo Moravec", runtime=100), "differs"),
        (title(original_title="Garza Azul"), "agrees"),
        (title(), "unknown"),
        (title("Hugo Moravec", media_type="tv"), "unknown"),
        (title("Ada Kessler", media_type="tv", runtime=50), "agrees"),
    ],
    ids=[
        "one director of two",
        "family name first",
        "spelling",
        "another director",
        "another cut",
        "a short",
        "may be a longer cut",
        "the short of the same director",
        "a homonym as long",
        "original title",
        "an empty title",
        "a show's creator need not have directed it",
        "a show's length is that of an episode",
    ],
)
def test_a_verdict(given: Details, verdict: str) -> None:
    assert FILM.weigh(given) == verdict


def test_only_directors_and_length_together_identify() -> None:
    assert FILM.identifies(title("Ada Kessler", runtime=101))
    assert not FILM.identifies(title("Ada Kessler"))
    assert not FILM.identifies(title(runtime=100))
    assert not FILM.identifies(title("Ada Kessler", runtime=12))


def test_other_directors_rule_a_title_out_unless_it_is_as_long_to_the_minute() -> None:
    assert FILM.excludes(title("Hugo Moravec", runtime=90))
    assert FILM.excludes(title("Hugo Moravec"))
    assert not FILM.excludes(title("Hugo Moravec", runtime=100))
    assert not FILM.excludes(title("Bruno Quist", runtime=20))


def test_nothing_is_known_of_a_page_that_says_nothing() -> None:
    assert Evidence().weigh(title("Ada Kessler", runtime=100)) == "unknown"
    assert not Evidence().excludes(title("Ada Kessler", runtime=100))


def test_differences_are_told_in_words() -> None:
    assert FILM.differences(title("Hugo Moravec", runtime=12)) == [
        "Hugo Moravec directed it, and not Ada Kessler and Bruno Quist",
        "it lasts 12 minutes, and the film 100",
    ]
    assert FILM.differences(title("Hugo Moravec", "Hugo Moravec", media_type="tv", runtime=12)) == [
        "Hugo Moravec made it, and not Ada Kessler and Bruno Quist"
    ]
    assert FILM.differences(title("Bruno Quist", runtime=75)) == ["it lasts 75 minutes, and the film 100"]
    assert FILM.differences(title("Bruno Quist", runtime=95)) == []
