"""Items of a list as rows of a table, and those as CSV (RFC 4180): pure functions.

A field that is an object becomes a column for each of its fields (`film.title`). A list becomes one cell, its items
separated by `; `: offers in words, as in `MUBI (flatrate, GB)`, other objects as JSON.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import inspect

Cell = str | int | float
Row = dict[str, Any]

SEPARATOR = "; "
FORMULAS = frozenset("=+-@\t\r\n\0＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula, or does not show before one."""


class Column(msgspec.Struct, frozen=True):
    """A column of a table, and the way to its value in an item."""

    name: str
    way: tuple[str, ...]


def columns_of(item: inspect.Type) -> list[Column]:
    """The columns of a type of items; none where it has no fields of its own."""
    return list(_columns(item, ()))


def columns_in(columns: Sequence[Column], fields: Iterable[str]) -> list[Column]:
    """The columns of these fields of an item, in their order, all where none is named."""
    named = list(fields)
    if not named:
        return list(columns)
    known = columns or [Column(name, (name,)) for name in named]
    return [column for name in named for column in known if column.way[0] == name]


def as_csv(rows: Iterable[Sequence[Cell]], *, raw: bool) -> str:
    """These rows; unless `raw`, no text among them is taken for a formula by a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows(rows if raw else ([_harmless(cell) for cell in row] for row in rows))
    return text.getvalue()


def cells(item: Row, columns: Iterable[Column]) -> list[Cell]:
    return [_cell(_value(item, column.way)) for column in columns]


def _columns(kind: inspect.Type, way: tuple[str, ...]) -> Iterator[Column]:
    struct = next((each for each in _alternatives(kind) if isinstance(each, inspect.StructType)), None)
    if struct is None:
        if way:
            yield Column(".".join(way), way)
        return
    for field in struct.fields:
        yield from _columns(field.type, (*way, field.encode_name))


def _alternatives(kind: inspect.Type) -> Sequence[inspect.Type]:
    if isinstance(kind, inspect.Metadata):
        return _alternatives(kind.type)
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def _value(item: Any, way: Iterable[str]) -> Any:
    for name in way:
        item = item.get(name) if isinstance(item, dict) else None
    return item


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, list):
        return SEPARATOR.join(_in_words(each) for each in value)
    return "" if value is None else _in_words(value)


def _in_words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and {"provider", "offer", "country"} <= value.keys():
        return f"{value['provider']} ({value['offer']}, {value['country']})"
    return msgspec.json.encode(value).decode()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULAS else cell
