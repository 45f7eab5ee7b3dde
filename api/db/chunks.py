"""Long lists of ids, in parts that every database takes in one statement."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

MOST = 500


def in_chunks(items: Sequence[Item], size: int = MOST) -> Iterator[Sequence[Item]]:
    """`items` in order, at most `size` at a time; nothing for none."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
