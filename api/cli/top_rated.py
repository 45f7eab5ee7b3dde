"""`marquee top-rated`: the films that a member loves."""

import click

from api.cli.client import Api, Query
from api.cli.exits import ClientCommand
from api.cli.member_names import demand_read, member_argument, path_of
from api.cli.output import json_option, on_terminal, print_json, print_table
from api.schemas.pages import Page
from api.schemas.ratings import RatedFilm

SHOWN = 20


@click.command("top-rated", cls=ClientCommand)
@member_argument
@click.option("--limit", type=click.IntRange(1, 1000), default=SHOWN, show_default=True, help="At most so many films.")
@click.option(
    "--sort-by", type=click.Choice(["rating", "title", "year"]), default="rating", show_default=True, help="What first."
)
@click.option("--sort-order", type=click.Choice(["asc", "desc"]), default="desc", show_default=True, help="Which way.")
@json_option
def top_rated(username: str, limit: int, sort_by: str, sort_order: str, as_json: bool) -> None:
    """Show the films that a member both rated and likes."""
    with Api() as api:
        query: Query = {"limit": limit, "sort_by": sort_by, "sort_order": sort_order}
        reply = api.whole_list(path_of(username, "/top-rated"), query)
    if as_json:
        print_json(reply.body)
    demand_read(reply, username)
    if not as_json:
        _show(reply.read(Page[RatedFilm]).items, username)


def _show(films: list[RatedFilm], username: str) -> None:
    rows = [(film.title, film.year, _stars(film.rating), film.watched_on) for film in films]
    empty = f"Marquee knows of no film that {username} both rated and likes."
    print_table(["Title", "Year", "Rating", "Watched"], rows, empty=empty)


def _stars(rating: float | None) -> str | float | None:
    """Drawn for people, a number for programs."""
    if rating is None or not on_terminal():
        return rating
    return "★" * int(rating) + "½" * (rating % 1 > 0)
