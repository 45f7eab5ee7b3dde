"""What a summary is made of: a member's watchlist in one country, counted, and how its last refresh went."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, bindparam, case, distinct, exists, func, select

from api.brands import Brands
from api.db.connection import Connection
from api.db.film_filters import IS_OPEN, ON_WATCHLIST, SUBSCRIPTION
from api.db.links import Links
from api.db.statements import rows
from api.db.tables import (
    availability,
    availability_checks,
    events,
    films,
    members,
    providers,
    refresh_members,
    refreshes,
    services,
    source_states,
    watchlist_entries,
)
from api.schemas.summary import TonightFilm

WEEK = timedelta(days=7)
TONIGHT = 10
PROVIDERS = 20
SERVICES_OF_FILM = 3


class Counts(msgspec.Struct, frozen=True):
    """Films on the watchlist: all, those that were looked up, those that stream, and those on the member's services."""

    total: int
    checked: int
    available: int
    on_services: int


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """How the member's newest refresh stands, when one last ended well, and how the watchlist's source stands."""

    status: str | None = None
    percent: int = 0
    error: str | None = None
    good_at: datetime | None = None
    source_state: str | None = None
    source_message: str | None = None


async def counts(db: Connection, values: Mapping[str, Any]) -> Counts:
    """`values` are `member` and `country`, here and below."""
    [row] = await rows(db, _counts, None, values)
    return Counts(*(number or 0 for number in row))


async def by_provider(db: Connection, values: Mapping[str, Any]) -> dict[str, int]:
    """How many of the films each provider shows without extra payment: those with the most first."""
    return {row[0]: row[1] for row in await rows(db, _by_provider, None, values)}


async def news(db: Connection, values: Mapping[str, Any], now: datetime) -> dict[str, int]:
    """How many films arrived and left within a week, by the kind of event."""
    found = await rows(db, _news, None, {**values, "since": now - WEEK, "now": now})
    return {row[0]: row[1] for row in found}


async def tonight(db: Connection, values: Mapping[str, Any], links: Links, brands: Brands) -> list[TonightFilm]:
    """Films that stream: on the member's services first, then what came last, then what is rated best."""
    found = await rows(db, _tonight, links, values)
    shown: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for film_id, provider_id, name in await rows(db, _shown, None, values):
        shown[film_id][provider_id] = name
    return [_film(row, brands.names_of(shown[row[0]])[:SERVICES_OF_FILM]) for row in found]


async def refreshed(db: Connection, values: Mapping[str, Any]) -> Refreshed:
    newest = await rows(db, _newest_run, None, values)
    well = await rows(db, _last_good_run, None, values)
    source = await rows(db, _source, None, values)
    status, done, total, error = newest[0] if newest else (None, 0, 0, None)
    state, message = source[0] if source else (None, None)
    return Refreshed(
        status=status,
        percent=min(100, 100 * done // total) if total else 0,
        error=error,
        good_at=well[0][0] if well else None,
        source_state=state,
        source_message=message,
    )


def _film(row: Sequence[Any], shown_by: list[str]) -> TonightFilm:
    _, title, year, runtime, url, poster = row
    return TonightFilm(title, year, runtime, shown_by, ", ".join(shown_by), url, poster)


def _listed() -> Any:
    return watchlist_entries.join(members)


def _is_listed() -> ColumnElement[bool]:
    return (members.c.username == bindparam("member")) & ON_WATCHLIST


def _streams(film_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether an offer is one of this film's that counts here."""
    offer = availability.c
    here = (offer.film_id == film_id) & (offer.country == bindparam("country"))
    return here & offer.offer.in_([bindparam(None, kind) for kind in SUBSCRIPTION]) & IS_OPEN


def _is_service() -> ColumnElement[bool]:
    service = services.c
    return exists().where(
        service.member_id == watchlist_entries.c.member_id,
        service.country == availability.c.country,
        service.provider_id == availability.c.provider_id,
    )


def _counts(_shape: None) -> Select[Any]:
    film_id, check = watchlist_entries.c.film_id, availability_checks.c
    checked = exists().where(check.film_id == film_id, check.country == bindparam("country"))
    available = exists().where(_streams(film_id))
    on_services = exists().where(_streams(film_id), _is_service())
    sums = [func.sum(case((each, 1), else_=0)) for each in (checked | available, available, on_services)]
    columns: list[Any] = [func.count(), *sums]
    return select(*columns).select_from(_listed()).where(_is_listed())


def _by_provider(_shape: None) -> Select[Any]:
    number = func.count(distinct(availability.c.film_id))
    return (
        select(providers.c.name, number)
        .select_from(_listed().join(availability, _streams(watchlist_entries.c.film_id)).join(providers))
        .where(_is_listed())
        .group_by(providers.c.name)
        .order_by(number.desc(), providers.c.name)
        .limit(PROVIDERS)
    )


def _news(_shape: None) -> Select[Any]:
    stay, event = availability.c, events.c
    return (
        select(event.kind, func.count(distinct(stay.film_id)))
        .select_from(events.join(availability).join(watchlist_entries, watchlist_entries.c.film_id == stay.film_id))
        .join(members, members.c.id == watchlist_entries.c.member_id)
        .where(_is_listed(), stay.country == bindparam("country"), stay.withdrawn.is_(False))
        .where(stay.offer.in_([bindparam(None, kind) for kind in SUBSCRIPTION]))
        .where(event.settles_at >= bindparam("since"), event.settles_at <= bindparam("now"))
        .group_by(event.kind)
    )


def _chosen() -> Any:
    """The ids of tonight's films, with what they are sorted by."""
    film = films.c
    on_services = func.max(case((_is_service(), 1), else_=0)).label("on_services")
    came = func.max(availability.c.opened_at).label("came")
    rating = func.coalesce(film.letterboxd_average, film.tmdb_rating / 2, 0).label("rating")
    return (
        select(film.id, on_services, came, rating, film.sort_title)
        .select_from(_listed().join(films).join(availability, _streams(film.id)))
        .where(_is_listed())
        .group_by(film.id, film.letterboxd_average, film.tmdb_rating, film.sort_title)
        .order_by(on_services.desc(), came.desc(), rating.desc(), film.sort_title, film.id)
        .limit(TONIGHT)
        .subquery("chosen")
    )


def _tonight(links: Links) -> Select[Any]:
    film, chosen = films.c, _chosen()
    order = chosen.c.on_services.desc(), chosen.c.came.desc(), chosen.c.rating.desc(), chosen.c.sort_title, film.id
    return (
        select(film.id, film.title, film.year, film.runtime_minutes)
        .add_columns(links.film(film.slug), links.poster(film.poster_path))
        .select_from(films.join(chosen, chosen.c.id == film.id))
        .order_by(*order)
    )


def _shown(_shape: None) -> Select[Any]:
    """The providers of tonight's films, the member's own first."""
    chosen, offer = _chosen(), availability.c
    theirs = exists().where(
        services.c.member_id == select(members.c.id).where(members.c.username == bindparam("member")).scalar_subquery(),
        services.c.country == offer.country,
        services.c.provider_id == offer.provider_id,
    )
    return (
        select(offer.film_id, offer.provider_id, providers.c.name)
        .select_from(availability.join(chosen, _streams(chosen.c.id)).join(providers))
        .order_by(case((theirs, 0), else_=1), offer.priority, providers.c.name, offer.id)
    )


def _runs() -> Any:
    return refreshes.join(refresh_members).join(members)


def _newest_run(_shape: None) -> Select[Any]:
    run = refreshes.c
    return (
        select(run.status, run.done, run.total, run.error_message)
        .select_from(_runs())
        .where(members.c.username == bindparam("member"))
        .order_by(run.id.desc())
        .limit(1)
    )


def _last_good_run(_shape: None) -> Select[Any]:
    run = refreshes.c
    ended_well = (run.status == "succeeded") | (run.status == "partial")
    return (
        select(run.finished_at)
        .select_from(_runs())
        .where(members.c.username == bindparam("member"), ended_well)
        .order_by(run.id.desc())
        .limit(1)
    )


def _source(_shape: None) -> Select[Any]:
    return (
        select(source_states.c.state, source_states.c.message)
        .select_from(source_states.join(members))
        .where(members.c.username == bindparam("member"), source_states.c.source == "watchlist")
    )
