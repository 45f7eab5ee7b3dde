"""Where films can be seen: intervals that open and close, and the events that these make.

The first check of a film in a country makes no events: what is there then did not arrive.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db.engine import insert, upsert
from api.db.tables import availability, availability_checks, events, providers

PROVIDER_MAX_AGE = timedelta(days=30)

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


async def record(
    db: AsyncConnection,
    film_id: int,
    offers: Sequence[OfferRow],
    *,
    countries: Sequence[str],
    links: Mapping[str, str],
    refresh_id: int | None,
    now: datetime,
) -> None:
    """Take over what a check of these countries showed: open what is new, close what is gone, note both as events.

    Of an unchanged film nothing but the time of the check is written.
    """
    seen = {offer.key: offer for offer in offers if offer.country in countries}
    open_rows = {(row.country, row.provider_id, row.offer): row for row in await _open_rows(db, film_id, countries)}
    checked = await _checked_countries(db, film_id)
    await _store_providers(db, list(seen.values()), now)
    gone = [row.id for key, row in open_rows.items() if key not in seen]
    new = [offer for key, offer in seen.items() if key not in open_rows]
    await _close(db, gone, refresh_id, now)
    await _open(db, film_id, new, checked, refresh_id, now)
    await _reprioritise(db, seen, open_rows)
    await upsert(
        db,
        availability_checks,
        [{"film_id": film_id, "country": code, "checked_at": now, "link": links.get(code)} for code in countries],
        ("film_id", "country"),
    )


async def withdraw(db: AsyncConnection, film_id: int, now: datetime) -> None:
    """Close every offer of a film whose TMDB title was wrong or is gone; its availability is unknown again.

    That is a correction and not a departure, so it makes no events.
    """
    await db.execute(
        availability.update()
        .where(availability.c.film_id == film_id, availability.c.closed_at.is_(None))
        .values(closed_at=now)
    )
    await db.execute(availability_checks.delete().where(availability_checks.c.film_id == film_id))


async def _open_rows(db: AsyncConnection, film_id: int, countries: Sequence[str]) -> Sequence[Any]:
    table = availability.c
    columns = table.id, table.country, table.provider_id, table.offer, table.priority
    return (
        await db.execute(
            select(*columns).where(table.film_id == film_id, table.country.in_(countries), table.closed_at.is_(None))
        )
    ).all()


async def _checked_countries(db: AsyncConnection, film_id: int) -> set[str]:
    rows = await db.execute(select(availability_checks.c.country).where(availability_checks.c.film_id == film_id))
    return set(rows.scalars())


async def _store_providers(db: AsyncConnection, offers: Sequence[OfferRow], now: datetime) -> None:
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


async def _close(db: AsyncConnection, ids: Sequence[int], refresh_id: int | None, now: datetime) -> None:
    if not ids:
        return
    await db.execute(availability.update().where(availability.c.id.in_(ids)).values(closed_at=now))
    await _announce(db, ids, "left", refresh_id, now)


async def _open(
    db: AsyncConnection,
    film_id: int,
    offers: Sequence[OfferRow],
    checked: set[str],
    refresh_id: int | None,
    now: datetime,
) -> None:
    if not offers:
        return
    rows = [
        {
            "film_id": film_id,
            "country": offer.country,
            "provider_id": offer.provider_id,
            "offer": offer.offer,
            "priority": offer.priority,
            "opened_at": now,
        }
        for offer in offers
    ]
    opened = await db.execute(insert(db, availability).returning(availability.c.id, availability.c.country), rows)
    arrived = [row.id for row in opened if row.country in checked]
    await _announce(db, arrived, "arrived", refresh_id, now)


async def _announce(db: AsyncConnection, ids: Sequence[int], kind: str, refresh_id: int | None, now: datetime) -> None:
    if ids:
        rows = [
            {"availability_id": id_, "kind": kind, "at": now, "settles_at": now, "refresh_id": refresh_id}
            for id_ in ids
        ]
        await db.execute(events.insert(), rows)


async def _reprioritise(db: AsyncConnection, seen: Mapping[Key, OfferRow], open_rows: Mapping[Key, Any]) -> None:
    for key, row in open_rows.items():
        if key in seen and seen[key].priority != row.priority:
            await db.execute(
                availability.update().where(availability.c.id == row.id).values(priority=seen[key].priority)
            )
