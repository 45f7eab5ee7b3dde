"""What the page reads of the API's answers; fields that it does not need are ignored."""

from datetime import date, datetime
from typing import Generic, TypeVar

import msgspec

Item = TypeVar("Item")


class Offer(msgspec.Struct, kw_only=True):
    country: str
    provider_id: int
    provider: str
    offer: str
    logo_url: str | None = None


class Film(msgspec.Struct, kw_only=True):
    """An entry of a watchlist; `checked_at` None means that its offers are unknown, not that there are none."""

    slug: str
    title: str
    url: str
    match: str
    year: int | None = None
    runtime_minutes: int | None = None
    overview: str | None = None
    poster_url: str | None = None
    checked_at: datetime | None = None
    offers: list[Offer] = []
    match_confidence: str | None = None
    watched_on: date | None = None
    rating: float | None = None


class FilmRef(msgspec.Struct, kw_only=True):
    """A film where it is only mentioned."""

    slug: str
    title: str
    url: str
    year: int | None = None
    poster_url: str | None = None


class Member(msgspec.Struct, kw_only=True):
    """`followed` is settings or added, by what it is read; None where it is only kept."""

    username: str
    url: str
    watchlist: int
    display_name: str | None = None
    avatar_url: str | None = None
    owner: bool = False
    followed: str | None = "settings"


class Provider(msgspec.Struct, kw_only=True):
    provider_id: int
    provider: str
    films: int
    subscription: int = 0
    logo_url: str | None = None


class Brand(msgspec.Struct, kw_only=True):
    """A service with all its tiers and channels: `provider_ids`, the main one first."""

    name: str
    provider_ids: list[int]
    films: int
    logo_url: str | None = None


class GenreCount(msgspec.Struct):
    name: str
    count: int


class DecadeCount(msgspec.Struct):
    decade: int
    count: int


class Facets(msgspec.Struct, kw_only=True):
    """What the films of a watchlist are, and how many of them; the most frequent genre first."""

    genres: list[GenreCount] = []
    decades: list[DecadeCount] = []


class Faceted(msgspec.Struct):
    facets: Facets = msgspec.field(default_factory=Facets)


class PickReasons(msgspec.Struct, kw_only=True):
    candidates: int


class Pick(msgspec.Struct, kw_only=True):
    """A film for tonight, of so many `candidates`; `why` is a sentence, and another `seed` may be another film."""

    film: Film
    why: str
    reasons: PickReasons
    seed: int


class Source(msgspec.Struct, kw_only=True):
    """One page family of one member; `since` is when it came into this state, `got` of `expected` what was read.

    `message` is why it is not well, `next` what Marquee does next, `advice` what a person can do: whole sentences.
    `turned_away`: Letterboxd wants to be left alone for now, so only who insists has it asked.
    """

    id: int
    member: str | None
    source: str
    state: str
    since: datetime
    tried_at: datetime | None = None
    good_at: datetime | None = None
    expected: int | None = None
    got: int | None = None
    message: str | None = None
    next_try_at: datetime | None = None
    selector: str | None = None
    has_sample: bool = False
    next: str = ""
    advice: str | None = None
    by_itself: bool = True
    turned_away: bool = False


class Keeping(msgspec.Struct, kw_only=True):
    """One time that the house was kept; `message` is what went wrong."""

    status: str
    started_at: datetime
    finished_at: datetime | None = None
    message: str | None = None


class RunCounts(msgspec.Struct, kw_only=True):
    found: int = 0
    matched: int = 0
    review: int = 0
    not_found: int = 0
    failed: int = 0
    added: int = 0
    removed: int = 0
    arrived: int = 0
    left: int = 0


class RunError(msgspec.Struct, kw_only=True):
    code: str
    message: str


class RunFailure(msgspec.Struct, kw_only=True):
    """`source` is what could not be read: watchlist, rss or film_pages; None where it was something else."""

    code: str
    message: str
    member: str | None = None
    slug: str | None = None
    title: str | None = None
    source: str | None = None


class Run(msgspec.Struct, kw_only=True):
    """A refresh; `done` of `total` counts films looked up, `total` 0 while nobody knows it.

    `failures` are the first ones of `failures_total`.
    """

    id: int
    status: str
    stage: str
    created_at: datetime
    members: list[str] = []
    done: int = 0
    total: int = 0
    percent: int = 0
    eta_seconds: int | None = None
    counts: RunCounts = msgspec.field(default_factory=RunCounts)
    already_running: bool = False
    finished_at: datetime | None = None
    error: RunError | None = None
    failures: list[RunFailure] = []
    failures_total: int = 0

    @property
    def active(self) -> bool:
        return self.status in ("queued", "running")

    @property
    def standing(self) -> str:
        """Differs between two answers when another run has begun or this one has come further than it was."""
        return f"{self.id}-{self.status}"


class Listing(msgspec.Struct, Generic[Item], kw_only=True):
    """One page of a list of the API."""

    items: list[Item]
    total: int
    page: int = 1
    total_pages: int = 1


class FieldError(msgspec.Struct, kw_only=True):
    field: str
    message: str


class Problem(msgspec.Struct, kw_only=True):
    title: str = ""
    detail: str = ""
    errors: list[FieldError] = []
    code: str = ""


class Passed(msgspec.Struct, kw_only=True):
    """An answer that the page passes on as it is; the names of its headers are in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes
