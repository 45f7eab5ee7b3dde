"""Facets on the wire: how many films of a list have what in common.

The fields stand in the order in which `api.db.facets` selects them.
"""

import msgspec

from api.schemas.films import OfferKind


class ProviderFacet(msgspec.Struct):
    """How many films one provider shows."""

    id: int
    name: str
    logo_url: str | None
    count: int


class GenreFacet(msgspec.Struct):
    """How many films are of one genre."""

    id: int
    name: str
    count: int


class DecadeFacet(msgspec.Struct):
    """How many films are of one decade, by its first year."""

    decade: int
    count: int


class OfferFacet(msgspec.Struct):
    """How many films can be seen by one kind of offer."""

    offer: OfferKind
    count: int


class Facets(msgspec.Struct):
    """Counts of all films that the filters let through, on whatever page they are.

    Providers and offers count in the countries shown, by the open offers that fit the filters. A film counts for each
    of its providers, genres and offers; one whose year is unknown is of no decade. The largest counts come first,
    decades and offers in their own order.
    """

    providers: list[ProviderFacet]
    genres: list[GenreFacet]
    decades: list[DecadeFacet]
    offers: list[OfferFacet]
