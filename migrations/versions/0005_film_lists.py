"""People by their folded names, and indexes for what lists of films are asked for."""

import sqlalchemy as sa
from alembic import op

from api.db.text import fold

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("people") as batch_op:
        batch_op.add_column(sa.Column("search_name", sa.String(), nullable=True))
    people = sa.table("people", sa.column("id"), sa.column("name"), sa.column("search_name"))
    connection = op.get_bind()
    named = [{"person": row.id, "folded": fold(row.name)} for row in connection.execute(sa.select(people))]
    if named:
        update = people.update().where(people.c.id == sa.bindparam("person"))
        connection.execute(update.values(search_name=sa.bindparam("folded")), named)
    op.create_index("ix_people_search_name", "people", ["search_name"])
    op.create_index(
        "ix_availability_open",
        "availability",
        ["country", "provider_id", "offer", "film_id", "opened_at"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_availability_open", "availability")
    op.drop_index("ix_people_search_name", "people")
    with op.batch_alter_table("people") as batch_op:
        batch_op.drop_column("search_name")
