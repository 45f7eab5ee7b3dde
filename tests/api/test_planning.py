"""Plans, against the definition of what is best."""

from functools import reduce
from itertools import combinations
from operator import or_

from hypothesis import given
from hypothesis import strategies as st

from api.planning import Candidate, Choice, best_choices, greedy, only_here, positions, price_of

FILMS = 12
services = st.lists(
    st.tuples(st.text("abc", min_size=1, max_size=2), st.integers(0, 2**FILMS - 1), st.none() | st.integers(0, 3)),
    max_size=7,
).map(
    lambda rows: [
        Candidate(key=f"s{place}", name=name, films=films, price=price)
        for place, (name, films, price) in enumerate(rows)
    ]
)


def union(chosen: list[Candidate] | tuple[Candidate, ...]) -> int:
    return reduce(or_, (each.films for each in chosen), 0)


def rank(chosen: tuple[Candidate, ...]) -> tuple[object, ...]:
    """What is smallest for the best of all choices of one size, in other words than those of the planner."""
    prices = [each.price for each in chosen]
    names = sorted((each.name, each.key) for each in chosen)
    return -union(chosen).bit_count(), prices.count(None), sum(price or 0 for price in prices), names


def keys(choices: list[Choice]) -> list[set[str]]:
    return [{each.key for each in choice.services} for choice in choices]


@given(services, st.integers(1, 5))
def test_an_exact_choice_is_the_best_of_all(candidates: list[Candidate], most: int) -> None:
    for size, choice in enumerate(best_choices(candidates, most), start=1):
        best = min(combinations(candidates, size), key=rank)
        assert choice.method == "exact"
        assert {each.key for each in choice.services} == {each.key for each in best}
        assert choice.films == union(best)


@given(services, st.integers(1, 5))
def test_choices_end_where_one_shows_everything(candidates: list[Candidate], most: int) -> None:
    everything = union(candidates)
    choices = best_choices(candidates, most)
    assert [len(choice.services) for choice in choices] == list(range(1, len(choices) + 1))
    assert all(choice.films != everything for choice in choices[:-1])
    assert not everything or len(choices) == most or choices[-1].films == everything
    assert everything or not choices


@given(services, st.integers(1, 5))
def test_a_greedy_choice_is_nearly_as_good_as_the_exact_one(candidates: list[Candidate], most: int) -> None:
    exact = best_choices(candidates, most)
    quick = best_choices(candidates, most, exact_up_to=0)
    assert {choice.method for choice in quick} <= {"greedy"}
    for one, other in zip(exact, quick, strict=False):
        assert one.size >= other.size >= (1 - 1 / 2.718281828459045) * one.size


@given(services.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))), st.sampled_from([0, 100_000]))
def test_the_order_in_which_services_are_given_does_not_matter(
    orders: tuple[list[Candidate], list[Candidate]], exact_up_to: int
) -> None:
    one, other = (best_choices(order, 4, exact_up_to) for order in orders)
    assert one == other


@given(services)
def test_what_only_one_shows_is_what_all_others_together_do_not(candidates: list[Candidate]) -> None:
    for key, films in only_here(candidates).items():
        [own] = [each.films for each in candidates if each.key == key]
        assert films == own & ~union([each for each in candidates if each.key != key])


def test_of_equal_choices_the_cheaper_one_is_better_then_the_name() -> None:
    free, dear, unknown = (
        Candidate(key=key, name=key, films=0b11, price=price) for key, price in (("z", 0), ("b", 5), ("a", None))
    )
    same = Candidate(key="c", name="C", films=0b11, price=5)
    assert keys(best_choices([unknown, dear, same, free], 1)) == [{"z"}]
    assert keys(best_choices([unknown, same, dear], 1)) == [{"b"}]


def test_a_cheaper_service_with_fewer_films_is_taken_where_the_rest_shows_the_others() -> None:
    big = Candidate(key="big", name="Big", films=0b0111, price=9)
    small = Candidate(key="small", name="Small", films=0b0011, price=2)
    other = Candidate(key="other", name="Other", films=0b1100, price=5)
    assert keys(best_choices([big, small, other], 2)) == [{"big"}, {"small", "other"}]


def test_greedy_takes_what_adds_most_and_never_what_adds_nothing() -> None:
    candidates = [
        Candidate(key="a", name="A", films=0b001111),
        Candidate(key="b", name="B", films=0b000111),
        Candidate(key="c", name="C", films=0b110000),
    ]
    assert [each.key for each in greedy(candidates, 5)] == ["a", "c"]


def test_nothing_to_hold_is_no_choice() -> None:
    assert best_choices([], 3) == []
    assert best_choices([Candidate(key="a", name="A", films=0)], 3) == []


def test_the_first_films_of_a_set() -> None:
    assert positions(0b101101, 3) == [0, 2, 3]
    assert positions(0, 3) == []


def test_a_price_that_is_not_known_leaves_the_sum_unknown() -> None:
    known, unknown = Candidate(key="a", name="A", films=1, price=5), Candidate(key="b", name="B", films=1)
    assert (price_of([known, known]), price_of([known, unknown])) == (10, None)
