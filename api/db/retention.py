"""How old what TMDB said may become: what is nearly too old is to be read again, what is too old goes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db import details
from api.db.chunks import in_chunks
from api.db.tables import (
    availability,
    availability_checks,
    film_matches,
    film_people,
    films,
    people,
    providers,
    services,
    watchlist_entries,
)


async def ageing(db: AsyncConnection, before: datetime, countries: Sequence[str], most: int) -> list[int]:
    """The films on somebody's watchlist whose details or offers were last read before this time, oldest first."""
    film, match, check = films.c, film_matches.c, availability_checks.c
    listed = exists().where(watchlist_entries.c.film_id == film.id, watchlist_entries.c.removed_at.is_(None))
    unchecked = exists().where(check.film_id == film.id, check.country.in_(countries), check.checked_at < before)
    query = (
        select(film.id)
        .join(film_matches, match.film_id == film.id)
        .where(listed, match.tmdb_id.is_not(None), or_(film.details_checked_at < before, unchecked))
        .order_by(film.details_checked_at, film.id)
        .limit(most)
    )
    return list((await db.execute(query)).scalars())


async def expired(db: AsyncConnection, before: datetime) -> list[int]:
    """The films of which something was last read from TMDB before this time."""
    film, match, check = films.c, film_matches.c, availability_checks.c
    candidates = match.tried_at < before
    query = (
        select(film.id)
        .outerjoin(film_matches, match.film_id == film.id)
        .where(
            or_(
                film.details_checked_at < before,
                exists().where(check.film_id == film.id, check.checked_at < before),
                candidates & (func.json_array_length(match.candidates) > 0),
            )
        )
        .order_by(film.id)
    )
    return list((await db.execute(query)).scalars())


async def drop(db: AsyncConnection, film_ids: Sequence[int], before: datetime) -> None:
    """Forget what TMDB said of these films before this time; which title each of them is stays known."""
    for chunk in in_chunks(film_ids):
        await _drop_offers(db, chunk, before)
        old = films.c.id.in_(chunk) & (films.c.details_checked_at < before)
        for film_id in (await db.execute(select(films.c.id).where(old))).scalars().all():
            await details.forget(db, film_id)
        tried = film_matches.c.film_id.in_(chunk) & (film_matches.c.tried_at < before)
        await db.execute(film_matches.update().where(tried).values(candidates=[]))


async def drop_unused(db: AsyncConnection, before: datetime) -> int:
    """Forget the people whom no film names, and the providers without a film or a subscriber, read before this time."""
    named = exists().where(film_people.c.person_id == people.c.id)
    shown = exists().where(availability.c.provider_id == providers.c.id)
    held = exists().where(services.c.provider_id == providers.c.id)
    persons = await db.execute(delete(people).where(~named, people.c.checked_at < before))
    brands = await db.execute(delete(providers).where(~shown, ~held, providers.c.checked_at < before))
    return persons.rowcount + brands.rowcount


async def _drop_offers(db: AsyncConnection, film_ids: Sequence[int], before: datetime) -> None:
    """All that was seen in the countries that were last looked at before this time."""
    check, offer = availability_checks.c, availability.c
    old = await db.execute(
        select(check.film_id, check.country).where(check.film_id.in_(film_ids), check.checked_at < before)
    )
    for film_id, country in old.all():
        await db.execute(delete(availability).where(offer.film_id == film_id, offer.country == country))
        await db.execute(delete(availability_checks).where(check.film_id == film_id, check.country == country))
