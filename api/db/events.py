"""What was news: films that arrived on a provider or left it, once that has settled.

A departure settles when the flap time is over. Until then it is nobody's news, and is taken back where the offer
returns.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, exists, func, select

from api.db.connection import Connection
from api.db.film_filters import ON_WATCHLIST, on_watchlist_of
from api.db.links import Links
from api.db.paging import Paging, page_of
from api.db.tables import availability, events, films, members, providers, services, watchlist_entries
from api.schemas.events import Event, EventKind
from api.schemas.films import FilmRef, OfferKind
from api.schemas.pages import Page


class EventFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which events a list shows. What is empty filters nothing.

    `since` counts by when an event settled. `member`: films on that member's watchlist now. `services_of`: providers
    that this member pays for in the country of the event.
    """

    kinds: tuple[EventKind, ...] = ()
    since: datetime | None = None
    countries: tuple[str, ...] = ()
    member: str | None = None
    providers: tuple[int, ...] = ()
    offers: tuple[OfferKind, ...] = ()
    services_of: str | None = None


async def listing(
    db: Connection, filters: EventFilters, paging: Paging, links: Links, *, descending: bool = True
) -> Page[Event]:
    """The settled events that the filters let through, those that settled last first unless said otherwise."""
    event, stay, film = events.c, availability.c, films.c
    source = events.join(availability).join(films)
    conditions = _conditions(filters, datetime.now(UTC))
    total = (await db.execute(select(func.count()).select_from(source).where(*conditions))).scalar_one()
    query = (
        select(stay.film_id, event.id, event.kind, event.at, event.settles_at)
        .add_columns(film.slug, film.title, film.year, links.poster(film.poster_path), links.film(film.slug))
        .add_columns(stay.country, stay.provider_id, providers.c.name, links.logo(providers.c.logo_path), stay.offer)
        .select_from(source.join(providers, providers.c.id == stay.provider_id))
        .where(*conditions)
        .order_by(*(key.desc() if descending else key for key in (event.settles_at, event.id)))
        .limit(paging.rows(total))
        .offset(paging.offset)
    )
    rows = (await db.execute(query)).all()
    listed_by = await _members(db, {row[0] for row in rows})
    found = [Event(*(*row[1:5], FilmRef(*row[5:10]), *row[10:], listed_by[row[0]])) for row in rows]
    return page_of(found, total, paging)


def _conditions(filters: EventFilters, now: datetime) -> list[ColumnElement[bool]]:
    event, stay = events.c, availability.c
    conditions: list[ColumnElement[bool]] = [event.settles_at <= now, stay.withdrawn.is_(False)]
    if filters.since is not None:
        conditions.append(event.settles_at >= filters.since)
    if filters.member is not None:
        conditions.append(on_watchlist_of([filters.member], stay.film_id))
    if filters.services_of is not None:
        conditions.append(_on_a_service_of(filters.services_of))
    chosen: list[tuple[ColumnElement[Any], tuple[Any, ...]]] = [
        (event.kind, filters.kinds),
        (stay.country, filters.countries),
        (stay.provider_id, filters.providers),
        (stay.offer, filters.offers),
    ]
    return conditions + [column.in_(values) for column, values in chosen if values]


def _on_a_service_of(username: str) -> ColumnElement[bool]:
    service, stay = services.c, availability.c
    return exists().where(
        service.member_id == members.c.id,
        members.c.username == username,
        service.country == stay.country,
        service.provider_id == stay.provider_id,
    )


async def _members(db: Connection, film_ids: Iterable[int]) -> defaultdict[int, list[str]]:
    """Who has each of these films on the watchlist now, by name."""
    entry = watchlist_entries.c
    query = (
        select(entry.film_id, members.c.username)
        .join(members)
        .where(entry.film_id.in_(film_ids), ON_WATCHLIST)
        .order_by(members.c.username)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for film_id, username in await db.execute(query):
        found[film_id].append(username)
    return found
