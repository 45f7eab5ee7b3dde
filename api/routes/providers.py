"""Providers and their brands: who shows what, for the filters of a page."""

from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from msgspec.structs import replace

from api.answers import FOLLOWS, FROM_DATA
from api.brands import Brands
from api.db import providers
from api.db.engine import Database
from api.db.links import Links
from api.db.paging import Paging, cut
from api.db.providers import ProviderCounting, ProviderOrder
from api.db.providers import SortBy as ProviderSortBy
from api.dependencies import MemberFilter, SortOrder, known_member_filter
from api.problems import documented
from api.schemas.pages import Page
from api.schemas.providers import BrandCount, ProviderCount
from api.settings import Settings

SortBy = Annotated[ProviderSortBy, QueryParameter(description="What to sort by.")]


def provide_counting(
    links: NamedDependency[Links],
    known_brands: NamedDependency[Brands],
    countries: NamedDependency[tuple[str, ...]],
    member: MemberFilter = None,
    sort_by: SortBy = "subscription",
    sort_order: SortOrder = "desc",
) -> ProviderCounting:
    """What is to be counted, and in which order; whether the member is known is for the route to see."""
    order = ProviderOrder(sort_by, sort_order == "desc")
    return ProviderCounting(member=member, countries=countries, order=order, links=links, brands=known_brands)


@get("/", operation_id="listProviders", summary="List providers", responses=documented())
async def list_providers(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    counting: NamedDependency[ProviderCounting],
    paging: NamedDependency[Paging],
) -> Page[ProviderCount]:
    """The providers with an open offer of any kind in the countries shown, and how many films each of them shows.

    With `member`, the films on that member's watchlist count. The provider with the most films by subscription comes
    first, that is by `flatrate`, `free` or `ads`; of those alike the one with more films, then by name.
    """
    async with database.read() as db:
        member = await known_member_filter(db, counting.member, settings)
        found = await providers.listing(db, replace(counting, member=member))
    return cut(found, paging)


@get("/", operation_id="listBrands", summary="List brands", responses=documented())
async def list_brands(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    counting: NamedDependency[ProviderCounting],
    paging: NamedDependency[Paging],
) -> Page[BrandCount]:
    """The list of providers with those together that are one service, such as Netflix and its tier with ads.

    A film that several of them show counts once. To filter films by a brand, give all its `provider_ids`.
    """
    async with database.read() as db:
        member = await known_member_filter(db, counting.member, settings)
        found = await providers.by_brand(db, replace(counting, member=member))
    return cut(found, paging)


def _router(path: str, handler: HTTPRouteHandler) -> Router:
    counting = {"counting": Provide(provide_counting, sync_to_thread=False)}
    return Router(path, route_handlers=[handler], dependencies=counting, tags=["providers"], opt={FOLLOWS: FROM_DATA})


providers_router = _router("/providers", list_providers)
brands_router = _router("/brands", list_brands)
