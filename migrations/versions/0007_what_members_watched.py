"""What members watched, liked and love most, which sources a run reads, and who was added beside the settings."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "favorites",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_favorites_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["film_id"], ["films.id"], name=op.f("fk_favorites_film_id_films"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "film_id", name=op.f("pk_favorites")),
    )
    with op.batch_alter_table("favorites", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_favorites_film_id"), ["film_id"], unique=False)

    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("watched", sa.Boolean(), server_default=sa.text("true"), nullable=False))

    with op.batch_alter_table("source_states", schema=None) as batch_op:
        batch_op.add_column(sa.Column("full_read_at", TIME, nullable=True))

    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("added_at", TIME, nullable=True))

    with op.batch_alter_table("refreshes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sources", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("refreshes", schema=None) as batch_op:
        batch_op.drop_column("sources")

    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_column("added_at")

    with op.batch_alter_table("source_states", schema=None) as batch_op:
        batch_op.drop_column("full_read_at")

    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.drop_column("watched")

    op.drop_table("favorites")
