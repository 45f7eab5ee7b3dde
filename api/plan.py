"""A plan put together: from what is known of films, services and prices, what there is to say of holding them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_

import msgspec

from api import planning
from api.brands import Brand, Brands
from api.db import providers
from api.db.links import Links
from api.db.plan import Facts
from api.planning import Candidate
from api.schemas.films import OfferKind
from api.schemas.plan import Held, HeldService, Plan, PlannedFilm, PlannedFilms, PlannedService, PlannedSet

NAMED = 10
"""How many films are named where there is a count of them."""
THOUSAND = 1000


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be planned: for whose watchlists, where, by which kinds of offers, with at most how many services."""

    members: tuple[str, ...]
    country: str
    offers: tuple[OfferKind, ...]
    most: int


def make(facts: Facts, wish: Wish, brands: Brands, links: Links) -> Plan:
    """The whole plan. It may take a second where there are very many services: not for the event loop."""
    known = brands.among(providers.names(facts.directory))
    candidates = _candidates(facts, [(each, each.provider_ids) for each in known.values() if _shows(facts, each)])
    return Plan(
        country=wish.country,
        members=list(wish.members),
        offers=list(wish.offers),
        currency=facts.currency,
        films=_counts(facts, planning.union(candidates)),
        services=_services(facts, known, candidates, links),
        sets=_sets(candidates, wish.most),
        held=_held(facts, known, links),
    )


def _shows(facts: Facts, brand: Brand) -> bool:
    return not facts.shows.keys().isdisjoint(brand.provider_ids)


def _candidates(facts: Facts, holdings: Iterable[tuple[Brand, Sequence[int]]]) -> list[Candidate]:
    """Each brand as it would be held by these of its providers."""
    return [
        Candidate(
            key=brand.brand,
            name=brand.name,
            films=reduce(or_, (facts.shows.get(each, 0) for each in provider_ids), 0),
            price=_price(facts, brand, provider_ids),
        )
        for brand, provider_ids in holdings
    ]


def _price(facts: Facts, brand: Brand, provider_ids: Sequence[int]) -> int | None:
    """The brand's own price; the lowest of these providers', where it has none or they are only some of its own."""
    of_brand = facts.brand_prices.get(brand.brand)
    of_providers = [facts.provider_prices[each] for each in provider_ids if each in facts.provider_prices]
    if of_providers and (of_brand is None or len(provider_ids) < len(brand.provider_ids)):
        return min(of_providers)
    return of_brand


def _counts(facts: Facts, shown: int) -> PlannedFilms:
    elsewhere = facts.offered & ~shown
    nowhere = facts.checked & ~facts.offered
    known = shown.bit_count() + elsewhere.bit_count() + nowhere.bit_count()
    return PlannedFilms(
        total=len(facts.films),
        shown=shown.bit_count(),
        elsewhere=elsewhere.bit_count(),
        nowhere=nowhere.bit_count(),
        unknown=len(facts.films) - known,
    )


def _services(
    facts: Facts, known: Mapping[str, Brand], candidates: Sequence[Candidate], links: Links
) -> list[PlannedService]:
    only = planning.only_here(candidates)
    return [
        PlannedService(
            brand=each.key,
            name=each.name,
            logo_url=providers.logo_of(known[each.key], facts.directory, links),
            provider_ids=list(known[each.key].provider_ids),
            held=not facts.held.isdisjoint(known[each.key].provider_ids),
            films=each.films.bit_count(),
            only=only[each.key].bit_count(),
            only_films=_named(facts, only[each.key]),
            price=_amount(each.price),
            price_per_film=_per_film(each.price, each.films),
        )
        for each in sorted(candidates, key=lambda each: (-each.films.bit_count(), each.name.casefold(), each.key))
    ]


def _sets(candidates: Sequence[Candidate], most: int) -> list[PlannedSet]:
    sets: list[PlannedSet] = []
    for choice in planning.best_choices(candidates, most):
        price = planning.price_of(choice.services)
        sets.append(
            PlannedSet(
                size=len(choice.services),
                brands=[each.key for each in choice.services],
                names=[each.name for each in choice.services],
                films=choice.size,
                adds=choice.size - (sets[-1].films if sets else 0),
                method=choice.method,
                price=_amount(price),
                price_per_film=_per_film(price, choice.films),
            )
        )
    return sets


def _held(facts: Facts, known: Mapping[str, Brand], links: Links) -> Held:
    chosen = {
        key: ids for key, brand in known.items() if (ids := [each for each in brand.provider_ids if each in facts.held])
    }
    mine = _candidates(facts, [(known[key], ids) for key, ids in chosen.items()])
    lost = planning.only_here(mine)
    price, shown = planning.price_of(mine) if mine else None, planning.union(mine)
    return Held(
        films=shown.bit_count(),
        price=_amount(price),
        price_per_film=_per_film(price, shown),
        services=[
            HeldService(
                brand=each.key,
                name=each.name,
                logo_url=providers.logo_of(known[each.key], facts.directory, links),
                provider_ids=chosen[each.key],
                films=each.films.bit_count(),
                lost=lost[each.key].bit_count(),
                lost_films=_named(facts, lost[each.key]),
                price=_amount(each.price),
                price_per_film=_per_film(each.price, each.films),
            )
            for each in sorted(mine, key=lambda each: (lost[each.key].bit_count(), each.name.casefold(), each.key))
        ],
    )


def _named(facts: Facts, films: int) -> list[PlannedFilm]:
    return [facts.films[number] for number in planning.positions(films, NAMED)]


def _amount(thousandths: int | None) -> float | None:
    return None if thousandths is None else thousandths / THOUSAND


def _per_film(thousandths: int | None, films: int) -> float | None:
    """To three decimals; None where there is no price, or no film to share it."""
    return None if thousandths is None or not films else round(thousandths / films.bit_count()) / THOUSAND
