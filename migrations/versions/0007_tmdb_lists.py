"""Lists on TMDB, the runs that keep them in step, and the account that they are of."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "tmdb_account",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("access_token", sa.Text(), nullable=True),
        sa.Column("connected_at", TIME, nullable=True),
        sa.Column("request_token", sa.Text(), nullable=True),
        sa.Column("request_expires_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tmdb_account")),
    )
    op.create_table(
        "tmdb_syncs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("held_by", sa.String(), nullable=True),
        sa.Column("held_until", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tmdb_syncs")),
    )
    with op.batch_alter_table("tmdb_syncs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tmdb_syncs_state"), ["state"], unique=False)

    op.create_table(
        "tmdb_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("query", sa.Text(), nullable=True),
        sa.Column("filters", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("sort_by", sa.String(), nullable=False),
        sa.Column("sort_order", sa.String(), nullable=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("details_due", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("not_matched", sa.JSON(), nullable=False),
        sa.Column("seen_updated_at", sa.String(), nullable=True),
        sa.Column("read_at", TIME, nullable=True),
        sa.Column("last_synced_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_tmdb_lists_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tmdb_lists")),
        sa.UniqueConstraint("member_id", "kind", "name", name=op.f("uq_tmdb_lists_member_id_kind_name")),
    )
    op.create_table(
        "tmdb_sync_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sync_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("query", sa.Text(), nullable=True),
        sa.Column("filters", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("sort_by", sa.String(), nullable=False),
        sa.Column("sort_order", sa.String(), nullable=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["tmdb_lists.id"], name=op.f("fk_tmdb_sync_lists_list_id_tmdb_lists"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_tmdb_sync_lists_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sync_id"], ["tmdb_syncs.id"], name=op.f("fk_tmdb_sync_lists_sync_id_tmdb_syncs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tmdb_sync_lists")),
    )
    with op.batch_alter_table("tmdb_sync_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tmdb_sync_lists_list_id"), ["list_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tmdb_sync_lists_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tmdb_sync_lists_sync_id"), ["sync_id"], unique=False)


def downgrade() -> None:
    op.drop_table("tmdb_sync_lists")
    op.drop_table("tmdb_lists")
    op.drop_table("tmdb_syncs")
    op.drop_table("tmdb_account")
