"""Watching a run of work until it ends: a moving line on a terminal, else a line for each stage, on stderr."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from api.cli.client import Api, Away, Reply
from api.cli.exits import LEFT, CommandError
from api.cli.output import say

Run = TypeVar("Run")

LOOK_EVERY = 0.5
PATIENCE_SECONDS = 60.0


class Progress(NamedTuple):
    """How far a run is; `total` is None while that is not known, and `left` says how long it may take."""

    stage: str
    done: int
    total: int | None
    left: str
    over: bool


Show = Callable[[Progress], None]


class WalkedAway(CommandError):
    """Ctrl-C while watching: the run itself was not asked to end."""

    code = "walked_away"
    exit_code = LEFT


def watch(api: Api, path: str, shape: type[Run], progress: Callable[[Run], Progress], farewell: str) -> Reply:
    """The run at this path as it ended.

    An API that goes away comes back perhaps: that is borne for a while. Ctrl-C raises WalkedAway with `farewell`.
    """
    try:
        with _display() as show:
            while True:
                reply = _patiently(api, path)
                now = progress(reply.read(shape))
                show(now)
                if now.over:
                    return reply
                time.sleep(LOOK_EVERY)
    except KeyboardInterrupt:
        raise WalkedAway(farewell) from None


def _patiently(api: Api, path: str) -> Reply:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return api.ask("GET", path)
        except Away:
            if time.monotonic() > deadline:
                raise
            time.sleep(LOOK_EVERY)


@contextmanager
def _display() -> Iterator[Show]:
    from rich.console import Console

    console = Console(stderr=True)
    if not sys.stderr.isatty() or console.is_dumb_terminal:
        yield _lines()
        return
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(30))
    with Bar(*columns, TextColumn("{task.fields[tale]}", markup=False), console=console, transient=True) as bar:
        task = bar.add_task("", visible=False, total=None, tale="")

        def show(now: Progress) -> None:
            tale = now.total and ", ".join(filter(None, [f"{now.done} of {now.total}", now.left]))
            bar.update(task, visible=True, description=now.stage, completed=now.done, total=now.total, tale=tale or "")

        yield show


def _lines() -> Show:
    told: list[str] = []

    def show(now: Progress) -> None:
        if now.stage not in told and not now.over:
            told.append(now.stage)
            say(f"{now.stage} …")

    return show
