"""Services: what a member pays for, so that what arrives there comes first."""

from litestar import Router, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.answers import FOLLOWS, FROM_DATA
from api.db import members, services
from api.db.engine import Database
from api.db.links import Links
from api.dependencies import known_member
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
    countries: NamedDependency[tuple[str, ...]],
) -> Services:
    """The providers that a member pays for, in the countries shown."""
    async with database.read() as db:
        name = await known_member(db, username, settings)
        return await services.listing(db, name, countries, links)


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
) -> Services:
    """Say which providers a member pays for in one country; the answer is all that the member pays for."""
    country = data.country.upper()
    if country not in settings.country:
        message = f"is none of the countries in the settings ({', '.join(settings.country)})"
        raise Invalid([("country", message)])
    async with database.write() as db:
        name = await known_member(db, username, settings)
        ids = await members.ensure(db, [name])
        await services.replace(db, ids[name], country, data.provider_ids)
        return await services.listing(db, name, settings.country, links)


services_router = Router(
    "/members",
    route_handlers=[get_services, set_services],
    tags=["services"],
    opt={FOLLOWS: FROM_DATA},
)
