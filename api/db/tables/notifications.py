"""News that was sent: what it said, and how each delivery went."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, text
from sqlalchemy import UniqueConstraint as Unique

from api.db.tables.base import id_column, metadata, reference
from api.db.types import UtcDateTime

digests = Table(
    "digests",
    metadata,
    id_column(),
    Column("kind", String, nullable=False),
    Column("refresh_id", ForeignKey("refreshes.id", ondelete="SET NULL"), index=True),
    Column("title", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    id_column(),
    reference("digest_id", "digests.id"),
    Column("target", String, nullable=False),
    Column("target_name", String, nullable=False),
    Column("status", String, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("reason", Text),
    Column("tried_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("next_try_at", UtcDateTime),
    Unique("digest_id", "target"),
)
