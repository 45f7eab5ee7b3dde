"""Prices on the wire: what services cost in a month."""

from typing import Annotated

import msgspec

from api.brands import ProviderId
from api.schemas.services import BrandKey, CountryCode

HIGHEST = 1_000_000

Amount = Annotated[float, msgspec.Meta(ge=0, le=HIGHEST)]


class Price(msgspec.Struct):
    """What a service costs in a month: the whole brand, or, with `provider_id`, one provider of it."""

    country: str
    brand: str
    provider_id: int | None
    name: str
    price: float
    currency: str


class Prices(msgspec.Struct):
    """All prices, by country in the order of the settings, then by name."""

    items: list[Price]


class PriceGiven(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The price of a brand or of a provider, one of the two; at most three decimals."""

    price: Amount
    brand: BrandKey | None = None
    provider_id: ProviderId | None = None


class PricesChoice(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """All the prices in this country; they take the place of the former ones. `currency` is a code of ISO 4217."""

    country: CountryCode
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{3}$")]
    prices: Annotated[list[PriceGiven], msgspec.Meta(max_length=500)]
