"""Queries that are asked all the time: put together and compiled once for each shape, then only given their values.

A query of a list has some dozen parts, each of which is there or not as the caller asks. To put it together, and to
have SQLAlchemy find what it made of it before, takes longer than SQLite takes to answer. So which parts a query has is
told by its *shape*, which is small and hashable, and every value comes in by the name of a parameter.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Boolean, ColumnElement, Dialect, Select, Text, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

from api.db.connection import Connection
from api.db.reader import Reader

Shape = TypeVar("Shape", bound=Hashable)
Build = Callable[[Shape], Select[Any]]
Row = Sequence[Any]
Convert = Callable[[Any], Any]

SHAPES = 1024
"""How many shapes of all queries stay compiled; those asked last do."""
SQLITE: Dialect = sqlite.dialect(paramstyle="named")


async def rows(
    db: Connection, build: Build[Shape], shape: Shape, values: Mapping[str, Any], *, aside: bool = False
) -> Sequence[Row]:
    """The rows of the query that `build` makes for this shape; values that it has no parameter for do not matter.

    `build` is a function of a module and looks at nothing but the shape: what it makes is kept. A query that looks
    at everything runs `aside`, so that nobody else waits for it.
    """
    if isinstance(db, Reader):
        query = _compiled(build, shape)
        bound = query.bind(values)
        return query.convert(await db.fetch_aside(query.text, bound) if aside else db.fetch(query.text, bound))
    found: Sequence[Row] = (await db.execute(_built(build, shape), dict(values))).all()
    return found


async def value(db: Connection, build: Build[Shape], shape: Shape, values: Mapping[str, Any]) -> Any:
    """The only value of the only row."""
    [[found]] = await rows(db, build, shape, values)
    return found


class Query:
    """A query in SQLite's words, with what makes values of ours SQLite's, and the other way round."""

    def __init__(self, statement: Select[Any]) -> None:
        compiled = statement.compile(dialect=SQLITE)
        self.text = str(compiled)
        given = {bound.key: bound.type for bound in compiled.binds.values() if bound.required}
        self._bind = {name: bind for name, kind in given.items() if (bind := _to_sqlite(kind))}
        self._names = tuple(given)
        fixed = {name: bound for name, bound in compiled.binds.items() if not bound.required}
        self._fixed = {name: _same_or(_to_sqlite(bound.type))(bound.effective_value) for name, bound in fixed.items()}
        types = (column.type for column in statement.selected_columns)
        self._convert = [(place, convert) for place, kind in enumerate(types) if (convert := _from_sqlite(kind))]

    def bind(self, values: Mapping[str, Any]) -> dict[str, Any]:
        bound = self._fixed | {name: values[name] for name in self._names}
        for name, convert in self._bind.items():
            bound[name] = convert(bound[name])
        return bound

    def convert(self, found: list[tuple[Any, ...]]) -> Sequence[Row]:
        if not self._convert:
            return found
        converted = [list(row) for row in found]
        for place, convert in self._convert:
            for row in converted:
                row[place] = convert(row[place])
        return converted


class Many(TypeDecorator[Iterable[Any]]):
    """Several values in one parameter: JSON on SQLite, an array on PostgreSQL."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if dialect.name == "sqlite" else ARRAY(self.item)

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        items = list(value or ())
        return msgspec.json.encode(items).decode() if dialect.name == "sqlite" else items


class among(ColumnElement[bool]):
    """Whether a column holds one of the values of a parameter; how many they are is not part of the shape."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.values = bindparam(name, type_=Many(column.type))


@compiles(among)
def _among(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.values, **options)
    if compiler.dialect.name == "sqlite":
        return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608  both are SQL
    return f"{column} = ANY ({values})"


@lru_cache(maxsize=SHAPES)
def _built(build: Build[Any], shape: Hashable) -> Select[Any]:
    return build(shape)


@lru_cache(maxsize=SHAPES)
def _compiled(build: Build[Any], shape: Hashable) -> Query:
    return Query(build(shape))


def _to_sqlite(kind: TypeEngine[Any]) -> Convert | None:
    return kind.dialect_impl(SQLITE).bind_processor(SQLITE)


def _from_sqlite(kind: TypeEngine[Any]) -> Convert | None:
    return kind.dialect_impl(SQLITE).result_processor(SQLITE, None)


def _same_or(convert: Convert | None) -> Convert:
    return convert or (lambda value: value)
