"""The `marquee` command; each of its commands is a module of the same name."""

from importlib import import_module

import click

from api.errors import MarqueeError, SettingsError

COMMANDS = {
    "up": "Run Marquee here: the API, the worker and the page, in one.",
    "demo": "See Marquee at work without an account, a key or the internet.",
    "migrate": "Bring the database to the newest revision.",
    "notify": "Try out where news go, and see what became of them.",
    "openapi": "Print the description of the API (OpenAPI).",
    "healthcheck": "Exit with 0 when a part of Marquee is well.",
}


class Commands(click.Group):
    """Loads only the command that is asked for, and says Marquee's own errors as plain words and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"api.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> None:
        try:
            super().invoke(ctx)
        except MarqueeError as error:
            click.echo(str(error), err=True)
            ctx.exit(2 if isinstance(error, SettingsError) else 1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="marquee", prog_name="marquee")
def main() -> None:
    """Marquee: where the films of your Letterboxd watchlist stream, and what changed.

    Settings come from the environment and from .env in the working folder; the README lists them.
    """
