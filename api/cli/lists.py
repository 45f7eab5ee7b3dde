"""`marquee lists`: lists on TMDB that follow what members love or want to see."""

from typing import Any, get_args

import click

from api.cli.client import Api, Reply
from api.cli.exits import BY_END, ClientGroup
from api.cli.member_names import member_option
from api.cli.output import json_option, print_json, print_table, printable, say
from api.cli.watching import Progress, watch
from api.schemas.pages import Page
from api.schemas.tmdb_lists import (
    TmdbList,
    TmdbListKind,
    TmdbListMode,
    TmdbListSortBy,
    TmdbSync,
    TmdbSyncedList,
)

STAGES = {"queued": "Waiting for the worker", "running": "Syncing"}
ENDS = {"succeeded": "is done", "partial": "is done, but not all of it worked", "failed": "failed"}


@click.group(cls=ClientGroup)
def lists() -> None:
    """Keep lists on TMDB in step with members.

    Needs TMDB_SYNC_ENABLED and a TMDB token in the settings of the Marquee that is asked.
    """


@lists.command()
@member_option
@click.option("--kind", type=click.Choice(get_args(TmdbListKind)), help="What goes on the lists; top_rated at first.")
@click.option("--name", metavar="TEXT", help="What the lists are called; films need one.")
@click.option("--query", metavar="TEXT", help='Which films, such as "genre=Drama&year_min=1990"; for films only.')
@click.option("--mode", type=click.Choice(get_args(TmdbListMode)), help="Make the lists equal, or only add to them.")
@click.option("--limit", type=click.IntRange(1, 1000), help="At most so many films on a list.")
@click.option("--sort-by", type=click.Choice(get_args(TmdbListSortBy)), help="What comes first on a list.")
@click.option("--sort-order", type=click.Choice(["asc", "desc"]), help="Which way.")
@click.option("--description", metavar="TEXT", help="What the lists say of themselves on TMDB.")
@click.option("--public/--private", default=None, help="Who sees the lists on TMDB; public unless you say otherwise.")
@click.option("--dry-run", is_flag=True, help="Change nothing, and say what would change.")
@click.option("--watch/--no-watch", "watching", default=True, show_default=True, help="Wait for the end.")
@json_option
@click.pass_context
def sync(
    ctx: click.Context, /, members: tuple[str, ...], dry_run: bool, watching: bool, as_json: bool, **wanted: Any
) -> None:
    """Bring the lists on TMDB in step: those of all members, unless some are named.

    Ctrl-C ends the watching only.
    """
    order = {name: value for name, value in wanted.items() if value is not None} | {"dry_run": dry_run}
    if members:
        order["members"] = list(dict.fromkeys(members))
    with Api() as api:
        reply = api.ask("POST", "/tmdb-lists/sync", body=order)
        if reply.read(TmdbSync).already_running:
            say("The very same sync waits or runs already; no other one was started.")
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
    kept = reply.read(Page[TmdbList]).items
    rows = [(each.member, each.name, each.items, each.state, each.last_synced_at, each.url) for each in kept]
    headings = ["Member", "List", "Films", "State", "In step", "Page"]
    print_table(headings, rows, empty="Marquee keeps no list on TMDB so far.")
    for each in kept:
        if each.message:
            say(printable(f"{each.member}: {each.name}: {each.message}"))


def progress(run: TmdbSync) -> Progress:
    stage = STAGES.get(run.state, "Done")
    return Progress(stage, run.done, run.total or None, "", over=run.finished_at is not None)


def _conclude(api: Api, reply: Reply, *, watching: bool, as_json: bool) -> int:
    """Watch a sync that has begun where that is wanted, print it, and give the exit code."""
    run = reply.read(TmdbSync)
    if watching:
        farewell = f"Sync {run.id} goes on. What became of it: marquee lists show"
        reply = watch(api, f"/tmdb-lists/syncs/{run.id}", TmdbSync, progress, farewell)
        run = reply.read(TmdbSync)
    if as_json:
        print_json(reply.body)
    elif watching:
        _tell(run)
    else:
        click.echo(f"Sync {run.id} has begun. What became of it: marquee lists show")
    return BY_END.get(run.state, 0)


def _tell(run: TmdbSync) -> None:
    """What was done, or would be; what went wrong goes to stderr."""
    for each in run.lists:
        click.echo(printable(_summary(each, dry_run=run.dry_run)))
        if run.dry_run:
            _tell_changes(each)
        for film in each.not_matched:
            say("  " + printable(f"{film.title}: no title on TMDB is known for it ({film.slug})"))
        for refused in each.failed:
            say("  " + printable(f"{refused.title}: {refused.message}"))
        if each.message:
            say("  " + printable(each.message))
    if run.message:
        say(printable(run.message))
    click.echo(f"{'The dry run' if run.dry_run else f'Sync {run.id}'} {ENDS.get(run.state, run.state)}.")


def _summary(each: TmdbSyncedList, *, dry_run: bool) -> str:
    words = ("to add", "to remove", "to move", "to keep") if dry_run else ("added", "removed", "moved", "kept")
    counts = zip((each.added, each.removed, each.reordered, each.kept), words, strict=True)
    changes = [f"{count} {word}" for count, word in counts if count]
    if each.state == "failed":
        changes.append("failed")
    return f"{each.member}: {each.name}: {', '.join(changes) or 'empty'}. {each.url or ''}"


def _tell_changes(each: TmdbSyncedList) -> None:
    for sign, titles in (("+", each.additions), ("-", each.removals)):
        for title in titles:
            year = f" ({title.year})" if title.year else ""
            click.echo(printable(f"{sign} {title.title}{year}"))
