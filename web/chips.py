"""Services to filter by, as chips."""

from collections.abc import Sequence

import msgspec

from web.links import web_address
from web.shapes import Brand
from web.view import View, whole

CHIPS = 8


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """A service to filter by: `id` is its main provider, `value` names all of them."""

    id: int
    value: str
    name: str
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
        return "-".join(str(chip.id) for chip in self.first + self.more)


def chips(brands: Sequence[Brand], view: View, shown: str = "") -> Chips:
    """The brands in the order that they come in, subscriptions first; the ones that `shown` orders keep their place.

    A chosen one stays among them even when it has no film any more.
    """
    known = {provider_id for brand in brands for provider_id in brand.provider_ids}
    gone = [
        Brand(name=f"Service {chosen}", provider_ids=[chosen], films=0)
        for chosen in view.providers
        if chosen not in known
    ]
    places = {whole(text): place for place, text in enumerate(shown.split("-"))}
    ordered = sorted([*gone, *brands], key=lambda brand: places.get(brand.provider_ids[0], len(places)))
    every = [
        Chip(
            id=brand.provider_ids[0],
            value="-".join(map(str, brand.provider_ids)),
            name=brand.name,
            films=brand.films,
            logo=web_address(brand.logo_url),
            chosen=not set(brand.provider_ids).isdisjoint(view.providers),
        )
        for brand in ordered
    ]
    return Chips(every[:CHIPS], every[CHIPS:])
