"""The state of the data as a number."""

from sqlalchemy import Column, Integer, Table

from api.db.tables.base import metadata

data_version = Table(
    "data_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
"""One row, with id 1; every write raises its version."""
