"""Proving probable matches: which film's page is worth a request next, and what was spent already."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db.chunks import in_chunks
from api.db.tables import availability, film_matches, services, watchlist_entries

LAST = 2**31 - 1
STREAMING = ("flatrate", "free", "ads")


async def due(db: AsyncConnection, *, tried_before: datetime, limit: int) -> list[int]:
    """The probable films on anybody's watchlist whose proof was not tried since then, those that matter most first.

    Never tried before tried; then what streams on a member's services, what can be seen anywhere, and the place on
    the list.
    """
    match, entry = film_matches.c, watchlist_entries.c
    position = (
        select(func.coalesce(func.min(entry.position), LAST))
        .where(entry.film_id == match.film_id, entry.removed_at.is_(None))
        .scalar_subquery()
    )
    query = (
        select(match.film_id)
        .where(match.state == "found", match.confidence == "probable", match.locked.is_(False))
        .where(match.proof_tried_at.is_(None) | (match.proof_tried_at < tried_before))
        .where(exists().where(entry.film_id == match.film_id, entry.removed_at.is_(None)))
        .order_by(match.proof_tried_at.is_not(None), _worth(), position, match.film_id)
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


def _worth() -> ColumnElement[int]:
    """0 for a film that streams on a service of a member, 1 for one that can be seen somehow, 2 for the others."""
    offer = availability.c
    is_open = (offer.film_id == film_matches.c.film_id) & offer.closed_at.is_(None)
    paid_for = exists().where(
        is_open,
        offer.offer.in_(STREAMING),
        services.c.provider_id == offer.provider_id,
        services.c.country == offer.country,
    )
    return case((paid_for, 0), (exists().where(is_open), 1), else_=2)


async def tried_since(db: AsyncConnection, moment: datetime) -> int:
    """How many films' proof was tried since then."""
    tried = select(func.count()).select_from(film_matches).where(film_matches.c.proof_tried_at >= moment)
    return int((await db.execute(tried)).scalar_one())


async def note_tried(db: AsyncConnection, film_ids: Sequence[int], now: datetime) -> None:
    """Take down that these films' proof was tried, and what they are taken for is still only probable."""
    match = film_matches.c
    for chunk in in_chunks(film_ids):
        await db.execute(film_matches.update().where(match.film_id.in_(chunk)).values(proof_tried_at=now))
