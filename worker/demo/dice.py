"""Draws that are the same on every machine and in every Python: a hash of a key, not a generator with a state."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

Item = TypeVar("Item")


def number(key: str, below: int) -> int:
    """A whole number from 0 to `below` - 1."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) % below


def chance(key: str, percent: int) -> bool:
    """True for about `percent` of all keys."""
    return number(key, 100) < percent


def pick(key: str, items: Sequence[Item]) -> Item:
    """One of `items`."""
    return items[number(key, len(items))]


def shuffled(key: str, items: Iterable[str]) -> list[str]:
    """`items` in another order."""
    return sorted(items, key=lambda item: number(f"{key}:{item}", 2**62))


def token(key: str, length: int = 27) -> str:
    """A name of letters and digits, as TMDB gives its images."""
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return "".join(pick(f"{key}:{index}", alphabet) for index in range(length))
