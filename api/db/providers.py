"""Providers as the API lists them: who shows how many films."""

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from sqlalchemy import case, func, select

from api.db.connection import Connection
from api.db.films import IS_OPEN, SUBSCRIPTION, on_watchlist_of
from api.db.links import Links
from api.db.tables import availability, providers
from api.schemas.films import ProviderCount

SortBy = Literal["subscription", "films", "name"]


class ProviderOrder(msgspec.Struct, frozen=True):
    by: SortBy
    descending: bool


KEYS: dict[SortBy, Callable[[ProviderCount], tuple[int | str, ...]]] = {
    "subscription": lambda provider: (provider.subscription, provider.films),
    "films": lambda provider: (provider.films, provider.subscription),
    "name": lambda provider: (provider.provider.casefold(),),
}


async def listing(
    db: Connection, *, member: str | None, countries: Sequence[str], order: ProviderOrder, links: Links
) -> list[ProviderCount]:
    """The providers with an open offer for any film, or any film on this member's watchlist; alike ones by name."""
    offer = availability.c
    without_extra = case((offer.offer.in_(SUBSCRIPTION), offer.film_id))
    counts = func.count(offer.film_id.distinct()), func.count(without_extra.distinct())
    query = (
        select(providers.c.id, providers.c.name, links.logo(providers.c.logo_path), *counts)
        .join(availability)
        .where(IS_OPEN, offer.country.in_(countries))
        .group_by(providers.c.id, providers.c.name, providers.c.logo_path)
        .order_by(func.lower(providers.c.name), providers.c.id)
    )
    if member is not None:
        query = query.where(on_watchlist_of([member], offer.film_id))
    found = [ProviderCount(*row) for row in await db.execute(query)]
    return sorted(found, key=KEYS[order.by], reverse=order.descending)
