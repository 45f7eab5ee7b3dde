"""Providers and brands on the wire: who shows how many films."""

import msgspec


class OfferCounts(msgspec.Struct):
    """How many films are shown by each kind of offer; a film may be shown by several."""

    flatrate: int
    free: int
    ads: int
    rent: int
    buy: int


class ProviderCount(msgspec.Struct):
    """A provider with an open offer: how many of the films in question it shows, and how many without extra payment.

    `subscription` counts the films that it shows by `flatrate`, `free` or `ads`, `offers` those of each kind. `brand`
    is the key of its brand in the list of brands.
    """

    provider_id: int
    provider: str
    logo_url: str | None
    brand: str
    films: int
    subscription: int
    offers: OfferCounts


class BrandCount(msgspec.Struct):
    """Providers that are one service, counted like one: a film that several of them show counts once.

    `provider_ids` are all of them that Marquee knows, the main one first; together they are what to filter films by.
    """

    brand: str
    name: str
    logo_url: str | None
    provider_ids: list[int]
    films: int
    subscription: int
    offers: OfferCounts
