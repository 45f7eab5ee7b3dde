"""How a film finds its TMDB title: by which proof, with how many requests, and when it is left to a person."""

from typing import Any

import pytest
from msgspec.structs import replace

from api.errors import Blocked, MarkupChanged, Missing, RateLimited, SourceError, Transient
from tests.worker.sync.titles import FILM, ONE_WORD, PAGE, World, hit, how, of, offered, title_of
from worker.sources.tmdb.shapes import Hit, SearchResult
from worker.sync.matching import by_page, by_search


@pytest.fixture
def world() -> World:
    return World()


async def test_a_title_that_tmdb_dropped_is_not_found_again(world: World) -> None:
    world.found(hit(5), hit(6))
    assert title_of(await world.match(exclude=frozenset({("movie", 5)}))) == ("movie", 6)


async def test_a_rare_name_takes_one_request(world: World) -> None:
    world.found(hit(1), hit(2, year=1990), hit(3, title="Blue Heron Lake"))
    match = await world.match()
    assert (how(match), title_of(match)) == (("found", "search", "probable"), ("movie", 1))
    assert world.asked == ["multi Blue Heron"]


async def test_a_series_is_believed_when_the_page_links_to_it(world: World) -> None:
    world.found(hit(89905, media_type="tv"))
    world.links("tv", 89905)
    match = await world.match()
    assert (how(match), title_of(match)) == (("found", "page", "proven"), ("tv", 89905))


@pytest.mark.parametrize("doubtful", [{"media_type": "tv"}, {"video": True}, {"adult": True}])
async def test_what_often_bears_a_films_name_is_not_believed_by_it(world: World, doubtful: dict[str, Any]) -> None:
    world.found(hit(1, **doubtful))
    assert (await world.match()).state == "review"


async def test_a_homonym_of_the_year_beside_is_no_less_likely(world: World) -> None:
    world.found(hit(1), hit(2, year=2026))
    world.links("movie", 2)
    assert title_of(await world.match()) == ("movie", 2)


async def test_a_title_that_another_film_is_already_is_not_believed(world: World) -> None:
    async def is_taken(key: tuple[str, int]) -> bool:
        return key == ("movie", 1)

    world.found(hit(1))
    searched = await by_search(FILM, world, is_taken=is_taken)
    assert (searched.state, offered(searched)) == ("pending", [("movie", 1)])


@pytest.mark.parametrize("title", ["Heat", "The Heat", "Das Boot", "In the Heat", "La La"])
async def test_a_name_of_one_telling_word_is_searched_within_its_year(world: World, title: str) -> None:
    world.movies = SearchResult([hit(9, title, 1995)], True)
    match = await world.match(replace(ONE_WORD, title=title))
    assert title_of(match) == ("movie", 9)
    assert world.asked == [f"movie {title} 1995", f"tv {title} 1995"]


async def test_an_unfinished_answer_is_searched_within_its_year_instead(world: World) -> None:
    world.found(hit(1), complete=False)
    world.movies = SearchResult([hit(1)], True)
    assert how(await world.match()) == ("found", "search", "probable")
    assert world.asked == ["multi Blue Heron", "movie Blue Heron 2025", "tv Blue Heron 2025"]


@pytest.mark.parametrize("unread", ["movies", "shows"])
async def test_one_equal_title_in_an_unfinished_answer_is_no_proof(world: World, unread: str) -> None:
    world.movies = SearchResult([hit(1, "The Heat", 1995)], unread != "movies")
    world.shows = SearchResult([], unread != "shows")
    world.page = replace(PAGE, lid="bbbb", slug="heat-1995")
    match = await world.match(ONE_WORD)
    assert (match.state, offered(match)) == ("review", [("movie", 1)])


@pytest.mark.parametrize(
    "hits",
    [
        [hit(1), hit(2)],
        [hit(1), hit(1, media_type="tv")],
        [hit(1, year=2026)],
        [hit(1, video=True)],
        [hit(1, year=None)],
    ],
    ids=["homonyms", "film and show", "year of a festival", "making-of", "no date"],
)
async def test_what_searching_leaves_open_the_page_proves_with_one_more_request(world: World, hits: list[Hit]) -> None:
    world.found(*hits)
    world.titles = [of(2, "Blue Heron", 2025, "tt0000002")]
    world.links("movie", 2)
    match = await world.match()
    assert (how(match), title_of(match)) == (("found", "page", "proven"), ("movie", 2))
    assert (match.imdb_id, match.details, match.candidates) == ("tt0000002", world.titles[0], [])
    assert world.asked == ["multi Blue Heron", "page blue-heron", "details movie 2"]


async def test_the_page_tells_a_series_from_the_film_of_the_same_number(world: World) -> None:
    world.titles = [of(89905, "Strangers", 1931), of(89905, "Blue Heron", 2025, media_type="tv")]
    world.links("tv", 89905)
    assert title_of(await world.match()) == ("tv", 89905)


async def test_a_film_without_a_year_goes_straight_to_its_page(world: World) -> None:
    world.found(hit(1, year=None))
    world.titles = [of(3, "Blue Heron", 2025)]
    world.links("movie", 3)
    assert how(await world.match(replace(FILM, year=None))) == ("found", "page", "proven")
    assert world.asked == ["page blue-heron", "details movie 3"]


async def test_a_film_without_a_year_and_a_link_is_left_to_a_person(world: World) -> None:
    world.found(hit(1), hit(2, year=None), hit(3, year=1990))
    match = await world.match(replace(FILM, year=None))
    assert (match.state, offered(match)) == ("review", [("movie", 1), ("movie", 2)])
    assert world.asked[:2] == ["page blue-heron", "multi Blue Heron"]


async def test_a_link_that_contradicts_the_film_goes_to_review_with_the_reason(world: World) -> None:
    world.found(hit(1), hit(2))
    world.titles = [of(50, "The Hooded Rider", 1931)]
    world.links("movie", 50)
    match = await world.match()
    assert (match.state, match.tmdb_id) == ("review", None)
    assert offered(match) == [("movie", 50), ("movie", 1), ("movie", 2)]
    assert match.candidates[0]["why"] == "Letterboxd links to it"
    assert "The Hooded Rider" in match.candidates[0]["why_not"]
    assert match.message == "Letterboxd links to a title that contradicts the film."


async def test_the_page_of_another_film_cannot_speak_for_its_own_link(world: World) -> None:
    world.titles = [of(50, "The Hooded Rider", 1931)]
    world.links("movie", 50, title="The Hooded Rider", year=1931, slug="the-hooded-rider", lid=None, letterboxd_id=None)
    assert (await world.match()).state == "review"


async def test_the_pages_original_title_speaks_for_its_link(world: World) -> None:
    world.titles = [of(50, "Garza Azul", 2029)]
    world.links("movie", 50, original_title="Garza azul")
    assert how(await world.match()) == ("found", "page", "proven")


async def test_an_equal_imdb_id_rescues_a_link_that_contradicts(world: World) -> None:
    world.titles = [of(50, "The Hooded Rider", 1931, "tt0000050")]
    world.links("movie", 50, imdb_id="tt0000050")
    assert how(await world.match()) == ("found", "page", "proven")


async def test_a_link_to_a_dropped_title_is_followed_by_the_imdb_id(world: World) -> None:
    world.links("movie", 50, imdb_id="tt0000051")
    world.by_imdb_id = {"tt0000051": [hit(51, media_type="tv")]}
    match = await world.match()
    assert (how(match), title_of(match), match.imdb_id) == (("found", "imdb", "proven"), ("tv", 51), "tt0000051")
    assert world.asked[:4] == ["multi Blue Heron", "page blue-heron", "details movie 50", "find tt0000051"]


async def test_a_page_without_a_link_is_followed_by_the_imdb_id(world: World) -> None:
    world.page = replace(PAGE, imdb_id="tt0000051")
    world.by_imdb_id = {"tt0000051": [hit(51)]}
    assert how(await world.match()) == ("found", "imdb", "proven")


async def test_an_imdb_id_of_several_titles_is_left_to_a_person(world: World) -> None:
    world.found(hit(1), hit(550))
    world.page = replace(PAGE, imdb_id="tt0137523")
    world.by_imdb_id = {"tt0137523": [hit(550), hit(7, media_type="tv")]}
    match = await world.match()
    assert (match.state, offered(match)) == ("review", [("movie", 550), ("tv", 7), ("movie", 1)])


async def test_of_several_titles_with_the_imdb_id_the_one_that_does_not_contradict_is_meant(world: World) -> None:
    world.found(hit(1), hit(550))
    world.page = replace(PAGE, imdb_id="tt0137523")
    world.by_imdb_id = {"tt0137523": [hit(550), hit(7, title="Unrelated", year=1999, media_type="tv")]}
    match = await world.match()
    assert (how(match), title_of(match)) == (("found", "imdb", "proven"), ("movie", 550))


async def test_an_imdb_id_that_contradicts_the_film_is_left_to_a_person(world: World) -> None:
    world.page = replace(PAGE, imdb_id="tt0000051")
    world.by_imdb_id = {"tt0000051": [hit(51, "The Hooded Rider", 1931)]}
    match = await world.match()
    assert (match.state, offered(match)) == ("review", [("movie", 51)])


async def test_nothing_anywhere_is_not_found_and_says_so(world: World) -> None:
    world.found(hit(1, "Another Heron"), hit(2, year=2019))
    match = await world.match()
    assert (match.state, match.candidates) == ("not_found", [])
    assert match.message == "Letterboxd names no TMDB title, and TMDB has nothing of this name and year."


async def test_near_hits_are_offered_to_a_person(world: World) -> None:
    world.found(hit(1, year=2027), hit(2, year=2024), hit(3, year=2028))
    match = await world.match()
    assert (match.state, offered(match)) == ("review", [("movie", 2), ("movie", 1)])
    assert [row["why"] for row in match.candidates] == ["same title", "same title"]


@pytest.mark.parametrize("codes", [{"lid": "zzzz"}, {"lid": None, "letterboxd_id": 99}])
async def test_a_slug_that_leads_to_another_film_proves_nothing(world: World, codes: dict[str, Any]) -> None:
    world.titles = [of(2, "Blue Heron", 2025)]
    world.links("movie", 2, **codes)
    match = await world.match()
    assert match.state == "not_found"
    assert "another film" in (match.message or "")
    assert "details movie 2" not in world.asked


async def test_a_renamed_film_keeps_its_code_and_is_proven(world: World) -> None:
    world.titles = [of(2, "Blue Heron", 2025)]
    world.links("movie", 2, slug="blue-heron-2025", letterboxd_id=None)
    assert how(await world.match()) == ("found", "page", "proven")


async def test_a_film_whose_page_is_gone_is_left_to_a_person(world: World) -> None:
    world.found(hit(1), hit(2))
    world.page = Missing("https://letterboxd.test/film/blue-heron/")
    assert offered(await world.match()) == [("movie", 1), ("movie", 2)]


@pytest.mark.parametrize(
    "error", [Blocked("u", challenge=True), RateLimited("u", 60.0), Transient("u", 503), MarkupChanged("body")]
)
async def test_a_page_that_could_not_be_read_is_raised_as_it_is(world: World, error: SourceError) -> None:
    world.page = error
    with pytest.raises(type(error)) as raised:
        await world.match()
    assert raised.value is error


async def test_candidates_survive_a_page_that_could_not_be_read(world: World) -> None:
    world.found(hit(1), hit(2))
    world.page = Blocked("u", challenge=True)
    searched = await by_search(FILM, world)
    assert (searched.state, offered(searched)) == ("pending", [("movie", 1), ("movie", 2)])
    with pytest.raises(Blocked):
        await by_page(FILM, world, world.film_page, ["GB"], searched=searched)
    world.page = PAGE
    assert offered(await by_page(FILM, world, world.film_page, ["GB"], searched=searched)) == offered(searched)
    assert world.asked.count("multi Blue Heron") == 1


async def test_a_probable_hit_that_tmdb_dropped_is_not_taken_twice(world: World) -> None:
    world.found(hit(1))
    world.titles = [of(2, "Blue Heron", 2025)]
    world.links("movie", 2)
    match = await world.match(exclude=frozenset({("movie", 1)}))
    assert (title_of(match), match.candidates) == (("movie", 2), [])


async def test_a_linked_title_that_is_excluded_is_not_asked_for(world: World) -> None:
    world.found(hit(1))
    world.links("movie", 1)
    match = await world.match(exclude=frozenset({("movie", 1)}))
    assert (match.state, match.message) == (
        "not_found",
        "Letterboxd links to a title that TMDB has no more, and TMDB has nothing of this name and year.",
    )
    assert world.asked == ["multi Blue Heron", "page blue-heron"]
