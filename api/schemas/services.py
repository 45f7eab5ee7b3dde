"""Services on the wire: the providers that a member pays for."""

from typing import Annotated

import msgspec

ProviderId = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class Service(msgspec.Struct):
    """A provider that a member pays for in one country; a brand may be several providers."""

    country: str
    provider_id: int
    provider: str
    logo_url: str | None


class Services(msgspec.Struct):
    """A member's services, by country in the order of the settings, then by name."""

    items: list[Service]


class ServicesChoice(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """All the providers that the member pays for in this country; they take the place of the former ones."""

    country: Annotated[str, msgspec.Meta(min_length=2, max_length=2)]
    provider_ids: Annotated[list[ProviderId], msgspec.Meta(max_length=500)]
