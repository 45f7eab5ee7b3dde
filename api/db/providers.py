"""Providers as the API lists them, and their brands: who shows how many films."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec
from sqlalchemy import Select, bindparam, case, func, or_, select

from api.brands import Brand, Brands
from api.db.connection import Connection
from api.db.film_filters import IS_OPEN, ON_WATCHLIST, SUBSCRIPTION
from api.db.links import Links
from api.db.statements import among, rows
from api.db.tables import availability, members, providers, watchlist_entries
from api.schemas.providers import BrandCount, OfferCounts, ProviderCount

SortBy = Literal["subscription", "films", "name"]
Count = TypeVar("Count", ProviderCount, BrandCount)

KINDS = OfferCounts.__struct_fields__


class ProviderOrder(msgspec.Struct, frozen=True):
    by: SortBy
    descending: bool


class ProviderCounting(msgspec.Struct, frozen=True, kw_only=True):
    """Films of what are counted (of all, or on one member's watchlist), where, and how that is told."""

    member: str | None
    countries: Sequence[str]
    order: ProviderOrder
    links: Links
    brands: Brands


class Known(msgspec.Struct, frozen=True):
    """A provider by its name and its logo's path at TMDB."""

    name: str
    logo_path: str | None


class Counted(msgspec.Struct, frozen=True):
    """What films are counted: of all or of one member, by provider, or by the one that stands for several."""

    of_member: bool
    merged: tuple[tuple[int, int], ...] = ()


async def known(db: Connection) -> dict[int, Known]:
    """Every provider that any film was ever seen on, by its id."""
    return {provider_id: Known(*fields) for provider_id, *fields in await rows(db, _known, None, {})}


def names(directory: Mapping[int, Known]) -> dict[int, str]:
    return {provider_id: each.name for provider_id, each in directory.items()}


async def listing(db: Connection, asked: ProviderCounting) -> list[ProviderCount]:
    """The providers with an open offer for any of the films; alike ones by name."""
    directory = await known(db)
    found = [
        ProviderCount(provider_id, each.name, asked.links.logo_of(each.logo_path), brand, *numbers)
        for provider_id, numbers in (await _counts(db, asked)).items()
        for each in [directory[provider_id]]
        for brand in [asked.brands.of(provider_id, each.name)]
    ]
    return _ordered(found, asked.order, lambda each: each.provider)


async def by_brand(db: Connection, asked: ProviderCounting) -> list[BrandCount]:
    """The brands of those providers, each film counted once; alike ones by name."""
    directory = await known(db)
    groups = {each.provider_ids[0]: each for each in asked.brands.among(names(directory)).values()}
    merged = tuple((other, main) for main, each in sorted(groups.items()) for other in each.provider_ids[1:])
    found = [
        BrandCount(each.brand, each.name, logo_of(each, directory, asked.links), list(each.provider_ids), *numbers)
        for main, numbers in (await _counts(db, asked, merged)).items()
        for each in [groups[main]]
    ]
    return _ordered(found, asked.order, lambda each: each.name)


def logo_of(brand: Brand, directory: Mapping[int, Known], links: Links) -> str | None:
    """The logo of the brand's main provider."""
    return links.logo_of(directory[brand.provider_ids[0]].logo_path)


def _ordered(found: list[Count], order: ProviderOrder, name: Callable[[Count], str]) -> list[Count]:
    keys: dict[SortBy, Callable[[Count], tuple[int | str, ...]]] = {
        "subscription": lambda each: (each.subscription, each.films),
        "films": lambda each: (each.films, each.subscription),
        "name": lambda each: (name(each).casefold(),),
    }
    by_name = sorted(found, key=keys["name"])
    return sorted(by_name, key=keys[order.by], reverse=order.descending)


async def _counts(
    db: Connection, asked: ProviderCounting, merged: tuple[tuple[int, int], ...] = ()
) -> dict[int, tuple[int, int, OfferCounts]]:
    """(films, films without extra payment, films by kind of offer) of each provider that shows one, by its id."""
    values = {"countries": asked.countries, "member": asked.member}
    found = await rows(db, _counting, Counted(asked.member is not None, merged), values)
    counts = {provider_id: (films, paid, OfferCounts(*kinds)) for provider_id, films, paid, *kinds in found}
    return {provider_id: counts[provider_id] for provider_id in sorted(counts)}


def _known(_shape: None) -> Select[Any]:
    return select(providers.c.id, providers.c.name, providers.c.logo_path)


def _counting(shape: Counted) -> Select[Any]:
    """Each film counts once for each provider, in all, without extra payment, and by each kind of offer."""
    offer, entry = availability.c, watchlist_entries.c
    merged = dict(shape.merged)
    service = case(merged, value=offer.provider_id, else_=offer.provider_id) if merged else offer.provider_id
    here = among(offer.country, "countries")
    stays = select(service.label("service"), offer.film_id, offer.offer).where(IS_OPEN, here)
    if shape.of_member:
        listed = select(entry.film_id).join(members).where(members.c.username == bindparam("member"), ON_WATCHLIST)
        stays = stays.where(offer.film_id.in_(listed))
    stay = stays.subquery("stays").c
    kinds = [case((stay.offer == kind, stay.film_id)) for kind in KINDS]
    paid_anyway = or_(*(stay.offer == kind for kind in SUBSCRIPTION))
    counted = [stay.film_id, case((paid_anyway, stay.film_id)), *kinds]
    return select(stay.service, *(func.count(each.distinct()) for each in counted)).group_by(stay.service)
