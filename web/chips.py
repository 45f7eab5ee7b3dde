"""Providers to filter by, as chips."""

from collections.abc import Sequence

import msgspec

from web.links import web_address
from web.shapes import Provider
from web.view import View, whole

CHIPS = 8


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """A provider to filter by."""

    provider_id: int
    provider: str
    films: int
    logo: str | None
    chosen: bool


class Chips(msgspec.Struct, frozen=True):
    """The chips that are always shown, and the rest."""

    first: list[Chip]
    more: list[Chip]

    @property
    def order(self) -> str:
        """The ids in their order, as an address can carry them."""
        return "-".join(str(chip.provider_id) for chip in self.first + self.more)


def chips(providers: Sequence[Provider], view: View, shown: str = "") -> Chips:
    """The providers in the order that they come in, subscriptions first; the ones that `shown` orders keep their place.

    A chosen provider stays among them even when it has no film any more.
    """
    known = {provider.provider_id for provider in providers}
    gone = [
        Provider(provider_id=chosen, provider=f"Service {chosen}", films=0)
        for chosen in view.providers
        if chosen not in known
    ]
    places = {whole(text): place for place, text in enumerate(shown.split("-"))}
    ordered = sorted([*gone, *providers], key=lambda provider: places.get(provider.provider_id, len(places)))
    every = [
        Chip(
            provider_id=provider.provider_id,
            provider=provider.provider,
            films=provider.films,
            logo=web_address(provider.logo_url),
            chosen=provider.provider_id in view.providers,
        )
        for provider in ordered
    ]
    return Chips(every[:CHIPS], every[CHIPS:])
