"""What a film's page says besides ids: how it tells titles apart, and what it makes of a question."""

import pytest
from msgspec.structs import replace

from tests.worker.sync.titles import PAGE, World, hit, how, of, offered, title_of

DIRECTED = replace(PAGE, directors=["Ada Kessler"], runtime_minutes=90)


@pytest.fixture
def world() -> World:
    return World()


async def test_the_pages_director_and_length_tell_homonyms_apart(world: World) -> None:
    world.found(hit(1), hit(2))
    world.titles = [
        of(1, "Blue Heron", 2025, director="Hugo Moravec", runtime=90),
        of(2, "Blue Heron", 2025, director="Kessler Ada", runtime=92),
    ]
    world.page = DIRECTED
    match = await world.match()
    assert (how(match), title_of(match)) == (("found", "search", "probable"), ("movie", 2))


@pytest.mark.parametrize("runtime", [0, 14])
async def test_a_director_alone_does_not_tell_a_film_from_the_short_that_it_grew_from(
    world: World, runtime: int
) -> None:
    world.found(hit(1, year=2024))
    world.titles = [of(1, "Blue Heron", 2024, director="Ada Kessler", runtime=runtime)]
    world.page = DIRECTED
    assert (await world.match()).state == "review"


async def test_a_link_to_a_homonym_of_other_people_is_not_followed(world: World) -> None:
    world.found(hit(1), hit(2))
    world.titles = [
        of(1, "Blue Heron", 2025, director="Hugo Moravec", runtime=30),
        of(2, "Blue Heron", 2025, director="Ada Kessler", runtime=90),
    ]
    world.page = replace(DIRECTED, tmdb=("movie", 1))
    match = await world.match()
    assert (how(match), title_of(match)) == (("found", "search", "probable"), ("movie", 2))


async def test_ids_that_contradict_each_other_are_settled_by_what_else_the_page_says(world: World) -> None:
    world.found(hit(1), hit(2))
    world.titles = [
        of(1, "Blue Heron", 2025),
        of(2, "Blue Heron", 2025, "tt0000002", director="Ada Kessler", runtime=90),
    ]
    world.by_imdb_id = {"tt0000002": [hit(2)]}
    world.page = replace(DIRECTED, tmdb=("movie", 1), imdb_id="tt0000002")
    match = await world.match()
    assert (how(match), title_of(match)) == (("found", "imdb", "proven"), ("movie", 2))


async def test_ids_that_contradict_each_other_are_left_to_a_person_where_nothing_settles_it(world: World) -> None:
    world.found(hit(1), hit(2))
    world.titles = [of(1, "Blue Heron", 2025), of(2, "Blue Heron", 2025, "tt0000002")]
    world.by_imdb_id = {"tt0000002": [hit(2)]}
    world.page = replace(PAGE, tmdb=("movie", 1), imdb_id="tt0000002")
    match = await world.match()
    assert (match.state, offered(match)) == ("review", [("movie", 1), ("movie", 2)])


async def test_a_candidate_says_why_it_is_one_and_why_it_was_not_taken(world: World) -> None:
    world.found(hit(1), hit(2, year=2026, video=True))
    world.titles = [of(1, "Blue Heron", 2025, director="Ada Kessler"), of(2, "Blue Heron", 2026, runtime=12)]
    world.page = DIRECTED
    match = await world.match()
    assert match.evidence == {"directors": ["Ada Kessler"], "runtime": 90, "original_title": None}
    first, second = match.candidates
    assert (first["directors"], first["runtime"], first["why"]) == (["Ada Kessler"], None, "same title and year")
    assert first["why_not"] is None
    assert second["why_not"] == (
        "it is a video, such as a making-of; it lasts 12 minutes, and the film 90; it is of 2026, and the film of 2025"
    )


@pytest.mark.parametrize(("year", "name"), [(2025, "name and year"), (2026, "name")])
async def test_a_homonym_that_the_page_rules_out_is_no_question_and_is_shown(
    world: World, year: int, name: str
) -> None:
    world.found(hit(1, year=year), hit(2, year=year))
    world.titles = [of(number, "Blue Heron", year, director="Hugo Moravec", runtime=30) for number in (1, 2)]
    world.page = DIRECTED
    match = await world.match()
    assert (match.state, offered(match)) == ("not_found", [("movie", 1), ("movie", 2)])
    assert match.candidates[0]["why_not"].startswith("Hugo Moravec directed it, and not Ada Kessler; it lasts 30")
    said = f"Letterboxd names no TMDB title, and TMDB has 2 titles of this {name}, which are other films."
    assert match.message == said


async def test_a_homonym_that_the_page_rules_out_is_not_shown_beside_a_title_that_may_be_meant(world: World) -> None:
    world.found(hit(1), hit(2))
    world.titles = [of(1, "Blue Heron", 2025, director="Hugo Moravec", runtime=30), of(2, "Blue Heron", 2025)]
    world.page = DIRECTED
    match = await world.match()
    assert (match.state, offered(match)) == ("review", [("movie", 2)])


async def test_a_series_is_called_one(world: World) -> None:
    world.found(hit(1, media_type="tv"))
    match = await world.match()
    assert [row["why_not"] for row in match.candidates] == ["it is a series"]
