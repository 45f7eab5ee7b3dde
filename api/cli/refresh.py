"""`marquee refresh`: have members read again, and watch how far that is."""

from typing import Any, get_args

import click

from api.cli.client import Api, Reply
from api.cli.exits import BY_END, ClientCommand
from api.cli.member_names import member_option
from api.cli.output import json_option, print_json, printable, say
from api.cli.watching import Progress, watch
from api.schemas.members import MemberSource
from api.schemas.refreshes import Refresh, RefreshFailure

STAGES = {"queued": "Waiting for the worker", "reading": "Reading", "enriching": "Looking films up", "finished": "Done"}
ENDS = {
    "succeeded": "is done",
    "partial": "is done, but not all of it worked",
    "failed": "failed",
    "cancelled": "was cancelled",
}
COUNTS = {
    "found": "on watchlists",
    "added": "added",
    "removed": "removed",
    "review": "with a question",
    "not_found": "not on TMDB",
    "arrived": "arrived",
    "left": "left",
}
REASONS = 10
NAMED = 5
MINUTE = 60


@click.command(cls=ClientCommand)
@member_option
@click.option(
    "--source",
    "sources",
    type=click.Choice(get_args(MemberSource)),
    multiple=True,
    help="Read only this; can be given again.",
)
@click.option(
    "--force", is_flag=True, help="Ask also where Letterboxd turned Marquee away, and read lists to their end."
)
@click.option("--run", "number", type=click.IntRange(1), metavar="NUMBER", help="Show this one; none is started.")
@click.option("--watch", "watching", is_flag=True, help="Wait for the end, and say how it ended.")
@json_option
@click.pass_context
def refresh(
    ctx: click.Context,
    members: tuple[str, ...],
    sources: tuple[str, ...],
    force: bool,
    number: int | None,
    watching: bool,
    as_json: bool,
) -> None:
    """Read members again: all of them and everything, unless some are named.

    Where that is going on already, it says so and watches that. Ctrl-C ends the watching only.
    """
    if number is not None and (members or sources or force):
        raise click.UsageError("--run names a refresh that has begun; it goes with --watch and --json only.")
    with Api() as api:
        reply = api.ask("GET", f"/refreshes/{number}") if number else _begin(api, members, sources, force=force)
        ctx.exit(conclude(api, reply, watching=watching, as_json=as_json))


def conclude(api: Api, reply: Reply, *, watching: bool, as_json: bool) -> int:
    """Watch a run where that is wanted, print it, and give the exit code."""
    run = reply.read(Refresh)
    if watching:
        farewell = f"Refresh {run.id} goes on. {_how_to_watch(run)}"
        reply = watch(api, f"/refreshes/{run.id}", Refresh, progress, farewell)
        run = reply.read(Refresh)
    if as_json:
        print_json(reply.body)
    elif run.finished_at:
        _tell_end(run)
    else:
        click.echo(f"Refresh {run.id} reads {_listed(run.members)}. {_how_to_watch(run)}")
    return BY_END.get(run.status, 0)


def _begin(api: Api, members: tuple[str, ...], sources: tuple[str, ...], *, force: bool) -> Reply:
    """Ask for a refresh; says what is not as it was asked for."""
    order: dict[str, Any] = {"force": force}
    if members:
        order["members"] = list(dict.fromkeys(members))
    if sources:
        order["sources"] = list(dict.fromkeys(sources))
    reply = api.ask("POST", "/refreshes", body=order)
    run = reply.read(Refresh)
    if run.already_running:
        reads = f" ({', '.join(run.sources)} only)" if run.sources else ""
        say(f"A refresh of {_listed(run.members)} is running already{reads}; no other one was started.")
    elif busy := [name for name in dict.fromkeys(members) if name not in run.members]:
        say(f"Left out, since another refresh reads them already: {_listed(busy)}.")
    return reply


def progress(run: Refresh) -> Progress:
    left = "" if run.eta_seconds is None else f"{_duration(run.eta_seconds)} left"
    return Progress(STAGES[run.stage], run.done, run.total or None, left, over=run.finished_at is not None)


def _how_to_watch(run: Refresh) -> str:
    return f"To watch it: marquee refresh --run {run.id} --watch"


def _tell_end(run: Refresh) -> None:
    counts = ", ".join(f"{count} {words}" for name, words in COUNTS.items() if (count := getattr(run.counts, name)))
    click.echo(f"Refresh {run.id} of {_listed(run.members)} {ENDS[run.status]}{counts and f': {counts}'}.")
    said = run.error and run.error.message
    if said:
        say(printable(said))
    lines = _by_reason([failure for failure in run.failures if failure.message != said])
    for line in lines[:REASONS]:
        say("  " + printable(line))
    if len(lines) > REASONS or run.failures_total > len(run.failures):
        say(f"  … and more: marquee refresh --run {run.id} --json")


def _by_reason(failures: list[RefreshFailure]) -> list[str]:
    """A line for each reason, with what failed for it."""
    found: dict[tuple[str | None, str], list[str]] = {}
    for each in failures:
        what = each.title or each.slug or each.source or each.stage
        found.setdefault((each.member, each.message), []).append(what)
    return [": ".join(filter(None, [member, _shortened(names), reason])) for (member, reason), names in found.items()]


def _shortened(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _listed(names: list[str]) -> str:
    return " and ".join([*([", ".join(names[:-1])] if names[1:] else []), *names[-1:]]) or "nobody"


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 2 * MINUTE else f"{-(-seconds // MINUTE)} min"
