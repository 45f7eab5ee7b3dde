"""Every table of Marquee. Times are aware UTC; strings are validated at the edge, so there are no database enums."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy import UniqueConstraint as Unique

from api.db.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _reference(
    name: str, target: str, *, primary_key: bool = False, nullable: bool = False, index: bool = False
) -> Column[int]:
    return Column(name, ForeignKey(target, ondelete="CASCADE"), primary_key=primary_key, nullable=nullable, index=index)


members = Table(
    "members",
    metadata,
    _id(),
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
)

films = Table(
    "films",
    metadata,
    _id(),
    Column("lid", String, unique=True),
    Column("letterboxd_id", Integer, unique=True),
    Column("slug", String, nullable=False, unique=True),
    Column("title", String, nullable=False),
    Column("sort_title", String, nullable=False, index=True),
    Column("search_title", String, nullable=False),
    Column("original_title", String),
    Column("year", Integer, index=True),
    Column("release_date", Date),
    Column("runtime_minutes", Integer),
    Column("overview", Text),
    Column("poster_path", String),
    Column("original_language", String),
    Column("tmdb_rating", Float),
    Column("tmdb_votes", Integer),
    Column("tmdb_popularity", Float),
    Column("letterboxd_average", Float),
    Column("letterboxd_ratings", Integer),
    Column("letterboxd_fans", Integer),
    Column("details_checked_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

film_matches = Table(
    "film_matches",
    metadata,
    _reference("film_id", "films.id", primary_key=True),
    Column("state", String, nullable=False, index=True),
    Column("media_type", String),
    Column("tmdb_id", Integer),
    Column("imdb_id", String),
    Column("method", String),
    Column("confidence", String),
    Column("candidates", JSON, nullable=False, server_default=text("'[]'")),
    Column("locked", Boolean, nullable=False, server_default=text("false")),
    Column("message", Text),
    Column("tried_at", UtcDateTime),
    Column("matched_at", UtcDateTime),
    Index("ix_film_matches_media_type_tmdb_id", "media_type", "tmdb_id"),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("profile_path", String),
    Column("checked_at", UtcDateTime, nullable=False),
)

film_people = Table(
    "film_people",
    metadata,
    _reference("film_id", "films.id", primary_key=True),
    _reference("person_id", "people.id", primary_key=True, index=True),
    Column("role", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("character", String),
)

genres = Table(
    "genres",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
)

film_genres = Table(
    "film_genres",
    metadata,
    _reference("film_id", "films.id", primary_key=True),
    _reference("genre_id", "genres.id", primary_key=True, index=True),
)

countries = Table(
    "countries",
    metadata,
    Column("code", String(2), primary_key=True),
    Column("name", String, nullable=False),
)

film_countries = Table(
    "film_countries",
    metadata,
    _reference("film_id", "films.id", primary_key=True),
    Column("country", ForeignKey("countries.code", ondelete="CASCADE"), primary_key=True),
)

watchlist_entries = Table(
    "watchlist_entries",
    metadata,
    _id(),
    _reference("member_id", "members.id"),
    _reference("film_id", "films.id", index=True),
    Column("position", Integer),
    Column("added_at", UtcDateTime),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    Column("provenance", String, nullable=False),
    Column("added_refresh_id", ForeignKey("refreshes.id", ondelete="SET NULL"), index=True),
    Column("removed_refresh_id", ForeignKey("refreshes.id", ondelete="SET NULL"), index=True),
    Unique("member_id", "film_id"),
)

providers = Table(
    "providers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("logo_path", String),
    Column("checked_at", UtcDateTime, nullable=False),
)

availability = Table(
    "availability",
    metadata,
    _id(),
    _reference("film_id", "films.id"),
    Column("country", String(2), nullable=False),
    _reference("provider_id", "providers.id"),
    Column("offer", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
)
Index(
    "uq_availability_open",
    *(availability.c[name] for name in ("film_id", "country", "provider_id", "offer")),
    unique=True,
    sqlite_where=availability.c.closed_at.is_(None),
    postgresql_where=availability.c.closed_at.is_(None),
)
Index("ix_availability_provider_id_country", availability.c.provider_id, availability.c.country)

availability_checks = Table(
    "availability_checks",
    metadata,
    _reference("film_id", "films.id", primary_key=True),
    Column("country", String(2), primary_key=True),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("link", String),
)

events = Table(
    "events",
    metadata,
    _id(),
    _reference("availability_id", "availability.id", index=True),
    Column("kind", String, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("refresh_id", ForeignKey("refreshes.id", ondelete="SET NULL"), index=True),
)

source_states = Table(
    "source_states",
    metadata,
    _id(),
    _reference("member_id", "members.id"),
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
    Column("sample", Text),
    Unique("member_id", "source"),
)

refreshes = Table(
    "refreshes",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("trigger", String, nullable=False),
    Column("force", Boolean, nullable=False),
    Column("status", String, nullable=False, index=True),
    Column("stage", String, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("eta_seconds", Integer),
    Column("counts", JSON, nullable=False),
    Column("error_code", String),
    Column("error_message", Text),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("cancel_requested_at", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("lease_owner", String),
    Column("lease_until", UtcDateTime),
)

refresh_members = Table(
    "refresh_members",
    metadata,
    _reference("refresh_id", "refreshes.id", primary_key=True),
    _reference("member_id", "members.id", primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("active", Boolean, nullable=False),
)
Index(
    "uq_refresh_members_active",
    refresh_members.c.member_id,
    refresh_members.c.kind,
    unique=True,
    sqlite_where=refresh_members.c.active,
    postgresql_where=refresh_members.c.active,
)

refresh_items = Table(
    "refresh_items",
    metadata,
    _id(),
    _reference("refresh_id", "refreshes.id"),
    _reference("member_id", "members.id", nullable=True),
    _reference("film_id", "films.id", nullable=True),
    Column("stage", String, nullable=False),
    Column("code", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_refresh_items_refresh_id", "refresh_id"),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    _reference("refresh_id", "refreshes.id", primary_key=True),
    _reference("member_id", "members.id", primary_key=True),
    Column("source", String, primary_key=True),
    Column("cursor", JSON, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
