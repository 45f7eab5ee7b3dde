"""What the page reads of the API's answers about notifications."""

from datetime import datetime

import msgspec


class Delivery(msgspec.Struct, kw_only=True):
    """One digest on its way to one target."""

    id: int
    title: str
    target_name: str
    status: str
    created_at: datetime
    test: bool = False
    attempts: int = 0
    reason: str | None = None
    tried_at: datetime | None = None
    sent_at: datetime | None = None
    next_try_at: datetime | None = None


class Target(msgspec.Struct, kw_only=True):
    """One address that news go to; `ok` is None while nobody has looked at it.

    `last_delivery` is what was tried there last.
    """

    name: str
    ok: bool | None = None
    message: str | None = None
    last_delivery: Delivery | None = None


class Rules(msgspec.Struct, kw_only=True):
    kinds: list[str] = []
    offers: list[str] = []
    providers: list[int] = []


class Digest(msgspec.Struct, kw_only=True):
    title: str
    body: str
    created_at: datetime


class Notifications(msgspec.Struct, kw_only=True):
    targets: list[Target]
    rules: Rules
    last_digest: Digest | None = None


class Ordered(msgspec.Struct, kw_only=True):
    """A test on its way."""

    deliveries: list[int]
