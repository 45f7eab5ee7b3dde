"""Prices: what services cost, so that a plan can say what it costs."""

from litestar import Router, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from api.answers import FOLLOWS, FROM_DATA
from api.brands import Brands
from api.currencies import CODES
from api.db import prices
from api.db.engine import Database
from api.dependencies import configured_country
from api.errors import Invalid
from api.guards import demand_json
from api.problems import documented
from api.schemas.prices import Prices, PricesChoice
from api.settings import Settings


@get("/", operation_id="getPrices", summary="Get the prices of services", responses=documented())
async def get_prices(
    database: NamedDependency[Database],
    known_brands: NamedDependency[Brands],
    countries: NamedDependency[tuple[str, ...]],
) -> Prices:
    """What services cost in a month, as far as somebody said so; no source of Marquee knows prices."""
    async with database.read() as db:
        return await prices.listing(db, countries, known_brands)


@put(
    "/",
    operation_id="setPrices",
    summary="Set the prices of services in a country",
    guards=[demand_json],
    responses=documented(413, 415),
)
async def set_prices(
    data: JSONBody[PricesChoice],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    known_brands: NamedDependency[Brands],
) -> Prices:
    """Say what services cost in a month in one country; the answer is all prices, of every country.

    A price is of a whole brand or of one provider. Where a brand has none of its own, the lowest of its providers'
    counts.
    """
    country, currency = configured_country(data.country, settings), data.currency.upper()
    if currency not in CODES:
        raise Invalid([("currency", "is no currency of ISO 4217, such as GBP or EUR")])
    async with database.write() as db:
        await prices.replace(db, country, currency, data.prices, known_brands)
        return await prices.listing(db, settings.country, known_brands)


prices_router = Router(
    "/services/prices", route_handlers=[get_prices, set_prices], tags=["services"], opt={FOLLOWS: FROM_DATA}
)
