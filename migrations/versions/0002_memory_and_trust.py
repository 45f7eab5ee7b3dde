"""Decisions, ratings, services, notifications, housekeeping, and a longer memory of availability."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("lid", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("lid", name=op.f("pk_decisions")),
    )
    op.create_table(
        "housekeeping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_housekeeping")),
    )
    with op.batch_alter_table("housekeeping", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_housekeeping_started_at"), ["started_at"], unique=False)

    op.create_table(
        "proof_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_proof_days")),
    )
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=False),
        sa.Column("new_media_type", sa.String(), nullable=True),
        sa.Column("new_tmdb_id", sa.Integer(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name=op.f("fk_corrections_film_id_films"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_corrections_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_corrections_film_id"), ["film_id"], unique=False)

    op.create_table(
        "diary_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("watched_on", sa.Date(), nullable=True),
        sa.Column("rating", sa.Float(), nullable=True),
        sa.Column("liked", sa.Boolean(), nullable=False),
        sa.Column("rewatch", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name=op.f("fk_diary_entries_film_id_films"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_diary_entries_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary_entries")),
        sa.UniqueConstraint("guid", name=op.f("uq_diary_entries_guid")),
    )
    with op.batch_alter_table("diary_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_diary_entries_film_id"), ["film_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_diary_entries_member_id"), ["member_id"], unique=False)

    op.create_table(
        "digests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("refresh_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["refresh_id"], ["refreshes.id"], name=op.f("fk_digests_refresh_id_refreshes"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
    )
    with op.batch_alter_table("digests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_digests_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_digests_refresh_id"), ["refresh_id"], unique=False)

    op.create_table(
        "ratings",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Float(), nullable=True),
        sa.Column("liked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("favorite", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("watched_on", sa.Date(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provenance", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["film_id"], ["films.id"], name=op.f("fk_ratings_film_id_films"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_ratings_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "film_id", name=op.f("pk_ratings")),
    )
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ratings_film_id"), ["film_id"], unique=False)

    op.create_table(
        "services",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_services_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_services_provider_id_providers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "country", "provider_id", name=op.f("pk_services")),
    )
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_services_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("target_name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name=op.f("fk_deliveries_digest_id_digests"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("digest_id", "target", name=op.f("uq_deliveries_digest_id_target")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliveries_status"), ["status"], unique=False)

    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        batch_op.create_index(batch_op.f("ix_availability_film_id"), ["film_id"], unique=False)
        batch_op.drop_index("ix_availability_provider_id_country")
        batch_op.create_index(
            "ix_availability_provider_id_country_offer_closed_at",
            ["provider_id", "country", "offer", "closed_at"],
            unique=False,
        )

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settles_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("weighed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("digest_id", sa.Integer(), nullable=True))

    op.execute("UPDATE events SET settles_at = at, weighed_at = at")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.alter_column("settles_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.create_index(batch_op.f("ix_events_digest_id"), ["digest_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_settles_at"), ["settles_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_weighed_at"), ["weighed_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_events_digest_id_digests"), "digests", ["digest_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("film_matches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("evidence", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("proof_tried_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("source_states", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_modified", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("selector", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("sample_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("refresh_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("refresh_items", schema=None) as batch_op:
        batch_op.drop_column("source")

    with op.batch_alter_table("source_states", schema=None) as batch_op:
        batch_op.drop_column("sample_at")
        batch_op.drop_column("selector")
        batch_op.drop_column("last_modified")

    with op.batch_alter_table("film_matches", schema=None) as batch_op:
        batch_op.drop_column("proof_tried_at")
        batch_op.drop_column("evidence")

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_events_digest_id_digests"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_events_weighed_at"))
        batch_op.drop_index(batch_op.f("ix_events_settles_at"))
        batch_op.drop_index(batch_op.f("ix_events_digest_id"))
        batch_op.drop_column("digest_id")
        batch_op.drop_column("weighed_at")
        batch_op.drop_column("settles_at")

    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.drop_index("ix_availability_provider_id_country_offer_closed_at")
        batch_op.create_index("ix_availability_provider_id_country", ["provider_id", "country"], unique=False)
        batch_op.drop_index(batch_op.f("ix_availability_film_id"))
        batch_op.drop_column("withdrawn")
        batch_op.drop_column("last_seen_at")

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_status"))

    op.drop_table("deliveries")
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_services_provider_id"))

    op.drop_table("services")
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ratings_film_id"))

    op.drop_table("ratings")
    with op.batch_alter_table("digests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_digests_refresh_id"))
        batch_op.drop_index(batch_op.f("ix_digests_created_at"))

    op.drop_table("digests")
    with op.batch_alter_table("diary_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_diary_entries_member_id"))
        batch_op.drop_index(batch_op.f("ix_diary_entries_film_id"))

    op.drop_table("diary_entries")
    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_corrections_film_id"))
        batch_op.drop_index(batch_op.f("ix_corrections_at"))

    op.drop_table("corrections")
    with op.batch_alter_table("housekeeping", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_housekeeping_started_at"))

    op.drop_table("proof_days")
    op.drop_table("housekeeping")
    op.drop_table("decisions")
