"""What every table is made with: the metadata with its naming convention, ids and references."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def reference(
    name: str, target: str, *, primary_key: bool = False, nullable: bool = False, index: bool = False
) -> Column[int]:
    return Column(name, ForeignKey(target, ondelete="CASCADE"), primary_key=primary_key, nullable=nullable, index=index)
