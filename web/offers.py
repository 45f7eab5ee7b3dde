"""How films are offered: the order and the words of the kinds of offer, and the logos of who makes them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol, TypeVar

import msgspec

from web.links import web_address
from web.shapes import Brand

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
Brands = Mapping[int, Brand]
"""The brand of each provider, by its id."""
NO_BRANDS: Brands = MappingProxyType({})


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


def by_provider(offered: Iterable[AnOffer], brands: Brands = NO_BRANDS) -> list[list[AnOffer]]:
    """What each provider offers, the cheapest way to watch first; those of one brand together."""
    groups: dict[int, list[AnOffer]] = {}
    for each in sorted(offered, key=lambda each: rank(each.offer)):
        brand = brands.get(each.provider_id)
        groups.setdefault(brand.provider_ids[0] if brand else each.provider_id, []).append(each)
    return list(groups.values())


def logo_of(same: Sequence[Offered], *, mine: bool, brand: Brand | None = None) -> Logo:
    """The logo of one provider, or of the brand that several are of, by what is offered in `by_provider`'s order."""
    kinds = dict.fromkeys(each.offer for each in same)
    return Logo(
        provider=brand.name if brand else same[0].provider,
        offers=", ".join(WORDS.get(kind, kind) for kind in kinds),
        url=web_address((brand and brand.logo_url) or same[0].logo_url),
        paid=same[0].offer not in STREAMING,
        mine=mine,
    )


def logos(offered: Iterable[Offered], mine: Collection[int], brands: Brands) -> list[Logo]:
    """One logo per brand: what streams before what costs extra, and in either the member's own services first."""
    every = [
        logo_of(same, mine=any(each.provider_id in mine for each in same), brand=brands.get(same[0].provider_id))
        for same in by_provider(offered, brands)
    ]
    return sorted(every, key=lambda logo: (logo.paid, not logo.mine))
