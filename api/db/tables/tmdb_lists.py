"""Lists on TMDB that follow what members rated or want, the runs that keep them so, and the account they are of."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

from api.db.tables.base import id_column, metadata, reference
from api.db.types import UtcDateTime


def _order() -> list[Column[object]]:
    """What a list is to be."""
    columns: list[Column[object]] = [
        Column("kind", String, nullable=False),
        Column("name", String, nullable=False),
        Column("description", Text),
        Column("public", Boolean, nullable=False),
        Column("query", Text),
        Column("filters", JSON(none_as_null=True)),
        Column("mode", String, nullable=False),
        Column("most", Integer, nullable=False),
        Column("sort_by", String, nullable=False),
        Column("sort_order", String, nullable=False),
    ]
    return columns


tmdb_lists = Table(
    "tmdb_lists",
    metadata,
    id_column(),
    reference("member_id", "members.id"),
    *_order(),
    Column("tmdb_id", Integer),
    Column("details_due", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("message", Text),
    Column("content", JSON(none_as_null=True)),
    Column("refused", JSON, nullable=False),
    Column("not_matched", JSON, nullable=False),
    Column("seen_updated_at", String),
    Column("read_at", UtcDateTime),
    Column("last_synced_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Unique("member_id", "kind", "name"),
)
"""`details_due`: description or visibility are not on TMDB as they shall be. `content` is what the last sync left
there, which still holds while TMDB says `seen_updated_at`; `read_at` is when the list was read in full last. `refused`
are titles that TMDB did not take.
"""

tmdb_syncs = Table(
    "tmdb_syncs",
    metadata,
    id_column(),
    Column("trigger", String, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("mode", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("message", Text),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("held_by", String),
    Column("held_until", UtcDateTime),
)

tmdb_sync_lists = Table(
    "tmdb_sync_lists",
    metadata,
    id_column(),
    reference("sync_id", "tmdb_syncs.id", index=True),
    reference("member_id", "members.id", index=True),
    Column("list_id", ForeignKey("tmdb_lists.id", ondelete="SET NULL"), index=True),
    *_order(),
    Column("tmdb_id", Integer),
    Column("state", String, nullable=False),
    Column("message", Text),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("report", JSON, nullable=False),
)
"""One list of a run: what it was to be, and what became of it; `done` and `total` count films."""

tmdb_account = Table(
    "tmdb_account",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("account_id", String),
    Column("access_token", Text),
    Column("connected_at", UtcDateTime),
    Column("request_token", Text),
    Column("request_expires_at", UtcDateTime),
)
"""One row at most; both tokens are encrypted."""
