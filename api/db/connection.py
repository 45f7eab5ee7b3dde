"""What every query is given: a transaction that it can be executed in.

It is SQLAlchemy's own connection, or, where an SQLite file is only read, a `Reader`.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, TypeVarTuple, overload

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import Dialect, Executable
from sqlalchemy.engine import CursorResult
from sqlalchemy.sql.selectable import TypedReturnsRows

Columns = TypeVarTuple("Columns")
Result = TypeVar("Result")


class Connection(Protocol):
    """A transaction: its end is for whoever opened it."""

    @property
    def dialect(self) -> Dialect: ...

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Columns], parameters: Any = None
    ) -> CursorResult[*Columns]: ...

    @overload
    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]: ...

    async def run_sync(self, fn: Callable[[SyncConnection], Result]) -> Result: ...
