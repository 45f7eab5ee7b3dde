"""Which film to watch: a choice at random that one seed repeats, where some films are likelier than others.

A film's weight is the product of

- the square of how many want it: what two want is four times as likely as what one wants;
- 1 for a film that is new on the watchlist, rising to 2 for one that has waited five years or more;
- 0.5 for no stars, rising to 1.5 for five; a film whose rating nobody knows counts like one of two and a half.

Each film draws its own number from the seed and its id. So a film that comes or goes changes the choice only if it is
chosen itself.
"""

from collections.abc import Sequence
from hashlib import blake2b
from math import log
from typing import Literal

import msgspec

Place = Literal["on_services", "included", "elsewhere"]
"""On a service that is paid for; without extra payment on another; anything else."""
PLACES: tuple[Place, ...] = ("on_services", "included", "elsewhere")
LONGEST_WAIT = 5 * 365
STARS = 5
BITS = 64


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A film that may be chosen; `rating` is in stars, None where nobody knows it."""

    id: int
    wanted: int
    waiting_days: int
    rating: float | None
    place: Place = "elsewhere"


def preferred(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those in the best place that any of them is in."""
    best = min((PLACES.index(each.place) for each in candidates), default=0)
    return [each for each in candidates if each.place == PLACES[best]]


def choose(candidates: Sequence[Candidate], seed: int) -> Candidate:
    """One of them, which are not none; their order does not matter."""
    return min(candidates, key=lambda each: (_turn(each, seed), each.id))


def weight(candidate: Candidate) -> float:
    wait = min(max(candidate.waiting_days, 0), LONGEST_WAIT) / LONGEST_WAIT
    rating = 0.5 if candidate.rating is None else candidate.rating / STARS
    return candidate.wanted**2 * (1 + wait) * (0.5 + rating)


def _turn(candidate: Candidate, seed: int) -> float:
    """When it is this film's turn: times drawn so are first with a likelihood in proportion to the weight."""
    digest = blake2b(f"{seed}:{candidate.id}".encode(), digest_size=BITS // 8).digest()
    drawn = (int.from_bytes(digest) + 1) / 2**BITS
    return -log(drawn) / weight(candidate)
