"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "countries",
        sa.Column("code", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_countries")),
    )
    op.create_table(
        "films",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lid", sa.String(), nullable=True),
        sa.Column("letterboxd_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("sort_title", sa.String(), nullable=False),
        sa.Column("search_title", sa.String(), nullable=False),
        sa.Column("original_title", sa.String(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("release_date", sa.Date(), nullable=True),
        sa.Column("runtime_minutes", sa.Integer(), nullable=True),
        sa.Column("overview", sa.Text(), nullable=True),
        sa.Column("poster_path", sa.String(), nullable=True),
        sa.Column("original_language", sa.String(), nullable=True),
        sa.Column("tmdb_rating", sa.Float(), nullable=True),
        sa.Column("tmdb_votes", sa.Integer(), nullable=True),
        sa.Column("tmdb_popularity", sa.Float(), nullable=True),
        sa.Column("letterboxd_average", sa.Float(), nullable=True),
        sa.Column("letterboxd_ratings", sa.Integer(), nullable=True),
        sa.Column("letterboxd_fans", sa.Integer(), nullable=True),
        sa.Column("details_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_films")),
        sa.UniqueConstraint("letterboxd_id", name=op.f("uq_films_letterboxd_id")),
        sa.UniqueConstraint("lid", name=op.f("uq_films_lid")),
        sa.UniqueConstraint("slug", name=op.f("uq_films_slug")),
    )
    with op.batch_alter_table("films", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_films_sort_title"), ["sort_title"], unique=False)
        batch_op.create_index(batch_op.f("ix_films_year"), ["year"], unique=False)

    op.create_table(
        "genres",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_genres")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=True),
        sa.Column("bio", sa.Text(), nullable=True),
        sa.Column("avatar_url", sa.String(), nullable=True),
        sa.Column("films_watched", sa.Integer(), nullable=True),
        sa.Column("lists", sa.Integer(), nullable=True),
        sa.Column("following", sa.Integer(), nullable=True),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.Column("last_full_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_incremental_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("username", name=op.f("uq_members_username")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("profile_path", sa.String(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_table(
        "providers",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("logo_path", sa.String(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_providers")),
    )
    op.create_table(
        "refreshes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("force", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("eta_seconds", sa.Integer(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refreshes")),
    )
    with op.batch_alter_table("refreshes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refreshes_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_refreshes_status"), ["status"], unique=False)

    op.create_table(
        "availability",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name=op.f("fk_availability_film_id_films"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_availability_provider_id_providers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
    )
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.create_index("ix_availability_provider_id_country", ["provider_id", "country"], unique=False)
        batch_op.create_index(
            "uq_availability_open",
            ["film_id", "country", "provider_id", "offer"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "availability_checks",
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name=op.f("fk_availability_checks_film_id_films"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("film_id", "country", name=op.f("pk_availability_checks")),
    )
    op.create_table(
        "checkpoints",
        sa.Column("refresh_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_checkpoints_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["refresh_id"], ["refreshes.id"], name=op.f("fk_checkpoints_refresh_id_refreshes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("refresh_id", "member_id", "source", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "film_countries",
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["country"], ["countries.code"], name=op.f("fk_film_countries_country_countries"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name=op.f("fk_film_countries_film_id_films"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("film_id", "country", name=op.f("pk_film_countries")),
    )
    op.create_table(
        "film_genres",
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("genre_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name=op.f("fk_film_genres_film_id_films"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["genre_id"], ["genres.id"], name=op.f("fk_film_genres_genre_id_genres"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("film_id", "genre_id", name=op.f("pk_film_genres")),
    )
    with op.batch_alter_table("film_genres", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_film_genres_genre_id"), ["genre_id"], unique=False)

    op.create_table(
        "film_matches",
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("imdb_id", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("confidence", sa.String(), nullable=True),
        sa.Column("candidates", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("locked", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name=op.f("fk_film_matches_film_id_films"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("film_id", name=op.f("pk_film_matches")),
    )
    with op.batch_alter_table("film_matches", schema=None) as batch_op:
        batch_op.create_index("ix_film_matches_media_type_tmdb_id", ["media_type", "tmdb_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_film_matches_state"), ["state"], unique=False)

    op.create_table(
        "film_people",
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("character", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name=op.f("fk_film_people_film_id_films"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_film_people_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("film_id", "person_id", "role", name=op.f("pk_film_people")),
    )
    with op.batch_alter_table("film_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_film_people_person_id"), ["person_id"], unique=False)

    op.create_table(
        "refresh_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("refresh_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("film_id", sa.Integer(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name=op.f("fk_refresh_items_film_id_films"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_refresh_items_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["refresh_id"], ["refreshes.id"], name=op.f("fk_refresh_items_refresh_id_refreshes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_items")),
    )
    with op.batch_alter_table("refresh_items", schema=None) as batch_op:
        batch_op.create_index("ix_refresh_items_refresh_id", ["refresh_id"], unique=False)

    op.create_table(
        "refresh_members",
        sa.Column("refresh_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_refresh_members_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["refresh_id"], ["refreshes.id"], name=op.f("fk_refresh_members_refresh_id_refreshes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("refresh_id", "member_id", name=op.f("pk_refresh_members")),
    )
    with op.batch_alter_table("refresh_members", schema=None) as batch_op:
        batch_op.create_index(
            "uq_refresh_members_active",
            ["member_id", "kind"],
            unique=True,
            sqlite_where=sa.text("active"),
            postgresql_where=sa.text("active"),
        )

    op.create_table(
        "source_states",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("good_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("got", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("sample", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_source_states_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_states")),
        sa.UniqueConstraint("member_id", "source", name=op.f("uq_source_states_member_id_source")),
    )
    op.create_table(
        "watchlist_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provenance", sa.String(), nullable=False),
        sa.Column("added_refresh_id", sa.Integer(), nullable=True),
        sa.Column("removed_refresh_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_refresh_id"],
            ["refreshes.id"],
            name=op.f("fk_watchlist_entries_added_refresh_id_refreshes"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name=op.f("fk_watchlist_entries_film_id_films"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_watchlist_entries_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["removed_refresh_id"],
            ["refreshes.id"],
            name=op.f("fk_watchlist_entries_removed_refresh_id_refreshes"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watchlist_entries")),
        sa.UniqueConstraint("member_id", "film_id", name=op.f("uq_watchlist_entries_member_id_film_id")),
    )
    with op.batch_alter_table("watchlist_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watchlist_entries_added_refresh_id"), ["added_refresh_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_watchlist_entries_film_id"), ["film_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_watchlist_entries_removed_refresh_id"), ["removed_refresh_id"], unique=False
        )

    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("availability_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refresh_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["availability_id"],
            ["availability.id"],
            name=op.f("fk_events_availability_id_availability"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["refresh_id"], ["refreshes.id"], name=op.f("fk_events_refresh_id_refreshes"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_availability_id"), ["availability_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_refresh_id"), ["refresh_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_refresh_id"))
        batch_op.drop_index(batch_op.f("ix_events_availability_id"))
        batch_op.drop_index(batch_op.f("ix_events_at"))

    op.drop_table("events")
    with op.batch_alter_table("watchlist_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watchlist_entries_removed_refresh_id"))
        batch_op.drop_index(batch_op.f("ix_watchlist_entries_film_id"))
        batch_op.drop_index(batch_op.f("ix_watchlist_entries_added_refresh_id"))

    op.drop_table("watchlist_entries")
    op.drop_table("source_states")
    with op.batch_alter_table("refresh_members", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_refresh_members_active", sqlite_where=sa.text("active"), postgresql_where=sa.text("active")
        )

    op.drop_table("refresh_members")
    with op.batch_alter_table("refresh_items", schema=None) as batch_op:
        batch_op.drop_index("ix_refresh_items_refresh_id")

    op.drop_table("refresh_items")
    with op.batch_alter_table("film_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_film_people_person_id"))

    op.drop_table("film_people")
    with op.batch_alter_table("film_matches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_film_matches_state"))
        batch_op.drop_index("ix_film_matches_media_type_tmdb_id")

    op.drop_table("film_matches")
    with op.batch_alter_table("film_genres", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_film_genres_genre_id"))

    op.drop_table("film_genres")
    op.drop_table("film_countries")
    op.drop_table("checkpoints")
    op.drop_table("availability_checks")
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_availability_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_availability_provider_id_country")

    op.drop_table("availability")
    with op.batch_alter_table("refreshes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refreshes_status"))
        batch_op.drop_index(batch_op.f("ix_refreshes_created_at"))

    op.drop_table("refreshes")
    op.drop_table("providers")
    op.drop_table("people")
    op.drop_table("members")
    op.drop_table("genres")
    with op.batch_alter_table("films", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_films_year"))
        batch_op.drop_index(batch_op.f("ix_films_sort_title"))

    op.drop_table("films")
    op.drop_table("countries")
