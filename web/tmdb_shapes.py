"""What the page reads of the API's answers about lists on TMDB."""

from datetime import datetime

import msgspec


class TmdbAccount(msgspec.Struct, kw_only=True):
    """`enabled`: lists may be kept; `can_approve`: an account can be connected here; `message` is what is missing."""

    connected: bool
    account_id: str | None = None
    enabled: bool = True
    can_approve: bool = True
    pending_until: datetime | None = None
    message: str | None = None


class TmdbApproval(msgspec.Struct, kw_only=True):
    url: str
    expires_at: datetime


class Unmatched(msgspec.Struct, kw_only=True):
    slug: str
    title: str


class TmdbTitle(msgspec.Struct, kw_only=True):
    title: str
    media_type: str
    tmdb_id: int
    year: int | None = None


class Refused(msgspec.Struct, kw_only=True):
    """A title that TMDB did not take."""

    title: str
    message: str


class TmdbList(msgspec.Struct, kw_only=True):
    """A list that is kept on TMDB; `tmdb_id` None before it was made there."""

    id: int
    member: str
    kind: str
    name: str
    state: str
    description: str | None = None
    public: bool = True
    query: str | None = None
    mode: str = "mirror"
    limit: int | None = None
    sort_by: str | None = None
    sort_order: str | None = None
    tmdb_id: int | None = None
    url: str | None = None
    message: str | None = None
    items: int | None = None
    not_matched: list[Unmatched] = []
    last_synced_at: datetime | None = None


class SyncedList(msgspec.Struct, kw_only=True):
    """What became of one list, or would in a dry run; `reordered` counts titles."""

    member: str
    name: str
    state: str
    url: str | None = None
    message: str | None = None
    added: int = 0
    removed: int = 0
    kept: int = 0
    reordered: int = 0
    additions: list[TmdbTitle] = []
    removals: list[TmdbTitle] = []
    not_matched: list[Unmatched] = []
    failed: list[Refused] = []


class TmdbSync(msgspec.Struct, kw_only=True):
    id: int
    state: str
    dry_run: bool
    done: int = 0
    total: int = 0
    message: str | None = None
    lists: list[SyncedList] = []

    @property
    def active(self) -> bool:
        return self.state in ("queued", "running")
