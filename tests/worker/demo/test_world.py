"""The facts of the built-in world."""

import unicodedata
from collections import Counter

import pytest

from worker.demo.model import PLAIN, Film
from worker.demo.world import World


@pytest.fixture(scope="module")
def large() -> World:
    return World.large(1000)


def ordinary(world: World) -> list[Film]:
    """The films that are not cases of their own."""
    hard = set(world.members["hard"].watchlist)
    return [film for film in world.films.values() if film.slug not in hard]


def exact_hits(world: World, film: Film) -> list[tuple[str, int]]:
    """The rows of both searches that have the film's title and year."""
    rows = world.index.search(film.title, ["movie", "tv"])
    return [row.key for row in rows if same(row.title, film.title) and row.date[:4] == str(film.year)]


def same(one: str, other: str) -> bool:
    return unicodedata.normalize("NFKD", one).casefold() == unicodedata.normalize("NFKD", other).casefold()


def test_the_world_has_at_least_400_films_with_ids_of_their_own(world: World) -> None:
    assert len(world.films) >= 400
    assert len({film.lid for film in world.films.values()}) == len(world.films)
    assert len({film.film_id for film in world.films.values()}) == len(world.films)


def test_the_members_have_the_watchlists_that_tests_need(world: World) -> None:
    sizes = {name: len(set(member.watchlist)) for name, member in world.members.items()}
    assert [sizes[name] for name in ("empty", "solo", "bob", "carol", "alice")] == [0, 1, 28, 29, 335]


def test_nobody_wants_to_see_what_they_have_seen(world: World) -> None:
    for member in world.members.values():
        assert not set(member.watchlist) & {rating.slug for rating in member.ratings}


def test_friends_ratings_and_likes_are_there(world: World) -> None:
    alice = world.members["alice"]
    assert len(alice.following) >= 3
    for friend in alice.following:
        ratings = world.members[friend].ratings
        assert any(rating.liked for rating in ratings)
        assert any(rating.stars is None for rating in ratings)
        assert {rating.stars for rating in ratings if rating.stars} <= {half / 2 for half in range(1, 11)}


def test_ordinary_films_are_found_by_exactly_one_equal_title_and_year(world: World) -> None:
    for film in world.films.values():
        if film.case == PLAIN:
            assert exact_hits(world, film) == [film.tmdb], film.name


def test_hard_films_are_not_proved_by_searching(world: World) -> None:
    for film in ordinary(world):
        if film.case not in (PLAIN, "series"):
            assert len(exact_hits(world, film)) != 1, film.name


@pytest.mark.parametrize("member", ["alice"])
def test_about_one_film_in_twelve_is_hard_in_every_way_there_is(world: World, large: World, member: str) -> None:
    for some in (world, large):
        cases = Counter(some.films[slug].case for slug in some.members[member].watchlist)
        assert 0.91 <= cases.pop(PLAIN) / len(some.members[member].watchlist) <= 0.93
        assert set(cases) == {
            "later", "homonym", "twin", "series", "retitled", "undated", "absent", "imdb", "stale", "stale-imdb",
            "contradicts",
        }  # fmt: skip


def test_each_hard_case_is_what_its_name_says(world: World) -> None:
    by_case = {film.case: film for film in world.films.values()}
    absent = by_case["absent"]
    assert (absent.tmdb, absent.tmdb_link, absent.imdb_link) == (None, None, None)
    assert by_case["imdb"].tmdb_link is None
    assert by_case["imdb"].imdb_link is not None
    assert by_case["stale"].tmdb_link not in world.titles
    assert by_case["contradicts"].tmdb_link in world.titles
    assert by_case["contradicts"].tmdb_link != by_case["contradicts"].tmdb
    assert by_case["series"].tmdb_link == by_case["series"].tmdb
    assert by_case["undated"].year is None


def test_a_series_shares_its_number_with_another_film(world: World) -> None:
    for film in ordinary(world):
        if film.tmdb and film.tmdb[0] == "tv":
            assert world.titles[("movie", film.tmdb[1])].title != film.title


def test_two_films_share_title_and_year(world: World) -> None:
    names = Counter(film.name for film in world.films.values())
    assert names["Leo (2023)"] == 2


def test_searches_also_find_making_ofs_and_rows_without_a_date(world: World) -> None:
    assert any(title.video for title in world.titles.values())
    assert any(not title.date for title in world.titles.values())
    assert any(title.poster_path is None for title in world.titles.values())


def test_today_differs_from_yesterday_by_exactly_the_arrivals_and_departures(world: World) -> None:
    yesterday = {offer for offers in world.availability.on("yesterday").values() for offer in offers}
    today = {offer for offers in world.availability.on("today").values() for offer in offers}
    assert today - yesterday == world.arrivals
    assert yesterday - today == world.departures
    assert len(world.arrivals) >= 5
    assert len(world.departures) >= 5
    assert "GB" in {offer.country for offer in world.arrivals} & {offer.country for offer in world.departures}
    assert {offer.slug for offer in world.arrivals | world.departures} <= set(world.members["alice"].watchlist)


def test_offers_are_of_every_kind_in_the_main_countries_and_some_films_stream_nowhere(world: World) -> None:
    offers = [offer for some in world.availability.yesterday.values() for offer in some]
    assert {offer.offer for offer in offers} == {"flatrate", "free", "ads", "rent", "buy"}
    assert {offer.country for offer in offers} >= {"GB", "US", "DE", "FR"}
    assert any(not some for some in world.availability.yesterday.values())


def test_a_larger_world_has_as_many_films_to_watch_as_asked(large: World) -> None:
    assert len(set(large.members["alice"].watchlist)) == 1000
    made_up = [film for film in large.films.values() if film.case == PLAIN][-200:]
    assert all(exact_hits(large, film) == [film.tmdb] for film in made_up)


def test_the_world_is_the_same_every_time(world: World) -> None:
    again = World.ordinary()
    assert again.films == world.films
    assert again.titles == world.titles
    assert again.members == world.members
    assert again.availability.today == world.availability.today
