"""How films are offered: the order and the words of the kinds of offer, and the logos of who makes them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol, TypeVar

import msgspec

from web.links import web_address

WORDS = {
    "flatrate": "subscription",
    "free": "free",
    "ads": "free with ads",
    "rent": "rent",
    "buy": "buy",
}
"""The kinds of offer in words, the cheapest way to watch being the first."""
STREAMING = ("flatrate", "free", "ads")
ORDER = tuple(WORDS)


class Offered(Protocol):
    """Whatever names a provider and a kind of offer."""

    @property
    def provider_id(self) -> int: ...
    @property
    def provider(self) -> str: ...
    @property
    def logo_url(self) -> str | None: ...
    @property
    def offer(self) -> str: ...


AnOffer = TypeVar("AnOffer", bound=Offered)


class Logo(msgspec.Struct, frozen=True, kw_only=True):
    """A provider and what it offers; `paid` where each film costs extra, `mine` where the member pays for it."""

    provider: str
    offers: str
    url: str | None
    paid: bool
    mine: bool

    @property
    def hint(self) -> str:
        return f"{self.provider} ({self.offers})"


def rank(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def by_provider(offered: Iterable[AnOffer]) -> list[list[AnOffer]]:
    """What each provider offers, the cheapest way to watch first."""
    groups: dict[int, list[AnOffer]] = {}
    for each in sorted(offered, key=lambda each: rank(each.offer)):
        groups.setdefault(each.provider_id, []).append(each)
    return list(groups.values())


def logo_of(same: Sequence[Offered], *, mine: bool) -> Logo:
    """The logo of one provider, by what it offers in the order of `by_provider`."""
    kinds = dict.fromkeys(each.offer for each in same)
    return Logo(
        provider=same[0].provider,
        offers=", ".join(WORDS.get(kind, kind) for kind in kinds),
        url=web_address(same[0].logo_url),
        paid=same[0].offer not in STREAMING,
        mine=mine,
    )


def logos(offered: Iterable[Offered], mine: Collection[int]) -> list[Logo]:
    """One logo per provider: what streams before what costs extra, and in either the member's own services first."""
    every = [logo_of(same, mine=same[0].provider_id in mine) for same in by_provider(offered)]
    return sorted(every, key=lambda logo: (logo.paid, not logo.mine))
