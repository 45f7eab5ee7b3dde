"""The plan: which services to hold for the most of what is on watchlists."""

import asyncio
from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Meta

from api import plan
from api.answers import FOLLOWS, FROM_DATA
from api.brands import Brands
from api.db import members
from api.db.connection import Connection
from api.db.engine import Database
from api.db.links import Links
from api.db.plan import facts
from api.dependencies import configured_country
from api.errors import Invalid
from api.plan import Wish
from api.problems import documented
from api.schemas.films import OfferKind
from api.schemas.members import USERNAME
from api.schemas.plan import Plan
from api.settings import Settings

DEFAULT_OFFERS: tuple[OfferKind, ...] = ("flatrate", "free", "ads")


@get("/", operation_id="getPlan", summary="Plan which services to hold", responses=documented())
async def get_plan(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    known_brands: NamedDependency[Brands],
    links: NamedDependency[Links],
    member: Annotated[
        list[Annotated[str, Meta(pattern=USERNAME)]] | None,
        QueryParameter(max_items=20, description="Whose watchlists count, together; default: the owner's."),
    ] = None,
    country: Annotated[
        str | None,
        QueryParameter(
            min_length=2, max_length=2, description="Where, one of the countries in the settings; default: the first."
        ),
    ] = None,
    most: Annotated[int, QueryParameter(name="max", ge=1, le=5, description="At most so many services at once.")] = 3,
    offer: Annotated[
        list[OfferKind] | None,
        QueryParameter(max_items=10, description="The ways to watch that count; default: flatrate, free and ads."),
    ] = None,
) -> Plan:
    """Which services show the most of the watchlist, what each alone shows, and what cancelling one would lose.

    A service is a brand: its tiers and channels are not paid for twice. What is paid for now counts by the very
    providers that were chosen. Prices are those that were set; where one of several is missing, their cost is null.
    """
    wish = Wish(
        members=tuple(dict.fromkeys(name.lower() for name in member or settings.letterboxd_username[:1])),
        country=configured_country(country or settings.country[0], settings),
        offers=tuple(dict.fromkeys(offer or DEFAULT_OFFERS)),
        most=most,
    )
    async with database.read() as db:
        await demand_known(db, wish.members, settings)
        found = await facts(db, wish.members, wish.country, wish.offers)
    return await asyncio.to_thread(plan.make, found, wish, known_brands, links)


async def demand_known(db: Connection, names: tuple[str, ...], settings: Settings) -> None:
    """Raise Invalid where one of them is neither in the settings nor in the database."""
    known = {*settings.letterboxd_username, *await members.ids(db, names)}
    if any(name not in known for name in names):
        raise Invalid([("member", "is nobody whom Marquee follows")])


plan_router = Router("/plan", route_handlers=[get_plan], tags=["services"], opt={FOLLOWS: FROM_DATA})
