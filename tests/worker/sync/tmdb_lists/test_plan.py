"""The plan of a list: what it leads to, and that nothing shorter does."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

from hypothesis import given as given_by
from hypothesis import settings
from hypothesis import strategies as st

from worker.sync.tmdb_lists.plan import Key, Mode, Plan, plan


def given(*strategies: st.SearchStrategy[Any]) -> Callable[[Any], Any]:
    """Without a deadline: how long a test takes is the machine's affair."""
    return lambda test: settings(deadline=None)(given_by(*strategies)(test))


def movies(*numbers: int) -> tuple[Key, ...]:
    return tuple(("movie", number) for number in numbers)


def carried_out(current: tuple[Key, ...], planned: Plan) -> tuple[Key, ...]:
    """What TMDB makes of it: titles go, titles come to the end, and one that is there is not put there again."""
    left = [key for key in current if key not in planned.remove]
    return (*left, *(key for key in planned.add if key not in left))


some_titles = st.lists(st.tuples(st.sampled_from(["movie", "tv"]), st.integers(1, 6)), max_size=8, unique=True).map(
    tuple
)
shuffled_titles = st.permutations(movies(1, 2, 3, 4, 5)).map(tuple)


def test_an_equal_list_needs_nothing() -> None:
    assert plan(movies(1, 2), movies(1, 2), "mirror").is_empty
    assert plan(movies(1, 2), movies(2, 1), "add").is_empty


def test_a_new_list_is_only_added_to() -> None:
    assert plan((), movies(3, 1), "mirror") == Plan(remove=(), add=movies(3, 1), kept=())


def test_what_is_new_at_the_end_is_only_added() -> None:
    assert plan(movies(1, 2), movies(1, 2, 3), "mirror") == Plan(remove=(), add=movies(3), kept=movies(1, 2))


def test_what_is_gone_is_only_taken_off() -> None:
    assert plan(movies(1, 2, 3), movies(1, 3), "mirror") == Plan(remove=movies(2), add=(), kept=movies(1, 3))


def test_what_moves_is_taken_off_and_added_again() -> None:
    planned = plan(movies(1, 2, 3), movies(1, 3, 2), "mirror")
    assert planned == Plan(remove=movies(2), add=movies(2), kept=movies(1, 3))
    assert planned.moved == set(movies(2))


def test_a_series_is_not_the_film_of_the_same_number() -> None:
    assert plan([("movie", 1)], [("tv", 1)], "mirror") == Plan(remove=movies(1), add=(("tv", 1),), kept=())


def test_a_title_that_is_wanted_twice_is_there_once() -> None:
    assert plan((), movies(1, 2, 1), "mirror").add == movies(1, 2)


def test_adding_leaves_what_others_put_there() -> None:
    planned = plan(movies(9, 2), movies(1, 2, 3), "add")
    assert carried_out(movies(9, 2), planned) == movies(9, 2, 1, 3)


@given(some_titles, some_titles)
def test_a_mirror_ends_in_the_wanted_list(current: Any, wanted: Any) -> None:
    assert carried_out(current, plan(current, wanted, "mirror")) == wanted


@given(some_titles, some_titles)
def test_adding_takes_nothing_off_and_ends_with_all_that_is_wanted(current: Any, wanted: Any) -> None:
    ended = carried_out(current, plan(current, wanted, "add"))
    assert ended[: len(current)] == current
    assert set(wanted) <= set(ended)


@given(shuffled_titles, shuffled_titles)
def test_no_plan_takes_less_off(current: Any, wanted: Any) -> None:
    """Whatever may stay, in its order, must be the beginning of what is wanted: the rest can only come after it."""
    planned = plan(current, wanted, "mirror")
    more = combinations(current, len(planned.kept) + 1)
    assert all(kept != wanted[: len(kept)] for kept in more)


@given(some_titles, some_titles, st.sampled_from(["mirror", "add"]), st.integers(0, 16))
def test_one_that_is_broken_off_anywhere_is_taken_up_from_the_list_as_it_is(
    current: Any, wanted: Any, mode: Mode, writes: int
) -> None:
    begun = plan(current, wanted, mode)
    gone, added = begun.remove[:writes], begun.add[: max(0, writes - len(begun.remove))]
    half = carried_out(current, Plan(remove=gone, add=added, kept=()))
    whole = carried_out(half, plan(half, wanted, mode))
    assert whole == carried_out(current, begun)


@given(some_titles, some_titles)
def test_a_second_plan_has_nothing_to_do(current: Any, wanted: Any) -> None:
    ended = carried_out(current, plan(current, wanted, "mirror"))
    assert plan(ended, wanted, "mirror").is_empty
