"""Lists on TMDB on the wire: what is to be kept there, how a sync of it went, and the account that it is for."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from api.schemas.films import MediaType
from api.schemas.members import Username

TmdbListKind = Literal["top_rated", "watchlist", "films"]
TmdbListMode = Literal["mirror", "add"]
TmdbListSortBy = Literal["rating", "title", "year", "added", "position", "runtime", "popularity", "arrived"]
TmdbSyncState = Literal["queued", "running", "succeeded", "partial", "failed"]
TmdbSyncTrigger = Literal["manual", "refresh"]
TmdbListState = Literal["waiting", "running", "succeeded", "partial", "failed"]
Words = r"^[^\x00]*$"
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*[^\x00-\x20][^\x00-\x1f]*$")]
Description = Annotated[str, msgspec.Meta(max_length=1000, pattern=Words)]
Query = Annotated[str, msgspec.Meta(max_length=2000, pattern=Words)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class TmdbSyncRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which lists to bring in step, and how; what is left out is as the settings say.

    A list of a member is told by its `kind` and `name`, and what is said of it here is kept with it. Without `members`
    all that are followed have one; of `films` the owner alone. `query` is a filter of GET /films, such as
    `genre=Drama&year_min=1990`; it goes with `films` only, which needs a `name` too. `mirror` makes the list equal in
    content and order, `add` takes nothing off. A `dry_run` changes nothing and says what would be changed.
    """

    members: Annotated[list[Username], msgspec.Meta(min_length=1, max_length=100)] | None = None
    kind: TmdbListKind = "top_rated"
    query: Query | None = None
    name: Name | None = None
    description: Description | None = None
    public: bool = True
    limit: Limit | None = None
    sort_by: TmdbListSortBy | None = None
    sort_order: Literal["asc", "desc"] | None = None
    mode: TmdbListMode = "mirror"
    dry_run: bool = False


class TmdbTitle(msgspec.Struct):
    """A title that comes on a list, or goes from it."""

    title: str
    year: int | None
    media_type: MediaType
    tmdb_id: int


class UnmatchedFilm(msgspec.Struct):
    """A film that cannot be listed while Marquee does not know which title on TMDB it is."""

    slug: str
    title: str


class RefusedTitle(msgspec.Struct):
    """A title that TMDB did not take, and why."""

    title: str
    message: str


class TmdbSyncedList(msgspec.Struct, kw_only=True):
    """What became, or in a dry run would become, of one list; `message` says what is worth knowing or went wrong.

    `done` and `total` count films. `added`, `removed` and `reordered` count titles: `additions` and `removals` name
    those that come and go (in a list of syncs the first ten), `reordered` ones are taken off and put on again.
    `requests` to TMDB were made for it.
    """

    member: str
    kind: TmdbListKind
    name: str
    tmdb_id: int | None
    url: str | None
    state: TmdbListState
    message: str | None
    done: int
    total: int
    added: int
    removed: int
    kept: int
    reordered: int
    requests: int
    additions: list[TmdbTitle]
    removals: list[TmdbTitle]
    not_matched: list[UnmatchedFilm]
    failed: list[RefusedTitle]


class TmdbSync(msgspec.Struct, kw_only=True):
    """One run over some lists, one after another; `done` and `total` count the films of all."""

    id: int
    trigger: TmdbSyncTrigger
    state: TmdbSyncState
    members: list[str]
    dry_run: bool
    mode: TmdbListMode
    done: int
    total: int
    message: str | None
    already_running: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    lists: list[TmdbSyncedList]


class TmdbList(msgspec.Struct, kw_only=True):
    """A list that Marquee keeps on TMDB; `tmdb_id` is null before it was made there.

    `state` and `message` are of its last sync, which left `items` titles on it; `not_matched` are not among them.
    """

    id: int
    member: str
    kind: TmdbListKind
    name: str
    description: str | None
    public: bool
    query: str | None
    tmdb_id: int | None
    url: str | None
    mode: TmdbListMode
    limit: int
    sort_by: TmdbListSortBy
    sort_order: Literal["asc", "desc"]
    state: TmdbListState
    message: str | None
    items: int | None
    not_matched: list[UnmatchedFilm]
    last_synced_at: datetime | None


class TmdbApproval(msgspec.Struct, kw_only=True):
    """Where a person lets Marquee change lists, until when."""

    url: str
    expires_at: datetime


class TmdbAccount(msgspec.Struct, kw_only=True):
    """The account whose lists are kept, and where its token is `from`.

    `connected`: there is a token; whether TMDB takes it, a sync shows. `pending_until` is the end of an approval that
    was asked for and not given yet. `enabled` is TMDB_SYNC_ENABLED; `message` says what is missing.
    """

    connected: bool
    account_id: str | None
    origin: Literal["environment", "stored"] | None = msgspec.field(name="from")
    enabled: bool
    can_approve: bool
    connected_at: datetime | None
    pending_until: datetime | None
    message: str | None
