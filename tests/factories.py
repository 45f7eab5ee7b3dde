"""Rows of the tables that tests begin with: whatever a test does not name is plausible and the same in every run.

`FilmRow.build(title="Heat")` is a dict to insert; `add(db, films, row, ...)` inserts them.
"""

from datetime import UTC, datetime
from itertools import count
from typing import Any, Literal, TypedDict

from polyfactory import PostGenerated, Use
from polyfactory.factories import TypedDictFactory
from sqlalchemy import Table

from api.db.connection import Connection
from api.db.text import search_text, sort_key

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


class Member(TypedDict):
    id: int
    username: str
    display_name: str | None
    created_at: datetime


class Film(TypedDict):
    id: int
    lid: str | None
    slug: str
    title: str
    original_title: str | None
    sort_title: str
    search_title: str
    year: int | None
    runtime_minutes: int | None
    overview: str | None
    poster_path: str | None
    created_at: datetime
    updated_at: datetime


class Match(TypedDict):
    film_id: int
    state: str
    media_type: Literal["movie", "tv"] | None
    tmdb_id: int | None
    imdb_id: str | None
    method: str | None
    confidence: str | None


class Entry(TypedDict):
    id: int
    member_id: int
    film_id: int
    position: int | None
    added_at: datetime | None
    first_seen_at: datetime
    removed_at: datetime | None
    provenance: str


class Provider(TypedDict):
    id: int
    name: str
    logo_path: str | None
    checked_at: datetime


class Availability(TypedDict):
    id: int
    film_id: int
    country: str
    provider_id: int
    offer: str
    priority: int
    opened_at: datetime
    last_seen_at: datetime | None
    closed_at: datetime | None
    withdrawn: bool


class Event(TypedDict):
    id: int
    availability_id: int
    kind: str
    at: datetime
    settles_at: datetime
    refresh_id: int | None


class Check(TypedDict):
    film_id: int
    country: str
    checked_at: datetime


class Refresh(TypedDict):
    id: int
    kind: str
    trigger: str
    force: bool
    status: str
    stage: str
    done: int
    total: int
    counts: dict[str, int]
    created_at: datetime
    attempts: int


class MemberRow(TypedDictFactory[Member]):
    __random_seed__ = 1
    id = Use(count(1).__next__)
    username = PostGenerated(lambda _name, row: f"member{row['id']}")
    display_name = None
    created_at = NOW


class FilmRow(TypedDictFactory[Film]):
    """A film by its title; how it is sorted and searched follows from that."""

    __random_seed__ = 1
    id = Use(count(1).__next__)
    lid = PostGenerated(lambda _name, row: f"l{row['id']}")
    slug = PostGenerated(lambda _name, row: f"film-{row['id']}")
    title = Use(lambda numbers: f"Film {next(numbers)}", count(1))
    original_title = None
    sort_title = PostGenerated(lambda _name, row: sort_key(row["title"]))
    search_title = PostGenerated(lambda _name, row: search_text(row["title"], row["original_title"]))
    year = 1995
    runtime_minutes = 104
    overview = None
    poster_path = PostGenerated(lambda _name, row: f"/poster{row['id']}.jpg")
    created_at = NOW
    updated_at = NOW


class MatchRow(TypedDictFactory[Match]):
    __random_seed__ = 1
    state = "found"
    media_type = "movie"
    tmdb_id = PostGenerated(lambda _name, row: 1000 + row["film_id"])
    imdb_id = None
    method = "search"
    confidence = "probable"


class EntryRow(TypedDictFactory[Entry]):
    __random_seed__ = 1
    id = Use(count(1).__next__)
    position = PostGenerated(lambda _name, row: row["film_id"])
    added_at = None
    first_seen_at = NOW
    removed_at = None
    provenance = "letterboxd"


class ProviderRow(TypedDictFactory[Provider]):
    __random_seed__ = 1
    id = Use(count(1).__next__)
    name = PostGenerated(lambda _name, row: f"Provider {row['id']}")
    logo_path = PostGenerated(lambda _name, row: f"/logo{row['id']}.jpg")
    checked_at = NOW


class AvailabilityRow(TypedDictFactory[Availability]):
    __random_seed__ = 1
    id = Use(count(1).__next__)
    country = "GB"
    offer = "flatrate"
    priority = 1
    opened_at = NOW
    last_seen_at = None
    closed_at = None
    withdrawn = False


class EventRow(TypedDictFactory[Event]):
    """An event that settled when it happened."""

    __random_seed__ = 1
    id = Use(count(1).__next__)
    kind = "arrived"
    at = NOW
    settles_at = PostGenerated(lambda _name, row: row["at"])
    refresh_id = None


class CheckRow(TypedDictFactory[Check]):
    __random_seed__ = 1
    country = "GB"
    checked_at = NOW


class RefreshRow(TypedDictFactory[Refresh]):
    __random_seed__ = 1
    id = Use(count(1).__next__)
    kind = "watchlist"
    trigger = "manual"
    force = False
    status = "succeeded"
    stage = "finished"
    done = 1
    total = 1
    counts: dict[str, int] = {}  # noqa: RUF012
    created_at = NOW
    attempts = 1


async def add(db: Connection, table: Table, *rows: Any) -> None:
    """Insert these rows, all of them with the same columns."""
    await db.execute(table.insert(), list(rows))
