"""Lists on TMDB on the wire, as far as the commands show them."""

from datetime import datetime
from typing import Literal

import msgspec

SyncState = Literal["queued", "running", "succeeded", "partial", "failed"]
ListKind = Literal["top_rated", "watchlist", "films"]
SyncMode = Literal["mirror", "add"]


class ListedFilm(msgspec.Struct, kw_only=True):
    """A film that comes to a list or goes from it."""

    title: str
    year: int | None = None


class UnmatchedFilm(msgspec.Struct, kw_only=True):
    slug: str
    title: str


class FailedFilm(msgspec.Struct, kw_only=True):
    title: str
    message: str


class SyncedList(msgspec.Struct, kw_only=True):
    """One list of a sync; in a dry run the counts are of what would be done."""

    member: str
    kind: ListKind
    name: str
    url: str | None
    state: str
    message: str | None
    added: int
    removed: int
    kept: int
    requests: int
    additions: list[ListedFilm]
    removals: list[ListedFilm]
    reordered: bool
    not_matched: list[UnmatchedFilm]
    failed: list[FailedFilm]


class Sync(msgspec.Struct, kw_only=True):
    id: int
    state: SyncState
    dry_run: bool
    done: int
    total: int
    finished_at: datetime | None
    lists: list[SyncedList]


class TmdbList(msgspec.Struct, kw_only=True):
    """A list on TMDB that follows a member; `items` is how many films are on it."""

    member: str
    kind: ListKind
    name: str
    url: str | None
    last_synced_at: datetime | None
    state: str
    message: str | None
    items: int | None
