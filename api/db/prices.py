"""Prices: what services cost in a month, as whoever runs Marquee says; no source knows them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from api.brands import Brand, Brands
from api.db import providers
from api.db.connection import Connection
from api.db.providers import Known
from api.db.tables import service_prices
from api.errors import Invalid
from api.schemas.prices import Price, PriceGiven, Prices

THOUSAND = 1000
"""No currency has more than three decimals: an amount is kept as a whole number of thousandths."""


async def listing(db: Connection, countries: Sequence[str], brands: Brands) -> Prices:
    """The prices in these countries: in their order, then by name."""
    directory = await providers.known(db)
    known = brands.among(providers.names(directory))
    price = service_prices.c
    rows = await db.execute(
        select(price.country, price.brand, price.provider_id, price.thousandths, price.currency)
        .where(price.country.in_(countries))
        .order_by(price.id)
    )
    found: list[Price] = []
    for country, brand, provider_id, thousandths, currency in rows:
        name = known[brand].name if brand in known else brand
        if provider_id is not None:
            name = directory[provider_id].name
            brand = brands.of(provider_id, name)
        found.append(Price(country, brand, provider_id, name, thousandths / THOUSAND, currency))
    return Prices(sorted(found, key=lambda each: (countries.index(each.country), each.name.casefold(), each.brand)))


async def replace(db: Connection, country: str, currency: str, given: Sequence[PriceGiven], brands: Brands) -> None:
    """Let these be all prices in this country; raises Invalid for what cannot be a price, or is of no known service."""
    directory = await providers.known(db)
    faults = _faults(given, directory, brands.among(providers.names(directory)))
    if faults:
        raise Invalid(faults)
    await db.execute(service_prices.delete().where(service_prices.c.country == country))
    rows = [
        {
            "country": country,
            "brand": each.brand,
            "provider_id": each.provider_id,
            "thousandths": round(each.price * THOUSAND),
            "currency": currency,
        }
        for each in given
    ]
    if rows:
        await db.execute(service_prices.insert(), rows)


def _faults(
    given: Sequence[PriceGiven], directory: Mapping[int, Known], known: Mapping[str, Brand]
) -> list[tuple[str, str]]:
    """What is wrong with these prices, by field."""
    faults: list[tuple[str, str]] = []
    seen: set[tuple[str | None, int | None]] = set()
    for place, each in enumerate(given):
        service, field = (each.brand, each.provider_id), f"prices[{place}]"
        if (each.brand is None) == (each.provider_id is None):
            faults.append((field, "must name a brand or a provider_id, one of the two"))
        elif each.brand is not None and each.brand not in known:
            faults.append((f"{field}.brand", "is no brand that Marquee knows"))
        elif each.provider_id is not None and each.provider_id not in directory:
            faults.append((f"{field}.provider_id", "is no provider that Marquee knows"))
        elif service in seen:
            faults.append((field, "is of a service that has a price already"))
        if abs(each.price * THOUSAND - round(each.price * THOUSAND)) > 1e-4:
            faults.append((f"{field}.price", "has more than three decimals"))
        seen.add(service)
    return faults
