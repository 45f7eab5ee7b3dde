"""Which services show the most films together: pure functions over sets of films.

A set of films is an int, of which bit n says whether film n is in it: a union is one `|`, a size one `bit_count()`.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from heapq import nlargest
from math import comb
from operator import or_
from typing import Literal

import msgspec

Method = Literal["exact", "greedy"]
Key = tuple[int, int, list[tuple[str, str]]]

EXACT_UP_TO = 250_000
"""How many combinations may be there for every one of them to be weighed."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A service that may be held; `films` are those that it shows, `price` is None where nobody knows it."""

    key: str
    name: str
    films: int
    price: int | None = None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The best services of one number, in the order of their names, and the films that they show together."""

    services: tuple[Candidate, ...]
    films: int
    method: Method

    @property
    def size(self) -> int:
        return self.films.bit_count()


def best_choices(candidates: Sequence[Candidate], most: int, exact_up_to: int = EXACT_UP_TO) -> list[Choice]:
    """The best choice of one service, of two, and so on up to `most`, or until one shows all that can be shown.

    Of choices that show equally many films, the cheaper one is better, then the one whose names come first; a known
    price is better than an unknown one. Where a number has more than `exact_up_to` combinations, the choice is made
    greedily, from nothing or from the choice before: it shows at least 63 % of what the best one does.
    """
    worth = _worthwhile(candidates)
    everything = union(worth)
    steps = greedy(worth, most)
    choices: list[Choice] = []
    for size in range(1, most + 1):
        before = choices[-1] if choices else Choice(services=(), films=0, method="exact")
        if before.films == everything:
            break
        quick = min(steps[:size], greedy(worth, size, before.services), key=_rank)
        if comb(len(worth), size) <= exact_up_to:
            choices.append(_choice(_Search(worth, size, quick).best(), "exact"))
        else:
            choices.append(_choice(quick, "greedy"))
    return choices


def greedy(candidates: Sequence[Candidate], most: int, first: Sequence[Candidate] = ()) -> list[Candidate]:
    """`first` and more, up to `most`: each the one that adds the most films to those before it, where any adds one."""
    chosen = list(first)
    shown = union(chosen)
    rest = [each for each in candidates if each not in chosen]
    while rest and len(chosen) < most:
        best = min(rest, key=lambda each: (-(each.films & ~shown).bit_count(), _key([each])))
        if not best.films & ~shown:
            break
        chosen.append(best)
        rest.remove(best)
        shown |= best.films
    return chosen


def only_here(candidates: Sequence[Candidate]) -> dict[str, int]:
    """The films that each of these services shows and none of the others does, by its key."""
    once = twice = 0
    for each in candidates:
        twice |= once & each.films
        once |= each.films
    return {each.key: each.films & ~twice for each in candidates}


def union(services: Sequence[Candidate]) -> int:
    """The films that any of these shows."""
    return reduce(or_, (each.films for each in services), 0)


def film_set(numbers: Iterable[int]) -> int:
    """The set of the films with these numbers."""
    bits = bytearray()
    for number in numbers:
        if len(bits) <= number >> 3:
            bits.extend(bytes((number >> 3) + 1 - len(bits)))
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def positions(films: int, at_most: int) -> list[int]:
    """The numbers of the first films of a set."""
    found: list[int] = []
    while films and len(found) < at_most:
        lowest = films & -films
        found.append(lowest.bit_length() - 1)
        films ^= lowest
    return found


def price_of(services: Sequence[Candidate]) -> int | None:
    """What these cost together; None where the price of one is not known."""
    prices = [each.price for each in services if each.price is not None]
    return sum(prices) if len(prices) == len(services) else None


class _Search:
    """Every combination of one size, but those that cannot be better than the best one so far."""

    def __init__(self, candidates: Sequence[Candidate], size: int, first: Sequence[Candidate]) -> None:
        """`first` is where it begins: the better it is, the less there is to see."""
        self._candidates = sorted(candidates, key=lambda each: (-each.films.bit_count(), _key([each])))
        self._size = size
        self._chosen, self._most = list(first), union(first).bit_count()

    def best(self) -> list[Candidate]:
        self._extend([], 0, 0)
        return self._chosen

    def _extend(self, chosen: list[Candidate], shown: int, start: int) -> None:
        missing = self._size - len(chosen)
        if not missing:
            self._weigh(chosen, shown.bit_count())
            return
        adds = [(each.films & ~shown).bit_count() for each in self._candidates[start:]]
        if shown.bit_count() + sum(nlargest(missing, adds)) < self._most:
            return
        for place, added in enumerate(adds[: len(adds) - missing + 1], start):
            if missing > 1 or shown.bit_count() + added >= self._most:
                each = self._candidates[place]
                self._extend([*chosen, each], shown | each.films, place + 1)

    def _weigh(self, chosen: list[Candidate], size: int) -> None:
        if size > self._most or (size == self._most and _key(chosen) < _key(self._chosen)):
            self._chosen, self._most = chosen, size


def _worthwhile(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that may be in a best choice, in an order of their own: not one whose films another shows as well and
    that is no better by price and name, since a choice is never worse with that other one in its place.
    """
    ordered = sorted((each for each in candidates if each.films), key=lambda each: _key([each]))
    return [
        each
        for place, each in enumerate(ordered)
        if not any(each.films & ~better.films == 0 for better in ordered[:place])
    ]


def _choice(services: Sequence[Candidate], method: Method) -> Choice:
    ordered = tuple(sorted(services, key=_name))
    return Choice(services=ordered, films=union(ordered), method=method)


def _rank(services: Sequence[Candidate]) -> tuple[int, Key]:
    return -union(services).bit_count(), _key(services)


def _key(services: Sequence[Candidate]) -> Key:
    """What is smaller for the better of two choices that show equally many films."""
    unknown = sum(each.price is None for each in services)
    return unknown, sum(each.price or 0 for each in services), sorted(map(_name, services))


def _name(service: Candidate) -> tuple[str, str]:
    return service.name.casefold(), service.key
