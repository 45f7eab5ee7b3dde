"""Runs of work: refreshes with their progress and failures, housekeeping, and what proving matches cost each day."""

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, String, Table, Text

from api.db.tables.base import id_column, metadata, reference
from api.db.types import UtcDateTime

refreshes = Table(
    "refreshes",
    metadata,
    id_column(),
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
    Column("sources", JSON(none_as_null=True)),
)

refresh_members = Table(
    "refresh_members",
    metadata,
    reference("refresh_id", "refreshes.id", primary_key=True),
    reference("member_id", "members.id", primary_key=True),
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
    id_column(),
    reference("refresh_id", "refreshes.id"),
    reference("member_id", "members.id", nullable=True),
    reference("film_id", "films.id", nullable=True),
    Column("source", String),
    Column("stage", String, nullable=False),
    Column("code", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_refresh_items_refresh_id", "refresh_id"),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    reference("refresh_id", "refreshes.id", primary_key=True),
    reference("member_id", "members.id", primary_key=True),
    Column("source", String, primary_key=True),
    Column("cursor", JSON, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

housekeeping = Table(
    "housekeeping",
    metadata,
    id_column(),
    Column("trigger", String, nullable=False),
    Column("status", String, nullable=False),
    Column("started_at", UtcDateTime, nullable=False, index=True),
    Column("held_until", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("counts", JSON, nullable=False),
    Column("message", Text),
)

proof_days = Table(
    "proof_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("requests", Integer, nullable=False),
)
