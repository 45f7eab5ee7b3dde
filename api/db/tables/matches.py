"""Which TMDB title a film is, what a person decided, and what turned out to be wrong."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text, text

from api.db.tables.base import id_column, metadata, reference
from api.db.types import UtcDateTime

film_matches = Table(
    "film_matches",
    metadata,
    reference("film_id", "films.id", primary_key=True),
    Column("state", String, nullable=False, index=True),
    Column("media_type", String),
    Column("tmdb_id", Integer),
    Column("imdb_id", String),
    Column("method", String),
    Column("confidence", String),
    Column("candidates", JSON, nullable=False, server_default=text("'[]'")),
    Column("evidence", JSON),
    Column("locked", Boolean, nullable=False, server_default=text("false")),
    Column("message", Text),
    Column("tried_at", UtcDateTime),
    Column("matched_at", UtcDateTime),
    Column("proof_tried_at", UtcDateTime),
    Index("ix_film_matches_media_type_tmdb_id", "media_type", "tmdb_id"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("lid", String, primary_key=True),
    Column("media_type", String),
    Column("tmdb_id", Integer),
    Column("decided_at", UtcDateTime, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    id_column(),
    reference("film_id", "films.id", index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("media_type", String, nullable=False),
    Column("tmdb_id", Integer, nullable=False),
    Column("new_media_type", String),
    Column("new_tmdb_id", Integer),
    Column("method", String),
    Column("because", Text),
)
