"""What a plan is made of: the films on watchlists, who shows them, what is held and what it costs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, bindparam, case, exists, select

from api.db import providers
from api.db.connection import Connection
from api.db.film_filters import IS_OPEN, ON_WATCHLIST
from api.db.providers import Known
from api.db.statements import among, rows
from api.db.tables import availability, availability_checks, films, members, service_prices, services, watchlist_entries
from api.planning import film_set
from api.schemas.films import OfferKind
from api.schemas.plan import PlannedFilm


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that a plan is made of; sets of films are ints, whose bit n stands for `films[n]`.

    `checked` were looked up in the country, `offered` have an offer of any kind, `shows` are those that each provider
    shows in the ways that count. Prices are in thousandths, by brand and by provider.
    """

    films: Sequence[PlannedFilm]
    checked: int
    offered: int
    shows: Mapping[int, int]
    directory: Mapping[int, Known]
    held: frozenset[int]
    brand_prices: Mapping[str, int]
    provider_prices: Mapping[int, int]
    currency: str | None


async def facts(db: Connection, usernames: Sequence[str], country: str, offers: Sequence[OfferKind]) -> Facts:
    """What is known of the films on the watchlists of these members together, by title."""
    values = {"members": usernames, "country": country, "offers": offers}
    listed = await rows(db, _listed, None, values)
    numbers = {row[0]: number for number, row in enumerate(listed)}
    shown: defaultdict[int, list[int]] = defaultdict(list)
    for provider_id, film_id in await rows(db, _shown, None, values):
        shown[provider_id].append(numbers[film_id])
    prices = await rows(db, _prices, None, values)
    return Facts(
        films=[PlannedFilm(*row[1:4]) for row in listed],
        checked=film_set(number for number, row in enumerate(listed) if row[4]),
        offered=film_set(number for number, row in enumerate(listed) if row[5]),
        shows={provider_id: film_set(found) for provider_id, found in shown.items()},
        directory=await providers.known(db),
        held=frozenset(row[0] for row in await rows(db, _held, None, values)),
        brand_prices={brand: price for brand, _, price, _ in prices if brand is not None},
        provider_prices={provider_id: price for _, provider_id, price, _ in prices if provider_id is not None},
        currency=next((currency for *_, currency in prices), None),
    )


def _on_watchlists(film_id: ColumnElement[int]) -> ColumnElement[bool]:
    listed = select(watchlist_entries.c.film_id).join(members)
    return film_id.in_(listed.where(among(members.c.username, "members"), ON_WATCHLIST))


def _listed(_shape: None) -> Select[Any]:
    check, offer, film = availability_checks.c, availability.c, films.c
    checked = exists().where(check.film_id == film.id, check.country == bindparam("country"))
    offered = exists().where(offer.film_id == film.id, offer.country == bindparam("country"), IS_OPEN)
    return (
        select(film.id, film.slug, film.title, film.year, case((checked, 1), else_=0), case((offered, 1), else_=0))
        .where(_on_watchlists(film.id))
        .order_by(film.sort_title, film.id)
    )


def _shown(_shape: None) -> Select[Any]:
    offer = availability.c
    return (
        select(offer.provider_id, offer.film_id)
        .where(IS_OPEN, offer.country == bindparam("country"), among(offer.offer, "offers"))
        .where(_on_watchlists(offer.film_id))
        .distinct()
    )


def _held(_shape: None) -> Select[Any]:
    return (
        select(services.c.provider_id)
        .select_from(services.join(members))
        .where(among(members.c.username, "members"), services.c.country == bindparam("country"))
        .distinct()
    )


def _prices(_shape: None) -> Select[Any]:
    price = service_prices.c
    return (
        select(price.brand, price.provider_id, price.thousandths, price.currency)
        .where(price.country == bindparam("country"))
        .order_by(price.id)
    )
