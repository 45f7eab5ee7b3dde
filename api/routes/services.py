"""Services: what a member pays for, so that what arrives there comes first."""

from litestar import Router, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api import unread
from api.answers import FOLLOWS, FROM_DATA
from api.brands import Brands
from api.db import members, services
from api.db.engine import Database
from api.db.links import Links
from api.dependencies import configured_country, known_member
from api.errors import Invalid
from api.guards import demand_json
from api.problems import documented
from api.schemas.services import Services, ServicesChoice
from api.settings import Settings


@get(
    "/{username:str}/services",
    operation_id="getServices",
    summary="Get a member's services",
    responses=documented(404),
)
async def get_services(
    username: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    known_brands: NamedDependency[Brands],
    countries: NamedDependency[tuple[str, ...]],
) -> Services:
    """The providers that a member pays for, in the countries shown."""
    async with database.read() as db:
        name = await known_member(db, username, settings)
        await unread.demand_known(db, name, settings)
        return await services.listing(db, name, countries, links, known_brands)


@put(
    "/{username:str}/services",
    operation_id="setServices",
    summary="Set a member's services in a country",
    guards=[demand_json],
    responses=documented(404, 413, 415),
)
async def set_services(
    username: FromPath[str],
    data: JSONBody[ServicesChoice],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    known_brands: NamedDependency[Brands],
) -> Services:
    """Say which providers, or which brands, a member pays for in one country; the answer is all that is paid for.

    A brand stands for all its providers: who pays only for a tier of it names that one's id instead.
    """
    country = configured_country(data.country, settings)
    if data.provider_ids is None and data.brands is None:
        raise Invalid([("provider_ids", "is missing; give provider_ids, brands, or both")])
    async with database.write() as db:
        name = await known_member(db, username, settings)
        await unread.demand_known(db, name, settings)
        ids = await members.ensure(db, [name])
        of_brands = await services.providers_of(db, data.brands or [], known_brands)
        await services.replace(db, ids[name], country, of_brands.union(data.provider_ids or []))
        return await services.listing(db, name, settings.country, links, known_brands)


services_router = Router(
    "/members",
    route_handlers=[get_services, set_services],
    tags=["services"],
    opt={FOLLOWS: FROM_DATA},
)
