"""Refreshes on the wire."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from api.schemas.members import MemberSources, Username

RefreshStatus = Literal["queued", "running", "succeeded", "partial", "failed", "cancelled"]
RefreshTrigger = Literal["manual", "cron", "startup", "retry"]
RefreshStage = Literal["queued", "reading", "enriching", "finished"]


class RefreshRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to refresh: the configured members and those that were added unless `members` names some, and of them all
    sources unless some are named.

    `force` reads again what is not yet due, and asks Letterboxd also where it turned Marquee away and still rests.
    """

    members: Annotated[list[Username], msgspec.Meta(min_length=1, max_length=100)] | None = None
    sources: MemberSources | None = None
    force: bool = False


class RefreshCounts(msgspec.Struct, kw_only=True):
    """Films by outcome, and what changed: entries added and removed, offers arrived and left."""

    found: int = 0
    matched: int = 0
    review: int = 0
    not_found: int = 0
    failed: int = 0
    added: int = 0
    removed: int = 0
    arrived: int = 0
    left: int = 0


class RefreshError(msgspec.Struct, kw_only=True):
    """Why a run did not end well, or not wholly: `code` is for programs, `message` for people."""

    code: str
    message: str


class RefreshFailure(msgspec.Struct, kw_only=True):
    """One thing that did not work, while the run went on.

    `source` is the source that could not be read (watchlist, rss, profile, films, likes or film_pages), and null where
    it was none of them.
    """

    member: str | None
    slug: str | None
    title: str | None
    source: str | None
    stage: str
    code: str
    message: str


class Refresh(msgspec.Struct, kw_only=True):
    """One run of work; `eta_seconds` is null while there is nothing to estimate from.

    `sources` are what it reads of its members, null where that is everything.

    `failures` holds the first of them, `failures_total` counts all.
    """

    id: int
    kind: str
    trigger: RefreshTrigger
    force: bool
    members: list[str]
    sources: list[str] | None
    status: RefreshStatus
    stage: RefreshStage
    done: int
    total: int
    percent: int
    eta_seconds: int | None
    counts: RefreshCounts
    already_running: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: RefreshError | None
    failures: list[RefreshFailure]
    failures_total: int
