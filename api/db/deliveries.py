"""Deliveries: each digest on its way to each target, sent once as far as anybody can tell.

A delivery is claimed before it is sent. One whose sender dies in between may have arrived, so that nobody sends it
again by itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, func, select

from api.db.connection import Connection
from api.db.paging import Paging, page_of
from api.db.tables import deliveries, digests
from api.errors import Conflict, NotFound
from api.schemas.notifications import Delivery
from api.schemas.pages import Page

HELD_FOR = timedelta(seconds=8)
"""Whoever sends says so more often than this."""
WAITS = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))
"""How long after each failure the next attempt is made; there is none after the last."""
BROKEN_OFF = "Marquee was stopped while it was sending: it may have arrived."


class Target(msgspec.Struct, frozen=True):
    """One address of NOTIFY_URLS without its secrets: its sha256 digest, its name, and why it cannot be used."""

    digest: str
    name: str
    problem: str | None = None


class DeliveryOrder(msgspec.Struct, frozen=True):
    """What is to be sent by whoever claimed it; `attempts` counts this one."""

    id: int
    target: str
    target_name: str
    title: str
    body: str
    test: bool
    attempts: int


async def add(db: Connection, digest_id: int, targets: Sequence[Target], now: datetime) -> list[int]:
    """One delivery of this digest per target; to a target that cannot be used it has failed before it began."""
    rows = [
        {
            "digest_id": digest_id,
            "target": target.digest,
            "target_name": target.name,
            "status": "failed" if target.problem else "pending",
            "reason": target.problem,
            "next_try_at": None if target.problem else now,
        }
        for target in targets
    ]
    if not rows:
        return []
    return sorted((await db.execute(deliveries.insert().returning(deliveries.c.id), rows)).scalars())


async def due(db: Connection, now: datetime) -> list[tuple[int, int]]:
    """The (id, attempts) of each delivery whose time has come, oldest first."""
    query = select(deliveries.c.id, deliveries.c.attempts).where(_is_due(now)).order_by(deliveries.c.id)
    return [(delivery_id, attempts) for delivery_id, attempts in await db.execute(query)]


async def claim(db: Connection, delivery_id: int, now: datetime) -> DeliveryOrder | None:
    """Take this delivery to send it; None when it is not due or another worker has it."""
    claimed = await db.execute(
        deliveries.update()
        .where(deliveries.c.id == delivery_id, _is_due(now))
        .values(status="sending", attempts=deliveries.c.attempts + 1, tried_at=now, reason=None, next_try_at=None)
    )
    if not claimed.rowcount:
        return None
    own, digest = deliveries.c, digests.c
    query = select(own.id, own.target, own.target_name, digest.title, digest.body, digest.kind == "test", own.attempts)
    return DeliveryOrder(*(await db.execute(query.join(digests).where(own.id == delivery_id))).one())


async def hold(db: Connection, order: DeliveryOrder, now: datetime) -> None:
    """Say that it is still being sent."""
    await db.execute(deliveries.update().where(_is_at(order)).values(tried_at=now))


async def sent(db: Connection, order: DeliveryOrder, now: datetime) -> None:
    """It arrived, whatever was thought of it meanwhile."""
    values = {"status": "sent", "reason": None, "sent_at": now, "next_try_at": None}
    mine = (deliveries.c.id == order.id) & (deliveries.c.attempts == order.attempts)
    await db.execute(deliveries.update().where(mine).values(values))


async def failed(db: Connection, order: DeliveryOrder, reason: str, now: datetime, *, final: bool) -> None:
    """It did not arrive; unless that is `final` it is tried again, later each time, until Marquee gives up."""
    again = order.attempts <= len(WAITS) and not final
    next_try_at = now + WAITS[order.attempts - 1] if again else None
    values = {"status": "pending" if again else "failed", "reason": reason, "next_try_at": next_try_at}
    await db.execute(deliveries.update().where(_is_at(order)).values(values))


async def doubtful(db: Connection, order: DeliveryOrder, reason: str) -> None:
    """Nobody can tell whether it arrived, so it is not sent again by itself."""
    await db.execute(deliveries.update().where(_is_at(order)).values(status="unknown", reason=reason))


async def abandoned(db: Connection, now: datetime) -> list[int]:
    """The deliveries that were being sent by somebody who is gone."""
    return list((await db.execute(select(deliveries.c.id).where(_is_abandoned(now)))).scalars())


async def give_up_abandoned(db: Connection, now: datetime) -> list[str]:
    """Let what was being sent by somebody who is gone be of unknown outcome; the names of its targets."""
    values = {"status": "unknown", "reason": BROKEN_OFF}
    changed = deliveries.update().where(_is_abandoned(now)).values(values).returning(deliveries.c.target_name)
    return list((await db.execute(changed)).scalars())


async def retry(db: Connection, delivery_id: int, now: datetime) -> Delivery:
    """Let this delivery be sent again, at once; raises NotFound, or Conflict when it was sent or is being sent."""
    delivery = await by_id(db, delivery_id)
    if delivery.status in ("sent", "sending"):
        because = "it was sent already" if delivery.status == "sent" else "it is being sent now"
        raise Conflict("delivery", delivery_id, because, to_be="sent again")
    await db.execute(
        deliveries.update().where(deliveries.c.id == delivery_id).values(status="pending", next_try_at=now)
    )
    return await by_id(db, delivery_id)


async def by_id(db: Connection, delivery_id: int) -> Delivery:
    """The delivery with this id; raises NotFound."""
    row = (await db.execute(_deliveries().where(deliveries.c.id == delivery_id))).one_or_none()
    if row is None:
        raise NotFound("delivery", delivery_id)
    return Delivery(*row)


async def last_tried(db: Connection, targets: Sequence[str]) -> dict[str, Delivery]:
    """The delivery that was tried last at each of these targets, by its digest; none where nothing was tried."""
    newest = func.row_number().over(partition_by=deliveries.c.target, order_by=deliveries.c.tried_at.desc())
    tried = (
        select(deliveries.c.id, newest.label("number"))
        .where(deliveries.c.target.in_(targets), deliveries.c.tried_at.is_not(None))
        .subquery()
    )
    query = _deliveries().add_columns(deliveries.c.target).join(tried, tried.c.id == deliveries.c.id)
    rows = await db.execute(query.where(tried.c.number == 1))
    return {target: Delivery(*values) for *values, target in rows}


async def listing(db: Connection, paging: Paging, *, descending: bool = True) -> Page[Delivery]:
    """The deliveries, newest first unless said otherwise."""
    total = (await db.execute(select(func.count()).select_from(deliveries))).scalar_one()
    order = deliveries.c.id.desc() if descending else deliveries.c.id
    rows = await db.execute(_deliveries().order_by(order).limit(paging.rows(total)).offset(paging.offset))
    return page_of([Delivery(*row) for row in rows], total, paging)


def _deliveries() -> Select[Any]:
    own, digest = deliveries.c, digests.c
    return (
        select(own.id, own.digest_id, digest.kind == "test", digest.title, own.target_name, own.status, own.attempts)
        .add_columns(own.reason, digest.created_at, own.tried_at, own.sent_at, own.next_try_at)
        .join(digests)
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    return (deliveries.c.status == "pending") & (deliveries.c.next_try_at <= now)


def _is_at(order: DeliveryOrder) -> ColumnElement[bool]:
    """Whether it is still the attempt that was claimed, and nobody decided about it since."""
    own = deliveries.c
    return (own.id == order.id) & (own.attempts == order.attempts) & (own.status == "sending")


def _is_abandoned(now: datetime) -> ColumnElement[bool]:
    return (deliveries.c.status == "sending") & (deliveries.c.tried_at < now - HELD_FOR)
