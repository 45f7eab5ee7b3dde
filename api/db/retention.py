"""How old what TMDB said may become: what is nearly too old is to be read again, what is too old goes.

Intervals and events are what Marquee saw itself, whatever their age: they stay while the film is checked, and go with
a last check that is too old.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, text

from api.db import details
from api.db.chunks import in_chunks
from api.db.connection import Connection
from api.db.film_filters import on_watchlist_of
from api.db.tables import (
    availability,
    availability_checks,
    film_matches,
    film_people,
    films,
    people,
    providers,
    service_prices,
    services,
)

SAMPLE = 400
"""How many rows of each index SQLite looks at."""


async def ageing(
    db: Connection, usernames: Collection[str], countries: Sequence[str], *, before: datetime, most: int
) -> list[int]:
    """The films on these members' watchlists whose details or offers were last read before this time, oldest first."""
    film, match, check = films.c, film_matches.c, availability_checks.c
    listed = on_watchlist_of(usernames, film.id)
    unchecked = exists().where(check.film_id == film.id, check.country.in_(countries), check.checked_at < before)
    query = (
        select(film.id)
        .join(film_matches, match.film_id == film.id)
        .where(listed, match.tmdb_id.is_not(None), or_(film.details_checked_at < before, unchecked))
        .order_by(film.details_checked_at, film.id)
        .limit(most)
    )
    return list((await db.execute(query)).scalars())


async def expired(db: Connection, before: datetime) -> list[int]:
    """The films of which something was last read from TMDB before this time."""
    film, match, check = films.c, film_matches.c, availability_checks.c
    old_candidates = _searched_before(before) & (func.json_array_length(match.candidates) > 0)
    query = (
        select(film.id)
        .outerjoin(film_matches, match.film_id == film.id)
        .where(
            or_(
                film.details_checked_at < before,
                exists().where(check.film_id == film.id, check.checked_at < before),
                old_candidates,
            )
        )
        .order_by(film.id)
    )
    return list((await db.execute(query)).scalars())


async def drop(db: Connection, film_ids: Sequence[int], before: datetime) -> None:
    """Forget what TMDB said of these films before this time; which title each of them is stays known."""
    for chunk in in_chunks(film_ids):
        await _drop_offers(db, chunk, before)
        old = films.c.id.in_(chunk) & (films.c.details_checked_at < before)
        await details.forget(db, (await db.execute(select(films.c.id).where(old))).scalars().all())
        searched = film_matches.c.film_id.in_(chunk) & _searched_before(before)
        await db.execute(film_matches.update().where(searched).values(candidates=[]))


async def drop_unused(db: Connection, before: datetime) -> int:
    """Forget the people whom no film names, and the providers without a film, a subscriber or a price.

    Only what was read before this time goes.
    """
    named = exists().where(film_people.c.person_id == people.c.id)
    shown = exists().where(availability.c.provider_id == providers.c.id)
    held = exists().where(services.c.provider_id == providers.c.id)
    priced = exists().where(service_prices.c.provider_id == providers.c.id)
    persons = await db.execute(delete(people).where(~named, people.c.checked_at < before))
    brands = await db.execute(delete(providers).where(~shown, ~held, ~priced, providers.c.checked_at < before))
    return persons.rowcount + brands.rowcount


def _searched_before(moment: datetime) -> ColumnElement[bool]:
    """Whether a film's candidates were found before this time: of one that is to be tried again, its last change."""
    film, match = films.c, film_matches.c
    changed = select(film.updated_at).where(film.id == match.film_id).correlate(film_matches).scalar_subquery()
    return func.coalesce(match.tried_at, match.matched_at, changed) < moment


async def _drop_offers(db: Connection, film_ids: Sequence[int], before: datetime) -> None:
    """All that was seen in the countries that were last looked at before this time."""
    check, offer = availability_checks.c, availability.c
    old = await db.execute(
        select(check.film_id, check.country).where(check.film_id.in_(film_ids), check.checked_at < before)
    )
    for film_id, country in old.all():
        await db.execute(delete(availability).where(offer.film_id == film_id, offer.country == country))
        await db.execute(delete(availability_checks).where(check.film_id == film_id, check.country == country))


async def take_stock(db: Connection) -> None:
    """Have the database see how its tables are filled, by a sample, so that it chooses the right index."""
    if db.dialect.name == "sqlite":
        await db.execute(text(f"PRAGMA analysis_limit={SAMPLE}"))
    await db.execute(text("ANALYZE"))
