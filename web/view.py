"""Which part of which watchlist a page shows: what stands in its address."""

import re
from collections.abc import Iterable
from typing import Any, Protocol
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from web.offers import WORDS

PAGE_SIZE = 60
LONGEST_SEARCH = 100
USERNAME = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
DECADES = range(1800, 2210, 10)

SORTS: dict[str, tuple[str, str, str]] = {
    "newest": ("Recently added", "position", "asc"),
    "oldest": ("Added longest ago", "position", "desc"),
    "title": ("Title", "title", "asc"),
    "year-new": ("Newest films", "year", "desc"),
    "year-old": ("Oldest films", "year", "asc"),
}
LENGTHS: dict[str, tuple[str, dict[str, int]]] = {
    "short": ("Up to 90 min", {"runtime_max": 90}),
    "evening": ("Up to 2 hours", {"runtime_max": 120}),
    "long": ("Over 2 hours", {"runtime_min": 121}),
}
OFFERS = {kind: words.capitalize() for kind, words in WORDS.items()}


class Parameters(Protocol):
    """Query parameters of which each may stand more than once."""

    def get(self, key: str, default: str, /) -> Any: ...
    def getall(self, key: str, default: list[str], /) -> list[Any]: ...


class View(msgspec.Struct, frozen=True, kw_only=True):
    """`member` is empty for the first one; `providers` are TMDB ids; `page` counts from 1.

    `decade` is its first year, `length` one of LENGTHS. `now`: with any offer; `mine`: on the member's services.
    """

    member: str = ""
    q: str = ""
    providers: tuple[int, ...] = ()
    offer: str = ""
    genre: str = ""
    decade: int = 0
    length: str = ""
    now: bool = False
    mine: bool = False
    sort: str = "newest"
    page: int = 1

    @classmethod
    def of(cls, parameters: Parameters) -> "View":
        """The view in an address; what cannot be meant there is left out."""
        offer, sort = parameters.get("offer", ""), parameters.get("sort", "newest")
        decade, length = whole(parameters.get("decade", "")), parameters.get("length", "")
        return cls(
            member=parameters.get("member", "").strip().lower(),
            q=parameters.get("q", "").strip()[:LONGEST_SEARCH],
            providers=_ids(parameters.getall("provider", [])),
            offer=offer if offer in OFFERS else "",
            genre=parameters.get("genre", "").strip()[:LONGEST_SEARCH],
            decade=decade if decade in DECADES else 0,
            length=length if length in LENGTHS else "",
            now=parameters.get("now", "") == "1",
            mine=parameters.get("mine", "") == "1",
            sort=sort if sort in SORTS else "newest",
            page=whole(parameters.get("page", "1")) or 1,
        )

    @property
    def filtered(self) -> bool:
        return bool(self.q or self.providers or self.offer or self.narrowed)

    @property
    def narrowed(self) -> bool:
        """Whether one of the filters is used that are not always in sight."""
        return bool(self.genre or self.decade or self.length or self.now or self.mine)

    def address(self, **changes: Any) -> str:
        """The query string of this view with `changes`, `?` included; empty where nothing differs from the first."""
        other = replace(self, **changes)
        pairs: list[tuple[str, str | int]] = [("member", other.member), ("q", other.q)]
        pairs += [("provider", provider) for provider in other.providers]
        pairs += [("offer", other.offer), ("genre", other.genre), ("decade", other.decade), ("length", other.length)]
        pairs += [("now", int(other.now)), ("mine", int(other.mine))]
        pairs += [
            ("sort", other.sort if other.sort != "newest" else ""),
            ("page", other.page if other.page > 1 else ""),
        ]
        return query_string(pairs)

    def unfiltered(self) -> str:
        return View(member=self.member, sort=self.sort).address()

    def api_query(self, country: str) -> dict[str, Any]:
        """This view as the API's watchlist understands it; a country narrows only what an offer is asked of."""
        _, sort_by, sort_order = SORTS[self.sort]
        query: dict[str, Any] = {
            "page": self.page,
            "page_size": PAGE_SIZE,
            "sort_by": sort_by,
            "sort_order": sort_order,
        }
        if self.providers or self.offer or self.now or self.mine:
            query["country"] = country
        return query | self.filters()

    def filters(self) -> dict[str, Any]:
        """What the films must be, as the API's lists of films and its pick understand it."""
        filters: dict[str, Any] = {
            "q": self.q,
            "provider": self.providers,
            "offer": self.offer,
            "genre": self.genre,
            "decade": self.decade,
            "available": "true" if self.now else "",
            "my_services": "true" if self.mine else "",
        }
        length = LENGTHS[self.length][1] if self.length else {}
        return {name: value for name, value in filters.items() if value} | length


def _ids(texts: Iterable[str]) -> tuple[int, ...]:
    """The providers that these name, each one or, as "8-1796", several that are one service."""
    numbers = (whole(part) for text in texts for part in text.split("-"))
    return tuple(dict.fromkeys(number for number in numbers if number))


def query_string(pairs: Iterable[tuple[str, object]]) -> str:
    """The pairs that have a value as they stand in an address, `?` included; empty where none has one."""
    filled = [(name, value) for name, value in pairs if value]
    return f"?{urlencode(filled)}" if filled else ""


def beside(address: str, name: str, value: str | int) -> str:
    """The query string `address` and something that is no part of the view, where there is something."""
    if not value:
        return address
    return f"{address}{'&' if address else '?'}{urlencode({name: value})}"


def whole(text: str) -> int:
    """The number that `text` spells, 0 where it spells none that an id or a page could have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
