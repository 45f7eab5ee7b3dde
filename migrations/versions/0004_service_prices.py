"""What services cost in a month."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_prices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("brand", sa.String(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("thousandths", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["providers.id"],
            name=op.f("fk_service_prices_provider_id_providers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_prices")),
        sa.UniqueConstraint("country", "brand", name="uq_service_prices_country_brand"),
        sa.UniqueConstraint("country", "provider_id", name="uq_service_prices_country_provider_id"),
    )
    op.create_index(op.f("ix_service_prices_provider_id"), "service_prices", ["provider_id"])


def downgrade() -> None:
    op.drop_table("service_prices")
