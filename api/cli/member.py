"""`marquee member`: whom Marquee follows, and who they are."""

import sys
from typing import get_args

import click

from api.cli.client import Api
from api.cli.exits import ClientGroup
from api.cli.member_names import demand_read, member_argument, path_of
from api.cli.output import Value, json_option, print_facts, print_json, print_table
from api.cli.refresh import conclude
from api.schemas.members import Member
from api.schemas.pages import Page
from api.schemas.profiles import Keep, Profile


@click.group(cls=ClientGroup)
def member() -> None:
    """Say whom Marquee follows, and who they are.

    These commands ask a running Marquee; they need API_URL where it does not run here, and API_KEY where one is set.
    """


@member.command()
@member_argument
@click.option("--watch", "watching", is_flag=True, help="Wait until they are read, and say how that ended.")
@json_option
@click.pass_context
def add(ctx: click.Context, username: str, watching: bool, as_json: bool) -> None:
    """Follow a member of Letterboxd, and read them."""
    with Api() as api:
        reply = api.ask("POST", "/members", body={"username": username})
        ctx.exit(conclude(api, reply, watching=watching, as_json=as_json))


@member.command("list")
@json_option
def list_members(as_json: bool) -> None:
    """List whom Marquee follows, and of whom it keeps what it read before."""
    with Api() as api:
        reply = api.whole_list("/members", {})
    if as_json:
        print_json(reply.body)
        return
    rows = [
        (each.username, each.display_name, each.watchlist, _standing(each)) for each in reply.read(Page[Member]).items
    ]
    print_table(["Name", "Display name", "Watchlist", ""], rows, empty="Marquee follows nobody.")


@member.command()
@member_argument
@json_option
def show(username: str, as_json: bool) -> None:
    """Show who a member is, and the state of what is read of them."""
    with Api() as api:
        reply = api.ask("GET", path_of(username))
    if as_json:
        print_json(reply.body)
    demand_read(reply, username)
    if not as_json:
        print_facts(_facts(reply.read(Profile)))


@member.command()
@member_argument
@click.option(
    "--keep",
    type=click.Choice(get_args(Keep)),
    help="What stays of what was read. Asked for on a terminal, else required.",
)
def remove(username: str, keep: str | None) -> None:
    """Follow a member no more.

    With `--keep everything` it is all there again when they are added again; with `--keep nothing` it is gone.
    """
    chosen = keep or _asked(username)
    with Api() as api:
        api.ask("DELETE", path_of(username), {"keep": chosen})
    kept = "What was read of them is kept." if chosen == "everything" else "What was read of them is gone."
    click.echo(f"Marquee no longer follows {username}. {kept}")


def _standing(each: Member) -> str:
    return "owner" if each.owner else "" if each.followed else "not followed"


def _asked(username: str) -> str:
    if not sys.stdin.isatty():
        raise click.UsageError("Say what to keep: --keep everything, or --keep nothing.")
    click.echo(f"Marquee will no longer follow {username}. Keep what was read of them?", err=True)
    chosen: str = click.prompt("Keep", type=click.Choice(get_args(Keep)), err=True)
    return chosen


def _facts(profile: Profile) -> list[tuple[str, Value]]:
    stats = profile.stats
    return [
        ("Name", profile.username),
        ("Display name", profile.display_name),
        ("Page", profile.url),
        ("Bio", profile.bio),
        ("Films watched", stats.films_watched),
        ("Lists", stats.lists),
        ("Following", stats.following),
        ("Followers", stats.followers),
        ("Favourites", "; ".join(_titled(film.title, film.year) for film in profile.favorites) or None),
        *((f"Source {name}", state) for name, state in profile.sources.items()),
    ]


def _titled(title: str, year: int | None) -> str:
    return f"{title} ({year})" if year else title
