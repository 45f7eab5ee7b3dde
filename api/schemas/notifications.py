"""Notifications on the wire: where news go, what was told, and how each delivery went."""

from datetime import datetime
from typing import Literal

import msgspec

from api.schemas.events import EventKind
from api.schemas.films import OfferKind

DeliveryStatus = Literal["pending", "sending", "sent", "failed", "unknown"]


class Delivery(msgspec.Struct):
    """One digest on its way to one target; `test` where a person asked for it to see whether it works.

    `unknown` is a delivery that was broken off: it may have arrived, and is not sent again by itself. `reason` says in
    words what did not work, `next_try_at` when Marquee tries again by itself.
    """

    id: int
    digest_id: int
    test: bool
    title: str
    target_name: str
    status: DeliveryStatus
    attempts: int
    reason: str | None
    created_at: datetime
    tried_at: datetime | None
    sent_at: datetime | None
    next_try_at: datetime | None


class NotificationTarget(msgspec.Struct, kw_only=True):
    """One address of NOTIFY_URLS, by a name without its secrets.

    `ok` says whether it can be used, and is null while no worker has looked at it; `message` says why it cannot, or is
    not known. `last_delivery` is what was tried there last.
    """

    name: str
    ok: bool | None
    message: str | None
    last_delivery: Delivery | None


class NotificationRules(msgspec.Struct, kw_only=True):
    """What is told; without `providers`: what is on the services of a member who lists the film."""

    kinds: list[EventKind]
    offers: list[OfferKind]
    providers: list[int]


class Digest(msgspec.Struct):
    """What was told at one time, as it was sent; `refresh_id` is the refresh that brought it."""

    id: int
    title: str
    body: str
    created_at: datetime
    refresh_id: int | None


class Notifications(msgspec.Struct, kw_only=True):
    """Where news goes, what counts as news, and what was told last."""

    targets: list[NotificationTarget]
    rules: NotificationRules
    last_digest: Digest | None


class NotificationTest(msgspec.Struct, kw_only=True):
    """A test on its way: one delivery per target, to be watched at /api/v1/deliveries/{id}."""

    digest_id: int
    deliveries: list[int]
