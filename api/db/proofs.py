"""Proving probable matches: which film's page is worth a request next, and how many requests were spent on it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, case, exists, func, select

from api.db.chunks import in_chunks
from api.db.connection import Connection
from api.db.engine import insert
from api.db.film_filters import ON_WATCHLIST, SUBSCRIPTION, on_watchlist_of
from api.db.tables import availability, film_matches, films, members, proof_days, services, watchlist_entries

LAST = 2**31 - 1


async def due(db: Connection, usernames: Collection[str], *, tried_before: datetime, limit: int) -> list[int]:
    """The probable films on these members' watchlists whose proof was not tried since then, what matters most first.

    Never tried before tried; then what streams on a member's services, what can be seen anywhere, and the place on
    the list.
    """
    match, entry = film_matches.c, watchlist_entries.c
    theirs = select(members.c.id).where(members.c.username.in_(usernames))
    position = (
        select(func.coalesce(func.min(entry.position), LAST))
        .where(entry.film_id == match.film_id, entry.member_id.in_(theirs), ON_WATCHLIST)
        .scalar_subquery()
    )
    query = (
        select(match.film_id)
        .where(match.state == "found", match.confidence == "probable", match.locked.is_(False))
        .where(match.proof_tried_at.is_(None) | (match.proof_tried_at < tried_before))
        .where(on_watchlist_of(usernames, match.film_id))
        .order_by(match.proof_tried_at.is_not(None), _worth(theirs), position, match.film_id)
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


def _worth(member_ids: Select[tuple[int]]) -> ColumnElement[int]:
    """0 for a film that streams on a service of these members, 1 for one that can be seen somehow, 2 for the others."""
    offer = availability.c
    is_open = (offer.film_id == film_matches.c.film_id) & offer.closed_at.is_(None)
    paid_for = exists().where(
        is_open,
        offer.offer.in_(SUBSCRIPTION),
        services.c.member_id.in_(member_ids),
        services.c.provider_id == offer.provider_id,
        services.c.country == offer.country,
    )
    return case((paid_for, 0), (exists().where(is_open), 1), else_=2)


async def any_slug(db: Connection) -> str | None:
    """The film that came last to anybody's watchlist, None where no list has any."""
    newest = select(films.c.slug).join(watchlist_entries).where(ON_WATCHLIST).order_by(watchlist_entries.c.id.desc())
    slug: str | None = (await db.execute(newest.limit(1))).scalar_one_or_none()
    return slug


async def spent(db: Connection, day: date) -> int:
    """How many requests to Letterboxd proving took on this day."""
    query = select(proof_days.c.requests).where(proof_days.c.day == day)
    return int((await db.execute(query)).scalar_one_or_none() or 0)


async def spend(db: Connection, day: date, requests: int) -> None:
    """Note that proving took so many more requests on this day."""
    table = proof_days
    more = {"requests": table.c.requests + requests}
    row = insert(db, table).values(day=day, requests=requests)
    await db.execute(row.on_conflict_do_update(index_elements=["day"], set_=more))


async def note_tried(db: Connection, film_ids: Sequence[int], now: datetime) -> None:
    """Take down that these films' proof was tried, and what they are taken for is still only probable."""
    match = film_matches.c
    for chunk in in_chunks(film_ids):
        await db.execute(film_matches.update().where(match.film_id.in_(chunk)).values(proof_tried_at=now))
