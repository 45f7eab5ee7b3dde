"""A film's stays on providers, as the API shows them, and how long films usually stay.

Three queries for the film, one for the newest stays of others: however long the memory is.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, select, union_all

from api.db.availability import LAST_CHECK
from api.db.chunks import in_chunks
from api.db.connection import Connection
from api.db.film_filters import IS_OPEN
from api.db.films import OFFER_ORDER
from api.db.links import Links
from api.db.tables import availability, availability_checks, events, films, providers
from api.errors import NotFound
from api.schemas.availability import CountryAvailability, FilmAvailability, Interval, TypicalStay
from api.schemas.films import FilmRef

FEWEST_SAMPLES, MOST_SAMPLES = 5, 200
KEYS_AT_ONCE = 100

Key = tuple[str, int, str]


async def of_film(
    db: Connection, slug: str, countries: Sequence[str], links: Links, *, history: bool
) -> FilmAvailability:
    """The film's open stays in each of these countries, with `history` all; raises NotFound."""
    film = films.c
    columns = film.slug, film.title, film.year, links.poster(film.poster_path), links.film(film.slug)
    row = (await db.execute(select(film.id, *columns).where(film.slug == slug))).one_or_none()
    if row is None:
        raise NotFound("film", slug)
    checks = await _checks(db, row[0])
    stays = await _stays(db, row[0], countries, links, history=history)
    return FilmAvailability(
        film=FilmRef(*row[1:]),
        countries=[CountryAvailability(code, *checks.get(code, (None, None)), stays[code]) for code in countries],
    )


async def _checks(db: Connection, film_id: int) -> dict[str, tuple[datetime | None, str | None]]:
    """When each country was last looked at, and TMDB's page of the film's offers there."""
    check = availability_checks.c
    rows = await db.execute(select(check.country, check.checked_at, check.link).where(check.film_id == film_id))
    return {row.country: (row.checked_at, row.link) for row in rows}


async def _stays(
    db: Connection, film_id: int, countries: Sequence[str], links: Links, *, history: bool
) -> defaultdict[str, list[Interval]]:
    rows = (await db.execute(_intervals(film_id, countries, links, history=history))).all()
    typical = await _typical_stays(db, {(row[0], row[1], row[4]) for row in rows}, datetime.now(UTC))
    found: defaultdict[str, list[Interval]] = defaultdict(list)
    for country, *fields in rows:
        found[country].append(Interval(*(*fields, typical.get((country, fields[0], fields[3])))))
    return found


def _intervals(film_id: int, countries: Sequence[str], links: Links, *, history: bool) -> Select[Any]:
    """The country, then the fields of Interval but its typical stay, in their order."""
    stay, provider = availability.c, providers.c
    ended = case((IS_OPEN, None), (stay.withdrawn, "corrected"), else_="left")
    last_seen_at = case((IS_OPEN, LAST_CHECK), else_=stay.last_seen_at)
    query = (
        select(stay.country, stay.provider_id, provider.name, links.logo(provider.logo_path), stay.offer)
        .add_columns(stay.opened_at, last_seen_at, stay.closed_at, ended, ~_has_event("arrived"))
        .join(providers)
        .where(stay.film_id == film_id, stay.country.in_(countries))
        .order_by(
            case((IS_OPEN, 0), else_=1),
            stay.closed_at.desc(),
            case(OFFER_ORDER, value=stay.offer, else_=len(OFFER_ORDER)),
            stay.priority,
            provider.name,
            stay.id,
        )
    )
    return query if history else query.where(IS_OPEN)


async def _typical_stays(db: Connection, keys: Collection[Key], now: datetime) -> dict[Key, TypicalStay]:
    """How long films stayed with each (country, provider, offer) of late, where enough were seen to come and to go.

    Both ends are noticed about as late after the fact, so that their distance is right in the middle.
    """
    days: defaultdict[Key, list[float]] = defaultdict(list)
    for chunk in in_chunks(sorted(keys), KEYS_AT_ONCE):
        query = union_all(*(select(_last_stays(key, now).subquery()) for key in chunk))
        for country, provider_id, offer, opened_at, closed_at in await db.execute(query):
            days[country, provider_id, offer].append((closed_at - opened_at) / timedelta(days=1))
    return {
        key: TypicalStay(round(median(found)), len(found))
        for key, found in days.items()
        if len(found) >= FEWEST_SAMPLES
    }


def _last_stays(key: Key, now: datetime) -> Select[Any]:
    """The newest stays with this (country, provider, offer) whose coming and going was seen, the latter for good."""
    stay = availability.c
    country, provider_id, offer = key
    return (
        select(stay.country, stay.provider_id, stay.offer, stay.opened_at, stay.closed_at)
        .where(stay.provider_id == provider_id, stay.country == country, stay.offer == offer)
        .where(stay.closed_at.is_not(None), stay.withdrawn.is_(False))
        .where(_has_event("arrived"), _has_event("left", events.c.settles_at <= now))
        .order_by(stay.closed_at.desc())
        .limit(MOST_SAMPLES)
    )


def _has_event(kind: str, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(events.c.availability_id == availability.c.id, events.c.kind == kind, *conditions)
