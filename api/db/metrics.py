"""What is counted of the data for whoever watches over Marquee: few numbers, from a constant number of queries."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Row, case, func, select
from sqlalchemy.exc import SQLAlchemyError

from api.db import sources
from api.db.connection import Connection
from api.db.engine import Database
from api.db.film_filters import IS_OPEN, LISTED, MATCH_STATE, ON_WATCHLIST, SUBSCRIPTION, on_watchlist_of
from api.db.questions import IS_LOCKED, WAITING
from api.db.tables import availability, availability_checks, events, films, members, refreshes, watchlist_entries
from api.errors import Unavailable

DAY = timedelta(days=1)


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted: the films of the members who are `followed`, as they stream in `country`.

    A source is stale when it was not read since `stale_before`.
    """

    followed: tuple[str, ...]
    country: str
    stale_before: datetime
    now: datetime


class Finished(msgspec.Struct, frozen=True):
    """The refresh that finished last; it has no beginning where it was cancelled before a worker took it up."""

    status: str
    started_at: datetime | None
    finished_at: datetime


class Facts(msgspec.Struct, kw_only=True):
    """`films` by availability without extra payment, `matches` by state, `entries` by member, `sources` by (source,
    state), `events` by kind.

    `succeeded_at`: when a refresh last finished without any problem.
    """

    films: Counter[str]
    matches: Counter[str]
    questions: int
    entries: dict[str, int]
    sources: Counter[tuple[str, str]]
    events: dict[str, int]
    finished: Finished | None
    succeeded_at: datetime | None


async def facts(database: Database, scope: Scope, seconds: float) -> Facts | None:
    """What is counted; None where the database does not tell within so many seconds."""
    try:
        async with asyncio.timeout(seconds), database.read() as db:
            return await _facts(db, scope)
    except (Unavailable, SQLAlchemyError, TimeoutError):
        return None


async def _facts(db: Connection, scope: Scope) -> Facts:
    by_availability, by_state, questions = Counter[str](), Counter[str](), 0
    for state, shown, is_locked, count in await _films(db, scope):
        by_availability[shown] += count
        by_state[state] += count
        questions += count if state in WAITING and not is_locked else 0
    found = await sources.listing(db, member=None, stale_before=scope.stale_before)
    return Facts(
        films=by_availability,
        matches=by_state,
        questions=questions,
        entries=await _entries(db, scope.followed),
        sources=Counter((each.source, each.state) for each in found),
        events=await _events(db, scope.now),
        finished=await _finished(db),
        succeeded_at=await _succeeded_at(db),
    )


async def _films(db: Connection, scope: Scope) -> Sequence[Row[str, str, bool, int]]:
    """The films on the watchlists by match, by whether they stream, and by whether a person decided."""
    offer, check = availability.c, availability_checks.c
    streams = offer.country == scope.country, offer.offer.in_(SUBSCRIPTION), IS_OPEN
    is_open = films.c.id.in_(select(offer.film_id).where(*streams))
    is_known = films.c.id.in_(select(check.film_id).where(check.country == scope.country))
    shown = case((is_open, "available"), (is_known, "unavailable"), else_="unknown")
    each = (
        select(MATCH_STATE.label("state"), shown.label("shown"), IS_LOCKED.label("is_locked"))
        .select_from(LISTED)
        .where(on_watchlist_of(scope.followed, films.c.id))
        .subquery()
    ).c
    kind = each.state, each.shown, each.is_locked
    return (await db.execute(select(*kind, func.count()).group_by(*kind))).all()


async def _entries(db: Connection, followed: Sequence[str]) -> dict[str, int]:
    """How many films are on each member's watchlist now."""
    query = (
        select(members.c.username, func.count(watchlist_entries.c.id))
        .select_from(
            members.outerjoin(watchlist_entries, (watchlist_entries.c.member_id == members.c.id) & ON_WATCHLIST)
        )
        .where(members.c.username.in_(followed))
        .group_by(members.c.username)
    )
    return {row[0]: row[1] for row in await db.execute(query)}


async def _events(db: Connection, now: datetime) -> dict[str, int]:
    """What settled in the last day, by kind."""
    event = events.c
    query = (
        select(event.kind, func.count())
        .select_from(events.join(availability))
        .where(event.settles_at > now - DAY, event.settles_at <= now, availability.c.withdrawn.is_(False))
        .group_by(event.kind)
    )
    return {row[0]: row[1] for row in await db.execute(query)}


async def _finished(db: Connection) -> Finished | None:
    run = refreshes.c
    query = (
        select(run.status, run.started_at, run.finished_at)
        .where(run.finished_at.is_not(None))
        .order_by(run.finished_at.desc())
        .limit(1)
    )
    row = (await db.execute(query)).one_or_none()
    return Finished(*row) if row else None


async def _succeeded_at(db: Connection) -> datetime | None:
    query = select(func.max(refreshes.c.finished_at)).where(refreshes.c.status == "succeeded")
    succeeded_at: datetime | None = (await db.execute(query)).scalar()
    return succeeded_at
