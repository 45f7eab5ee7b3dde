"""Members, and what is known of each: watchlist, ratings, diary, services and their prices, sources."""

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text, text
from sqlalchemy import UniqueConstraint as Unique

from api.db.tables.base import id_column, metadata, reference
from api.db.types import UtcDateTime

members = Table(
    "members",
    metadata,
    id_column(),
    Column("username", String, nullable=False, unique=True),
    Column("display_name", String),
    Column("bio", Text),
    Column("avatar_url", String),
    Column("films_watched", Integer),
    Column("lists", Integer),
    Column("following", Integer),
    Column("followers", Integer),
    Column("last_full_read_at", UtcDateTime),
    Column("last_incremental_read_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("added_at", UtcDateTime),
)

watchlist_entries = Table(
    "watchlist_entries",
    metadata,
    id_column(),
    reference("member_id", "members.id"),
    reference("film_id", "films.id", index=True),
    Column("position", Integer),
    Column("added_at", UtcDateTime),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    Column("provenance", String, nullable=False),
    Column("added_refresh_id", ForeignKey("refreshes.id", ondelete="SET NULL"), index=True),
    Column("removed_refresh_id", ForeignKey("refreshes.id", ondelete="SET NULL"), index=True),
    Unique("member_id", "film_id"),
    Index("ix_watchlist_entries_now", "member_id", "removed_at", "film_id"),
)

ratings = Table(
    "ratings",
    metadata,
    reference("member_id", "members.id", primary_key=True),
    reference("film_id", "films.id", primary_key=True, index=True),
    Column("rating", Float),
    Column("liked", Boolean, nullable=False, server_default=text("false")),
    Column("favorite", Boolean, nullable=False, server_default=text("false")),
    Column("watched_on", Date),
    Column("rated_at", UtcDateTime),
    Column("provenance", String, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("watched", Boolean, nullable=False, server_default=text("true")),
)
"""A film may be liked without having been watched. One that is neither any more stays, to know when that was seen."""

favorites = Table(
    "favorites",
    metadata,
    reference("member_id", "members.id", primary_key=True),
    reference("film_id", "films.id", primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

diary_entries = Table(
    "diary_entries",
    metadata,
    id_column(),
    reference("member_id", "members.id", index=True),
    reference("film_id", "films.id", index=True),
    Column("guid", String, nullable=False, unique=True),
    Column("url", String),
    Column("watched_on", Date),
    Column("rating", Float),
    Column("liked", Boolean, nullable=False),
    Column("rewatch", Boolean, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
)

services = Table(
    "services",
    metadata,
    reference("member_id", "members.id", primary_key=True),
    Column("country", String(2), primary_key=True),
    reference("provider_id", "providers.id", primary_key=True, index=True),
)

service_prices = Table(
    "service_prices",
    metadata,
    id_column(),
    Column("country", String(2), nullable=False),
    Column("brand", String),
    reference("provider_id", "providers.id", nullable=True, index=True),
    Column("thousandths", Integer, nullable=False),
    Column("currency", String(3), nullable=False),
    Unique("country", "brand"),
    Unique("country", "provider_id"),
)
"""What a service costs in a month: a whole brand, or one provider of it."""

source_states = Table(
    "source_states",
    metadata,
    id_column(),
    reference("member_id", "members.id"),
    Column("source", String, nullable=False),
    Column("state", String, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("tried_at", UtcDateTime),
    Column("good_at", UtcDateTime),
    Column("expected", Integer),
    Column("got", Integer),
    Column("message", Text),
    Column("next_try_at", UtcDateTime),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("etag", String),
    Column("last_modified", String),
    Column("selector", String),
    Column("sample", Text),
    Column("sample_at", UtcDateTime),
    Column("full_read_at", UtcDateTime),
    Unique("member_id", "source"),
)
