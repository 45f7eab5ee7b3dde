"""Indexes that hold all that a list of films is filtered and sorted by."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LOOKED_THROUGH = (
    "id",
    "year",
    "runtime_minutes",
    "sort_title",
    "original_language",
    "letterboxd_average",
    "tmdb_rating",
    "tmdb_popularity",
)


def upgrade() -> None:
    op.create_index("ix_films_looked_through", "films", LOOKED_THROUGH)
    op.create_index("ix_watchlist_entries_now", "watchlist_entries", ["member_id", "removed_at", "film_id"])
    op.create_index(
        "ix_availability_by_provider",
        "availability",
        ["country", "provider_id", "closed_at", "film_id", "offer", "opened_at"],
    )
    op.drop_index("ix_availability_open", "availability")
    op.drop_index("ix_availability_provider_id_country_offer_closed_at", "availability")


def downgrade() -> None:
    op.create_index(
        "ix_availability_provider_id_country_offer_closed_at",
        "availability",
        ["provider_id", "country", "offer", "closed_at"],
    )
    op.create_index(
        "ix_availability_open",
        "availability",
        ["country", "provider_id", "offer", "film_id", "opened_at"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index("ix_availability_by_provider", "availability")
    op.drop_index("ix_watchlist_entries_now", "watchlist_entries")
    op.drop_index("ix_films_looked_through", "films")
