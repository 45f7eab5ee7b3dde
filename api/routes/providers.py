"""Providers: who shows what, for the filters of a page."""

from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.answers import FOLLOWS, FROM_DATA
from api.db import providers
from api.db.engine import Database
from api.db.links import Links
from api.db.paging import Paging, cut
from api.db.providers import ProviderOrder
from api.db.providers import SortBy as ProviderSortBy
from api.dependencies import MemberFilter, SortOrder, known_member_filter
from api.problems import documented
from api.schemas.films import ProviderCount
from api.schemas.pages import Page
from api.settings import Settings

SortBy = Annotated[ProviderSortBy, QueryParameter(description="What to sort by.")]


@get("/", operation_id="listProviders", summary="List providers", responses=documented())
async def list_providers(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    countries: NamedDependency[tuple[str, ...]],
    paging: NamedDependency[Paging],
    member: MemberFilter = None,
    sort_by: SortBy = "subscription",
    sort_order: SortOrder = "desc",
) -> Page[ProviderCount]:
    """The providers with an open offer of any kind in the countries shown, and how many films each of them shows.

    With `member`, the films on that member's watchlist count. The provider with the most films by subscription comes
    first, that is by `flatrate`, `free` or `ads`; of those alike the one with more films, then by name.
    """
    order = ProviderOrder(sort_by, sort_order == "desc")
    async with database.read() as db:
        name = await known_member_filter(db, member, settings)
        found = await providers.listing(db, member=name, countries=countries, order=order, links=links)
    return cut(found, paging)


providers_router = Router("/providers", route_handlers=[list_providers], tags=["providers"], opt={FOLLOWS: FROM_DATA})
