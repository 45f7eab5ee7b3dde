"""Brands: which providers are one service to whoever pays for it, and one chip on the page.

TMDB numbers every tier and every till apart: Netflix and its tier with ads, a service and its channel at another shop.
What belongs together is in `brands.json`, in the BRANDS setting, which wins, and in the names.
"""

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Annotated

import msgspec

from api.db.text import fold

LARGEST_ID = 2**31 - 1
BRAND = r"^[^\W_]+(-[^\W_]+)*$"
LONGEST_BRAND = 120
SAME_SERVICE = re.compile(
    r"(?<!\bfree)(?: basic| standard)? with ads$|(?<=\S) (?:amazon|apple tv|roku premium) channel$", re.IGNORECASE
)
"""What stands behind the name of a service where it is a tier with ads, or is sold by another shop."""

ProviderId = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_ID)]


class Brand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service by its key and its name, and the TMDB ids of its providers, the main one first."""

    brand: Annotated[str, msgspec.Meta(pattern=BRAND, max_length=LONGEST_BRAND)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_BRAND)]
    provider_ids: Annotated[tuple[ProviderId, ...], msgspec.Meta(min_length=1, max_length=100)]


class BrandsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    brands: Annotated[tuple[Brand, ...], msgspec.Meta(max_length=1000)]


class Brands:
    """Which brand each provider is of. Where ours and the settings differ about an id, the settings win."""

    def __init__(self, own: Iterable[Brand] = ()) -> None:
        self._of: dict[int, str] = {}
        self._names: dict[str, str] = {}
        for each in [*own, *parse_brands(files("api").joinpath("brands.json").read_text("utf-8"))]:
            self._names.setdefault(each.brand, each.name)
            for provider_id in each.provider_ids:
                self._of.setdefault(provider_id, each.brand)
        self._places = {provider_id: place for place, provider_id in enumerate(self._of)}

    def of(self, provider_id: int, name: str) -> str:
        """The brand's key: as it is listed for this id, else as the provider's name has it."""
        return self._of.get(provider_id) or _key(base_name(name)) or f"provider-{provider_id}"

    def among(self, providers: Mapping[int, str]) -> dict[str, Brand]:
        """The brands of these providers, given by id with their names, each with those of its providers alone."""
        found: dict[str, list[int]] = {}
        for provider_id in sorted(providers, key=lambda each: self._place(each, providers[each])):
            found.setdefault(self.of(provider_id, providers[provider_id]), []).append(provider_id)
        return {
            brand: Brand(brand, self._names.get(brand) or base_name(providers[ids[0]]), tuple(ids))
            for brand, ids in found.items()
        }

    def names_of(self, providers: Mapping[int, str]) -> list[str]:
        """The names of these providers' brands, each once, in the providers' order."""
        found = self.among(providers)
        return [found[brand].name for brand in dict.fromkeys(self.of(*each) for each in providers.items())]

    def _place(self, provider_id: int, name: str) -> tuple[int, int, int]:
        """Listed ones in their order, then a service before its tiers and channels."""
        place = self._places.get(provider_id, len(self._places))
        return place, len(name) - len(base_name(name)), provider_id


def parse_brands(text: str) -> tuple[Brand, ...]:
    """What a file says; raises ValueError in words for one that cannot be used."""
    try:
        brands = msgspec.json.decode(text, type=BrandsFile).brands
    except msgspec.DecodeError as error:
        raise ValueError(f"is not a list of brands ({error}); docs/services.md shows one") from None
    owners: dict[int, str] = {}
    for each in brands:
        for provider_id in each.provider_ids:
            if owners.setdefault(provider_id, each.brand) != each.brand:
                raise ValueError(f"has provider {provider_id} in two brands, {owners[provider_id]} and {each.brand}")
    return brands


def base_name(name: str) -> str:
    """The name of the service itself.

    >>> base_name("Netflix Standard with Ads"), base_name("MUBI Amazon Channel"), base_name("Apple TV Store")
    ('Netflix', 'MUBI', 'Apple TV Store')
    """
    spaced = " ".join(name.split())
    shorter = SAME_SERVICE.sub("", spaced)
    return spaced if shorter in (spaced, "") else base_name(shorter)


def _key(name: str) -> str:
    """The name as a key: "Disney Plus" and "Disney+" are one.

    Symbols, which are words when titles are compared, do not count.
    """
    words = fold(name.replace("+", " plus ")).split()
    kept = ("".join(letter for letter in word if letter.isalnum()) for word in words)
    return "-".join(word for word in kept if word)[:LONGEST_BRAND].rstrip("-")
