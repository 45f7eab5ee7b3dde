"""Services on the wire: the providers that a member pays for."""

from typing import Annotated

import msgspec

from api.brands import LONGEST_BRAND, ProviderId

CountryCode = Annotated[str, msgspec.Meta(min_length=2, max_length=2)]
BrandKey = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_BRAND)]


class Service(msgspec.Struct):
    """A provider that a member pays for in one country; providers of one `brand` are one service."""

    country: str
    provider_id: int
    provider: str
    logo_url: str | None
    brand: str


class Services(msgspec.Struct):
    """A member's services, by country in the order of the settings, then by name."""

    items: list[Service]


class ServicesChoice(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """All that the member pays for in this country; it takes the place of what was there.

    `brands` stand for all their providers. One of the two may be left out, not both.
    """

    country: CountryCode
    provider_ids: Annotated[list[ProviderId], msgspec.Meta(max_length=500)] | None = None
    brands: Annotated[list[BrandKey], msgspec.Meta(max_length=100)] | None = None
