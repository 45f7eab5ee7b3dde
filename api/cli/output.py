"""What the commands print: tables on a terminal, tab-separated lines elsewhere, or the API's own JSON.

The answer goes to stdout; `say` is for everything else. rich is loaded where it draws.
"""

import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from api.settings import load_some

Value = str | int | float | date | None

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
"""What moves the cursor, colours, or turns the direction of a terminal: names on Letterboxd may hold anything."""

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the API's own answer (JSON) and nothing else."
)


def print_json(body: bytes) -> None:
    click.echo(body.rstrip(b"\n"))


def say(text: str) -> None:
    """Something beside the answer, on stderr."""
    click.echo(text, err=True)


def print_table(headings: Sequence[str], rows: Sequence[Sequence[Value]], *, empty: str) -> None:
    """Without rows a terminal gets the words `empty`; what is no terminal gets neither these nor headings."""
    if not on_terminal():
        for row in rows:
            click.echo("\t".join(_plain(value) for value in row))
    elif not rows:
        click.echo(empty)
    else:
        _draw(_table(headings, rows))


def print_facts(facts: Sequence[tuple[str, Value]]) -> None:
    """Names with their values, one a line; a terminal is not shown what is not known."""
    if not on_terminal():
        print_table([], facts, empty="")
        return
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts:
        if value is not None:
            grid.add_row(name, _text(value))
    _draw(grid)


def on_terminal() -> bool:
    return sys.stdout.isatty()


def printable(text: str) -> str:
    return UNPRINTABLE.sub(" ", text).strip()


def spoken(moment: datetime) -> str:
    """`moment` in REFRESH_TIMEZONE, as "2026-11-20 18:40 UTC"."""
    zone = load_some(["REFRESH_TIMEZONE"], os.environ).refresh_timezone
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"


def _table(headings: Sequence[str], rows: Sequence[Sequence[Value]]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, heading in enumerate(headings):
        kind = next((type(row[number]) for row in rows if row[number] is not None), str)
        table.add_column(heading, justify="right" if kind in (int, float) else "left", no_wrap=kind is not str)
    for row in rows:
        table.add_row(*(_text(value) for value in row))
    return table


def _draw(renderable: Any) -> None:
    from rich.console import Console

    Console(file=sys.stdout, highlight=False, markup=False, emoji=False).print(renderable)


def _text(value: Value) -> Any:
    """Of what is not known, a dash; text is never taken for markup."""
    from rich.text import Text

    if isinstance(value, datetime):
        return Text(spoken(value))
    return Text("–" if value is None else printable(str(value)), overflow="fold")


def _plain(value: Value) -> str:
    """Of what is not known, nothing."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return "" if value is None else printable(str(value))
