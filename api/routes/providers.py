"""Providers: who shows what, for the filters of a page."""

from litestar import Router, get
from litestar.di import NamedDependency

from api.db import films
from api.db.engine import Database
from api.db.links import Links
from api.db.paging import Paging
from api.dependencies import MemberFilter, known_member_filter
from api.problems import documented
from api.schemas.films import ProviderCount
from api.schemas.pages import Page
from api.settings import Settings


@get("/", operation_id="listProviders", summary="List providers", responses=documented())
async def list_providers(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    countries: NamedDependency[tuple[str, ...]],
    paging: NamedDependency[Paging],
    member: MemberFilter = None,
) -> Page[ProviderCount]:
    """The providers with an open offer of any kind in the countries shown, and how many films each of them shows.

    With `member`, the films on that member's watchlist count. The provider with the most films comes first.
    """
    async with database.read() as db:
        name = await known_member_filter(db, member, settings)
        return await films.provider_counts(db, member=name, countries=countries, paging=paging, links=links)


providers_router = Router("/providers", route_handlers=[list_providers], tags=["providers"])
