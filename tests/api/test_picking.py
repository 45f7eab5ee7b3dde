"""The choice of a film for tonight, whatever there is to choose from."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api.picking import PLACES, Candidate, choose, preferred, weight

films = st.builds(
    Candidate,
    id=st.integers(1, 2**31 - 1),
    wanted=st.integers(1, 4),
    waiting_days=st.integers(0, 10_000),
    rating=st.none() | st.floats(0, 5),
    place=st.sampled_from(PLACES),
)
some = st.lists(films, min_size=1, max_size=6, unique_by=lambda film: film.id)
seeds = st.integers(0, 2**31 - 1)
MANY = range(1000)


@given(some, seeds)
def test_it_is_always_one_of_the_films(candidates: list[Candidate], seed: int) -> None:
    assert choose(candidates, seed) in candidates


@given(some.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))), seeds)
def test_one_seed_is_one_film_in_whatever_order_they_are(
    orders: tuple[list[Candidate], list[Candidate]], seed: int
) -> None:
    one, other = orders
    assert choose(one, seed) == choose(other, seed)


@given(some)
def test_every_film_is_chosen_by_some_seed(candidates: list[Candidate]) -> None:
    left = {each.id for each in candidates}
    for seed in range(20_000):
        left.discard(choose(candidates, seed).id)
        if not left:
            break
    assert not left


@given(some, seeds)
def test_a_film_that_was_not_chosen_can_go_without_changing_the_choice(candidates: list[Candidate], seed: int) -> None:
    one = choose(candidates, seed)
    for other in candidates:
        if other != one:
            assert choose([each for each in candidates if each != other], seed) == one


@given(films, st.integers(1, 2**31 - 1))
def test_a_film_that_more_want_is_chosen_more_often(film: Candidate, id_: int) -> None:
    wanted = replace(film, id=id_, wanted=film.wanted + 1)
    other = replace(film, id=id_ + 1)
    chosen = Counter(choose([wanted, other], seed).id for seed in MANY)
    assert chosen[wanted.id] > chosen[other.id]


@given(films, st.integers(1, 2000))
def test_waiting_longer_and_being_rated_better_weigh_more(film: Candidate, days: int) -> None:
    assert weight(replace(film, waiting_days=film.waiting_days + days)) >= weight(film)
    assert weight(replace(film, wanted=2)) == 4 * weight(replace(film, wanted=1))
    assert weight(replace(film, rating=5)) >= weight(film) >= weight(replace(film, rating=0))
    assert weight(replace(film, rating=None)) == weight(replace(film, rating=2.5))
    assert weight(replace(film, waiting_days=5 * 365)) == 2 * weight(replace(film, waiting_days=0))


@given(some)
def test_only_films_of_the_best_place_are_preferred(candidates: list[Candidate]) -> None:
    best = preferred(candidates)
    places = {each.place for each in candidates}
    assert {each.place for each in best} == {min(places, key=PLACES.index)}
    assert best == [each for each in candidates if each.place == best[0].place]


def test_of_nothing_nothing_is_preferred() -> None:
    assert preferred([]) == []
