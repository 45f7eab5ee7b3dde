"""The hard cases: each kind in several ways, apart from all other films, with pages and searches as the real ones."""

from collections import Counter

import httpx
import pytest

from api.db.text import fold
from worker.demo.hard import HardCasting
from worker.demo.model import Film
from worker.demo.world import World

KINDS = {
    "same title and year",
    "one of two homonyms on TMDB",
    "remakes one year apart",
    "festival and theatrical year",
    "miniseries with the id of a film",
    "brackets, numerals, signs, accents, articles, other scripts",
    "original and English title",
    "no year",
    "no TMDB entry",
    "entry deleted or merged",
    "duplicate stubs on TMDB",
    "page link stale or missing",
    "making-of with video:true",
    "adult",
}


@pytest.fixture(scope="module")
def hard() -> HardCasting:
    return HardCasting()


def of_kind(hard: HardCasting, kind: str) -> list[Film]:
    return [film for film in hard.films.values() if film.case == kind]


def test_there_are_several_cases_of_each_kind(hard: HardCasting) -> None:
    kinds = Counter(film.case for film in hard.films.values())
    assert set(kinds) == KINDS
    assert min(kinds.values()) >= 5
    assert kinds.total() >= 150


def test_their_names_are_those_of_no_other_film(hard: HardCasting) -> None:
    large = World.large(3000)
    own = {fold(film.title) for film in hard.films.values()} | {fold(row.title) for row in hard.titles.values()}
    others = (film for film in large.films.values() if film.slug not in hard.films)
    assert not own & {fold(film.title) for film in others}


def test_every_truth_is_on_tmdb(hard: HardCasting) -> None:
    for film in hard.films.values():
        assert film.tmdb is None or film.tmdb in hard.titles, film.name
        assert (film.tmdb is None) == (film.expected == "not_found"), film.name


def test_no_two_films_are_the_same_title(hard: HardCasting) -> None:
    truths = [film.tmdb for film in hard.films.values() if film.tmdb]
    assert len(set(truths)) == len(truths)


def test_pages_claim_what_their_kind_says(hard: HardCasting) -> None:
    assert all(film.tmdb is None for film in of_kind(hard, "no TMDB entry"))
    assert all(film.year is None for film in of_kind(hard, "no year"))
    assert all(film.tmdb_link not in hard.titles for film in of_kind(hard, "entry deleted or merged"))
    assert all(film.tmdb_link != film.tmdb for film in of_kind(hard, "page link stale or missing"))


def test_a_miniseries_has_the_number_of_a_film(hard: HardCasting) -> None:
    shows = [film.tmdb for film in of_kind(hard, "miniseries with the id of a film") if film.tmdb]
    shared = [key for key in shows if key[0] == "tv" and ("movie", key[1]) in hard.titles]
    assert len(shared) >= 10


async def test_adult_titles_are_held_back_unless_they_are_asked_for(client: httpx.AsyncClient) -> None:
    async def found(**params: str) -> int:
        query = {"api_key": "k", "query": "Score", "year": "1974", **params}
        return int((await client.get("/tmdb/3/search/movie", params=query)).json()["total_results"])

    assert (await found(), await found(include_adult="true")) == (0, 1)


async def test_an_imdb_id_can_lead_to_two_titles(client: httpx.AsyncClient, world: World) -> None:
    film = world.films["iron-petals-2020-1"]
    query = {"api_key": "k", "external_source": "imdb_id"}
    answer = (await client.get(f"/tmdb/3/find/{film.imdb_link}", params=query)).json()
    assert (len(answer["movie_results"]), len(answer["tv_results"])) == (1, 1)


async def test_the_truth_of_a_watchlist_can_be_asked_for(client: httpx.AsyncClient, world: World) -> None:
    truth = (await client.get("/_demo/truth/hard")).json()
    assert list(truth) == list(world.members["hard"].watchlist)
    assert truth["beef-2023-1"]["case"] == "miniseries with the id of a film"
    assert truth["beef-2023-1"]["tmdb"][0] == "tv"
    assert truth["northbound-2015-1"]["tmdb"] is None
