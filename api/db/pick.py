"""What a film for tonight is chosen from, and what speaks for the one that was chosen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, Subquery, bindparam, func, or_, select

from api.db.connection import Connection
from api.db.film_filters import (
    ADDED_AT,
    IS_OPEN,
    LISTED,
    ON_WATCHLIST,
    RATINGS,
    SUBSCRIPTION,
    FilmFilters,
    FilterShape,
    conditions,
    shape_of,
)
from api.db.statements import among, rows
from api.db.tables import availability, films, members, services, watchlist_entries


class Row(msgspec.Struct, frozen=True):
    """A film that is on one of the watchlists that count; `added_at` is when the first of them got it."""

    film_id: int
    wanted: int
    added_at: datetime
    rating: float | None
    on_services: bool
    included: bool


async def candidates(db: Connection, filters: FilmFilters, payer: str) -> list[Row]:
    """The films on watchlists that the filters let through; `payer` is whose services count."""
    shape, values = shape_of(filters)
    return [Row(*row) for row in await rows(db, _query, shape, values | {"payer": payer})]


async def services_of(db: Connection, payer: str) -> set[tuple[str, int]]:
    """What this member pays for, as country and provider."""
    return {(row[0], row[1]) for row in await rows(db, _services, None, {"payer": payer})}


def _query(shape: FilterShape) -> Select[Any]:
    wanted, film = _wanted(shape), films.c
    columns = wanted.c.wanted, wanted.c.added_at, RATINGS[shape.rating_source]
    own = select(services.c.provider_id, services.c.country).where(services.c.member_id == _payer()).subquery("own")
    included = select(availability.c.film_id).where(*_included())
    is_own = (own.c.provider_id == availability.c.provider_id) & (own.c.country == availability.c.country)
    on_services = included.select_from(availability.join(own, is_own))
    return (
        select(film.id, *columns, film.id.in_(on_services), film.id.in_(included))
        .select_from(LISTED.join(wanted, wanted.c.film_id == film.id))
        .where(*conditions(shape, of_member=False))
    )


def _wanted(shape: FilterShape) -> Subquery:
    """Films on watchlists of the members given, or of anybody: by how many wanted, and since when."""
    entry = watchlist_entries.c
    query = select(entry.film_id, func.count().label("wanted"), func.min(ADDED_AT).label("added_at"))
    if shape.has("members"):
        query = query.where(entry.member_id.in_(select(members.c.id).where(among(members.c.username, "members"))))
    return query.where(ON_WATCHLIST).group_by(entry.film_id).subquery("wanted")


def _included() -> Sequence[ColumnElement[bool]]:
    """Conditions on an open offer without extra payment, in one of the countries."""
    offer = availability.c
    kinds = or_(*(offer.offer == bindparam(None, kind) for kind in SUBSCRIPTION))
    return among(offer.country, "countries"), kinds, IS_OPEN


def _services(_shape: None) -> Select[Any]:
    return select(services.c.country, services.c.provider_id).where(services.c.member_id == _payer())


def _payer() -> Any:
    payer = bindparam("payer", type_=members.c.username.type)
    return select(members.c.id).where(members.c.username == payer).scalar_subquery()
