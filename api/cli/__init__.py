"""The `marquee` command; each of its commands is a module of the same name.

`-` in a command is `_` in its module.
"""

from importlib import import_module

import click

from api.cli.exits import exit_code
from api.errors import MarqueeError

COMMANDS = {
    "up": "Run Marquee here: the API, the worker and the page, in one.",
    "demo": "See Marquee at work without an account, a key or the internet.",
    "migrate": "Bring the database to the newest revision.",
    "member": "Say whom Marquee follows, and who they are.",
    "refresh": "Read watchlists, ratings and offers again.",
    "top-rated": "Show the films that a member both rated and likes.",
    "lists": "Keep lists on TMDB in step with members.",
    "notify": "Try out where news go, and see what became of them.",
    "openapi": "Print the description of the API (OpenAPI).",
    "healthcheck": "Exit with 0 when a part of Marquee is well.",
    "completion": "Print what completes these commands in a shell.",
}


class Commands(click.Group):
    """Loads only the command that is asked for, and says Marquee's own errors as plain words and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"api.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> None:
        try:
            super().invoke(ctx)
        except MarqueeError as error:
            click.echo(str(error), err=True)
            ctx.exit(exit_code(error))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="marquee", prog_name="marquee")
def main() -> None:
    """Marquee: where the films of your Letterboxd watchlist stream, and what changed.

    Settings come from the environment and from .env in the working folder; the README lists them.
    """
