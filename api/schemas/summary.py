"""The summary on the wire: flat, for sensors and dashboards that read one key each."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Status = Literal["ok", "stale", "empty", "error"]


class TonightFilm(msgspec.Struct):
    """A film that could be watched tonight, and the services that show it; `providers_text` names them in one line."""

    title: str
    year: int | None
    runtime_minutes: int | None
    providers: list[str]
    providers_text: str
    url: str
    poster: str | None


class Summary(msgspec.Struct, kw_only=True):
    """How a member's watchlist stands in one country. Every key is always there, and a number is never null.

    `available` films stream by subscription, free or with ads, `on_services` of them on what the member pays for;
    `unavailable` ones are known not to, and of the `unknown` ones nothing is known yet. `status` is `empty` before the
    first refresh, `stale` where one is overdue, and `error` where the last one failed or the data cannot be read;
    `last_error` says why. Nothing can be refreshed while Redis is away, that is while `redis_up` is false; what is told
    of it is up to a minute old.
    """

    status: Status
    total: int = 0
    available: int = 0
    unavailable: int = 0
    unknown: int = 0
    on_services: int = 0
    arrived_7d: int = 0
    left_7d: int = 0
    by_provider: dict[str, int] = msgspec.field(default_factory=dict)
    tonight: list[TonightFilm] = msgspec.field(default_factory=list)
    refreshed_at: datetime | None = None
    next_refresh_at: datetime | None = None
    stale: bool = True
    refresh_state: Literal["idle", "queued", "running"] = "idle"
    refresh_progress: Annotated[int, Meta(ge=0, le=100)] = 0
    redis_up: bool = False
    member: str
    region: str
    last_error: str | None = None
    version: str
