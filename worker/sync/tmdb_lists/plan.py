"""What a list on TMDB needs to become what it shall be: a pure function over what is on it and what is wanted.

TMDB can put titles at the end of a list and take titles off; nothing moves them. So what may stay are the titles with
which the wanted ones begin, as far as they stand on the list in that order.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

Key = tuple[str, int]
"""A title on TMDB: its media type and its id."""
Mode = Literal["mirror", "add"]


class Plan(msgspec.Struct, frozen=True):
    """First `remove`, then `add`, in that order; `kept` titles stay as they are. `moved` are in both."""

    remove: tuple[Key, ...]
    add: tuple[Key, ...]
    kept: tuple[Key, ...]

    @property
    def moved(self) -> frozenset[Key]:
        return frozenset(self.remove) & frozenset(self.add)

    @property
    def is_empty(self) -> bool:
        return not self.remove and not self.add


def plan(current: Iterable[Key], wanted: Iterable[Key], mode: Mode) -> Plan:
    """The fewest titles to take off and to add; `add` takes nothing off and leaves the order as it is."""
    present, target = tuple(dict.fromkeys(current)), tuple(dict.fromkeys(wanted))
    if mode == "add":
        known = frozenset(present)
        return Plan(remove=(), add=tuple(key for key in target if key not in known), kept=present)
    kept = _beginning(present, target)
    staying = frozenset(kept)
    return Plan(remove=tuple(key for key in present if key not in staying), add=target[len(kept) :], kept=kept)


def _beginning(present: Sequence[Key], target: Sequence[Key]) -> tuple[Key, ...]:
    """The longest beginning of `target` that `present` holds in its order."""
    reached = 0
    for key in present:
        if reached < len(target) and key == target[reached]:
            reached += 1
    return tuple(target[:reached])
