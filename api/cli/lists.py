"""`marquee lists`: lists on TMDB that follow what members love or want to see."""

from typing import Any, get_args

import click

from api.cli.client import Api, Reply
from api.cli.exits import BY_END, ClientGroup
from api.cli.list_shapes import ListKind, Sync, SyncedList, SyncMode, TmdbList
from api.cli.member_names import member_option
from api.cli.output import json_option, print_json, print_table, printable, say
from api.cli.watching import Progress, watch
from api.schemas.pages import Page

STAGES = {"queued": "Waiting for the worker", "running": "Syncing"}
ENDS = {"succeeded": "is done", "partial": "is done, but not all of it worked", "failed": "failed"}


@click.group(cls=ClientGroup)
def lists() -> None:
    """Keep lists on TMDB in step with members.

    Needs TMDB_SYNC_ENABLED and a TMDB token in the settings of the Marquee that is asked.
    """


@lists.command()
@member_option
@click.option("--kind", type=click.Choice(get_args(ListKind)), help="What goes on the lists.")
@click.option("--mode", type=click.Choice(get_args(SyncMode)), help="Make the lists equal, or only add to them.")
@click.option("--limit", type=click.IntRange(1, 1000), help="At most so many films on a list.")
@click.option("--dry-run", is_flag=True, help="Change nothing, and say what would change.")
@click.option("--watch/--no-watch", "watching", default=True, show_default=True, help="Wait for the end.")
@json_option
@click.pass_context
def sync(
    ctx: click.Context,
    members: tuple[str, ...],
    kind: str | None,
    mode: str | None,
    limit: int | None,
    dry_run: bool,
    watching: bool,
    as_json: bool,
) -> None:
    """Bring the lists on TMDB in step: those of all members, unless some are named."""
    order = {"members": list(dict.fromkeys(members)) or None, "kind": kind, "mode": mode, "limit": limit}
    given: dict[str, Any] = {name: value for name, value in order.items() if value is not None}
    with Api() as api:
        reply = api.ask("POST", "/tmdb-lists/sync", body={**given, "dry_run": dry_run})
        ctx.exit(_conclude(api, reply, watching=watching, as_json=as_json))


@lists.command()
@json_option
def show(as_json: bool) -> None:
    """Show the lists on TMDB, and when they were last in step."""
    with Api() as api:
        reply = api.whole_list("/tmdb-lists", {})
    if as_json:
        print_json(reply.body)
        return
    rows = [
        (each.member, each.name, each.items, each.state, each.last_synced_at, each.url or each.message)
        for each in reply.read(Page[TmdbList]).items
    ]
    print_table(
        ["Member", "List", "Films", "State", "In step", "Where"], rows, empty="There is no list on TMDB so far."
    )


def progress(run: Sync) -> Progress:
    stage = STAGES.get(run.state, "Done")
    return Progress(stage, run.done, run.total or None, "", over=run.finished_at is not None)


def _conclude(api: Api, reply: Reply, *, watching: bool, as_json: bool) -> int:
    """Watch a sync that has begun where that is wanted, print it, and give the exit code."""
    run = reply.read(Sync)
    if watching:
        farewell = f"Sync {run.id} goes on; `marquee lists show` says what became of it."
        reply = watch(api, f"/tmdb-lists/syncs/{run.id}", Sync, progress, farewell)
        run = reply.read(Sync)
    elif not as_json:
        click.echo(f"Sync {run.id} has begun. What became of it: marquee lists show")
    if as_json:
        print_json(reply.body)
    elif watching:
        _tell(run)
    return BY_END.get(run.state, 0)


def _tell(run: Sync) -> None:
    """What was done, or would be; what went wrong goes to stderr."""
    for each in run.lists:
        click.echo(printable(_summary(each, dry_run=run.dry_run)))
        if run.dry_run:
            _tell_changes(each)
        for film in each.not_matched:
            say("  " + printable(f"? {film.title}: no title on TMDB is known for it ({film.slug})"))
        for failed in each.failed:
            say("  " + printable(f"! {failed.title}: {failed.message}"))
        if each.message:
            say("  " + printable(each.message))
    click.echo(f"{'The dry run' if run.dry_run else f'Sync {run.id}'} {ENDS.get(run.state, run.state)}.")


def _summary(each: SyncedList, *, dry_run: bool) -> str:
    counts = f"{each.added} added, {each.removed} removed, {each.kept} kept"
    if dry_run:
        counts = f"would add {each.added}, remove {each.removed} and keep {each.kept}"
    order = (", and change the order" if dry_run else ", in another order") if each.reordered else ""
    return f"{each.member}: {each.name}: {counts}{order}{f'  {each.url}' if each.url else ''}"


def _tell_changes(each: SyncedList) -> None:
    for sign, films in (("+", each.additions), ("-", each.removals)):
        for film in films:
            year = f" ({film.year})" if film.year else ""
            click.echo(printable(f"{sign} {film.title}{year}"))
