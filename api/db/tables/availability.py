"""Where films can be seen, from when to when, and what of it was news."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from api.db.tables.base import id_column, metadata, reference
from api.db.types import UtcDateTime

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
    id_column(),
    reference("film_id", "films.id", index=True),
    Column("country", String(2), nullable=False),
    reference("provider_id", "providers.id"),
    Column("offer", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("withdrawn", Boolean, nullable=False, server_default=text("false")),
)
Index(
    "uq_availability_open",
    *(availability.c[name] for name in ("film_id", "country", "provider_id", "offer")),
    unique=True,
    sqlite_where=availability.c.closed_at.is_(None),
    postgresql_where=availability.c.closed_at.is_(None),
)
Index(
    "ix_availability_by_provider",
    *(availability.c[name] for name in ("country", "provider_id", "closed_at", "film_id", "offer", "opened_at")),
)

availability_checks = Table(
    "availability_checks",
    metadata,
    reference("film_id", "films.id", primary_key=True),
    Column("country", String(2), primary_key=True),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("link", String),
)

events = Table(
    "events",
    metadata,
    id_column(),
    reference("availability_id", "availability.id", index=True),
    Column("kind", String, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("settles_at", UtcDateTime, nullable=False, index=True),
    Column("refresh_id", ForeignKey("refreshes.id", ondelete="SET NULL"), index=True),
    Column("weighed_at", UtcDateTime, index=True),
    Column("digest_id", ForeignKey("digests.id", ondelete="SET NULL"), index=True),
)
