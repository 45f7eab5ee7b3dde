"""Which format a request asks for: by `format`, or else by `Accept` (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

Kind = Literal["json", "csv", "ndjson"]
Flavour = Literal["letterboxd"]

MEDIA_TYPES: dict[Kind, str] = {"json": "application/json", "csv": "text/csv", "ndjson": "application/x-ndjson"}
"""The one that is answered where a caller likes several alike comes first."""
ANYTHING = ("", "*/*", MEDIA_TYPES["json"])
QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?", re.ASCII)


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """How a list is answered. `whole`: all of its pages in one file. `raw`: nothing is put before formulas.

    `fields`: only these of each item, in this order; all where none is named.
    """

    kind: Kind = "json"
    whole: bool = False
    raw: bool = False
    flavour: Flavour | None = None
    fields: tuple[str, ...] = ()


def kind_by(accept: str) -> Kind | None:
    """The kind that the value of an Accept header prefers; None where it allows none of ours.

    >>> kind_by("text/html, text/csv;q=0.9, */*;q=0.1"), kind_by("text/*"), kind_by(""), kind_by("image/png")
    ('csv', 'csv', 'json', None)
    """
    if accept.strip() in ANYTHING:
        return "json"
    ranges = dict(_ranges(accept))
    liked = {kind: _liking(media_type, ranges) for kind, media_type in MEDIA_TYPES.items()}
    best = max(liked, key=lambda kind: liked[kind])
    return best if liked[best][0] > 0 else None


def _liking(media_type: str, ranges: dict[str, float]) -> tuple[float, int]:
    """How much a type is wanted, by the narrowest range that holds it, and how narrow that is."""
    for narrowness, name in enumerate(("*/*", f"{media_type.partition('/')[0]}/*", media_type)[::-1]):
        if name in ranges:
            return ranges[name], -narrowness
    return 0.0, 0


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Each media range with its quality; one whose quality is none does not count."""
    for part in accept.split(","):
        name, *parameters = (each.strip().lower() for each in part.split(";"))
        given = next((each[2:].strip() for each in parameters if each.startswith("q=")), "1")
        if QUALITY.fullmatch(given):
            yield name, float(given)
