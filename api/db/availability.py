"""Where films can be seen: intervals that open and close, and the events that these make.

The first check of a film in a country makes no events: what is there then did not arrive. Nor does one after a gap of
more than NEWS_WITHIN: when things changed meanwhile nobody knows. A departure settles when the flap time is over: an
offer that is back before that was never away, and nobody is told.

Intervals and events are Marquee's own observations, not copies of TMDB's data: they stay for as long as the film is
checked, and go with its last check when that is too old.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Select, select

from api.db.chunks import in_chunks
from api.db.connection import Connection
from api.db.engine import insert, upsert
from api.db.tables import availability, availability_checks, events, providers, refreshes

PROVIDER_MAX_AGE = timedelta(days=30)
NEWS_WITHIN = timedelta(days=45)
"""Longer than a month, so that a monthly schedule has its news, and than any flap time."""

LAST_CHECK = (
    select(availability_checks.c.checked_at)
    .where(
        availability_checks.c.film_id == availability.c.film_id, availability_checks.c.country == availability.c.country
    )
    .correlate(availability)
    .scalar_subquery()
)
"""When an interval's film was last looked at in its country, until the check at hand is noted too."""

Key = tuple[str, int, str]


class OfferRow(msgspec.Struct, frozen=True, kw_only=True):
    """One way to see a title: `offer` is flatrate, free, ads, rent or buy; a lower `priority` is shown first."""

    country: str
    provider_id: int
    provider: str
    logo_path: str | None
    offer: str
    priority: int

    @property
    def key(self) -> Key:
        return (self.country, self.provider_id, self.offer)


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a film's offers: when, by which run, and how long a departure waits before it is told.

    `watched` are the countries that were looked at not long before: what changed there is news.
    """

    now: datetime
    refresh_id: int | None
    flap: timedelta
    watched: Collection[str]

    def event(self, kind: str, availability_id: int) -> dict[str, Any]:
        settles_at = self.now + self.flap if kind == "left" else self.now
        return {
            "availability_id": availability_id,
            "kind": kind,
            "at": self.now,
            "settles_at": settles_at,
            "refresh_id": self.refresh_id,
        }


async def record(
    db: Connection,
    film_id: int,
    offers: Sequence[OfferRow],
    *,
    countries: Sequence[str],
    links: Mapping[str, str],
    refresh_id: int | None,
    now: datetime,
    flap: timedelta,
) -> None:
    """Take over what a check of these countries showed: open what is new, close what is gone, note both as events.

    What left and is back before that settled goes on as if it had never been away. Of an unchanged film nothing but
    the time of the check is written, and nothing at all of a country that somebody else has looked at since.
    """
    checked = await _last_checks(db, film_id)
    countries = [code for code in countries if checked.get(code, now) <= now]
    watched = {code for code, at in checked.items() if at >= now - NEWS_WITHIN}
    check = Check(now=now, refresh_id=refresh_id, flap=flap, watched=watched)
    await _compare(db, film_id, [offer for offer in offers if offer.country in countries], countries, check)
    await upsert(
        db,
        availability_checks,
        [{"film_id": film_id, "country": code, "checked_at": now, "link": links.get(code)} for code in countries],
        ("film_id", "country"),
    )


async def _compare(
    db: Connection, film_id: int, offers: Sequence[OfferRow], countries: Sequence[str], check: Check
) -> None:
    """Let the film's open intervals in these countries be those of `offers`."""
    seen = {offer.key: offer for offer in offers}
    open_rows = _by_key(await _open_rows(db, film_id, countries))
    await _store_providers(db, list(seen.values()), check.now)
    await _close(db, [row for key, row in open_rows.items() if key not in seen], check)
    new = {key: offer for key, offer in seen.items() if key not in open_rows}
    back = await _reopen(db, film_id, new, check.now) if check.watched else {}
    await _open(db, film_id, [offer for key, offer in new.items() if key not in back], check)
    await _reprioritise(db, seen, open_rows | back)


async def withdraw(db: Connection, film_ids: Sequence[int], now: datetime) -> None:
    """Take back all that was known of films whose TMDB title was wrong; their availability is unknown again.

    That is a correction and not a departure: it makes no events, and those that there were are told no more.
    """
    stay, check = availability.c, availability_checks.c
    for chunk in in_chunks(film_ids):
        theirs = stay.film_id.in_(chunk)
        await _take_back(db, select(stay.id).where(theirs), now)
        still_open = availability.update().where(theirs, stay.closed_at.is_(None))
        await db.execute(still_open.values(closed_at=now, last_seen_at=LAST_CHECK))
        await db.execute(availability.update().where(theirs, stay.withdrawn.is_(False)).values(withdrawn=True))
        await db.execute(availability_checks.delete().where(check.film_id.in_(chunk)))


def _by_key(rows: Sequence[Any]) -> dict[Key, Any]:
    return {(row.country, row.provider_id, row.offer): row for row in rows}


async def _open_rows(db: Connection, film_id: int, countries: Sequence[str]) -> Sequence[Any]:
    table = availability.c
    columns = table.id, table.country, table.provider_id, table.offer, table.priority
    return (
        await db.execute(
            select(*columns).where(table.film_id == film_id, table.country.in_(countries), table.closed_at.is_(None))
        )
    ).all()


async def _last_checks(db: Connection, film_id: int) -> dict[str, datetime]:
    """When each country was last looked at for this film."""
    seen = availability_checks.c
    rows = await db.execute(select(seen.country, seen.checked_at).where(seen.film_id == film_id))
    return dict(rows.all())


async def _store_providers(db: Connection, offers: Sequence[OfferRow], now: datetime) -> None:
    """Take over providers' names and logos; a row is written when new, changed, or not confirmed for long."""
    wanted = {offer.provider_id: offer for offer in offers}
    known = {row.id: row for row in await db.execute(select(providers).where(providers.c.id.in_(wanted)))}
    rows = [
        {"id": offer.provider_id, "name": offer.provider, "logo_path": offer.logo_path, "checked_at": now}
        for offer in wanted.values()
        if not _still_true(known.get(offer.provider_id), offer, now)
    ]
    await upsert(db, providers, rows, ("id",))


def _still_true(row: Any, offer: OfferRow, now: datetime) -> bool:
    return (
        row is not None
        and (row.name, row.logo_path) == (offer.provider, offer.logo_path)
        and row.checked_at > now - PROVIDER_MAX_AGE
    )


async def _close(db: Connection, rows: Sequence[Any], check: Check) -> None:
    if not rows:
        return
    closing = {"closed_at": check.now, "last_seen_at": LAST_CHECK}
    await db.execute(availability.update().where(availability.c.id.in_([row.id for row in rows])).values(closing))
    await _announce(db, rows, "left", check)


async def _reopen(db: Connection, film_id: int, new: Mapping[Key, OfferRow], now: datetime) -> dict[Key, Any]:
    """Let those of these offers go on whose departure has not settled; the rows of their intervals."""
    if not new:
        return {}
    stay, event = availability.c, events.c
    columns = stay.id, stay.country, stay.provider_id, stay.offer, stay.priority
    unsettled = (event.kind == "left") & (event.settles_at > now)
    rows = await db.execute(select(*columns).join(events).where(stay.film_id == film_id, unsettled))
    back = {key: row for key, row in _by_key(rows.all()).items() if key in new}
    if ids := [row.id for row in back.values()]:
        await db.execute(availability.update().where(stay.id.in_(ids)).values(closed_at=None, last_seen_at=None))
        await _take_back(db, ids, now)
    return back


async def _take_back(db: Connection, ids: Sequence[int] | Select[tuple[int]], now: datetime) -> None:
    """Forget what is not settled of these intervals; the runs that noticed it count it no more."""
    event = events.c
    rows = await db.execute(
        events.delete().where(event.availability_id.in_(ids), event.settles_at > now).returning(event.refresh_id)
    )
    taken = Counter(refresh_id for refresh_id in rows.scalars() if refresh_id is not None)
    runs = await db.execute(select(refreshes.c.id, refreshes.c.counts).where(refreshes.c.id.in_(taken)))
    for refresh_id, counts in runs.all():
        left = max(0, counts.get("left", 0) - taken[refresh_id])
        await db.execute(refreshes.update().where(refreshes.c.id == refresh_id).values(counts=counts | {"left": left}))


async def _open(db: Connection, film_id: int, offers: Sequence[OfferRow], check: Check) -> None:
    if not offers:
        return
    rows = [
        {
            "film_id": film_id,
            "country": offer.country,
            "provider_id": offer.provider_id,
            "offer": offer.offer,
            "priority": offer.priority,
            "opened_at": check.now,
        }
        for offer in offers
    ]
    opened = await db.execute(insert(db, availability).returning(availability.c.id, availability.c.country), rows)
    await _announce(db, opened.all(), "arrived", check)


async def _announce(db: Connection, rows: Sequence[Any], kind: str, check: Check) -> None:
    """Make what happened to these intervals events, where it is news."""
    if news := [check.event(kind, row.id) for row in rows if row.country in check.watched]:
        await db.execute(events.insert(), news)


async def _reprioritise(db: Connection, seen: Mapping[Key, OfferRow], open_rows: Mapping[Key, Any]) -> None:
    for key, row in open_rows.items():
        if key in seen and seen[key].priority != row.priority:
            await db.execute(
                availability.update().where(availability.c.id == row.id).values(priority=seen[key].priority)
            )
