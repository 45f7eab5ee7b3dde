"""How the commands that ask the API end: one meaning for each exit code."""

import click

from api.errors import MarqueeError, SettingsError

FAILED = 1
WRONG = 2
MISSING = 3
AWAY = 4
PARTIAL = 5
TOO_EARLY = 6
LEFT = 130

MEANINGS = {
    0: "done",
    FAILED: "it failed or was cancelled, or cannot be done now",
    WRONG: "wrong usage or settings",
    MISSING: "what was named is not there, such as a member",
    AWAY: "Marquee, or a part of it, does not answer",
    PARTIAL: "done in part: some of it did not work",
    TOO_EARLY: "too early: try again later",
    LEFT: "ended by Ctrl-C; what Marquee does goes on",
}
BY_STATUS = {400: WRONG, 401: WRONG, 404: MISSING, 413: WRONG, 429: TOO_EARLY, 503: AWAY}
"""Of an HTTP status; any other that is no success is FAILED."""
BY_END = {"succeeded": 0, "partial": PARTIAL, "failed": FAILED, "cancelled": FAILED}
"""Of the way in which a run ended."""


class CommandError(MarqueeError):
    """Ends the command with `exit_code`."""

    code = "command"
    exit_code = FAILED


class ClientCommand(click.Command):
    """A command that asks the API: its help ends with the exit codes."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in MEANINGS.items()])


class ClientGroup(click.Group):
    """Its commands are of that kind."""

    command_class = ClientCommand


def exit_code(error: MarqueeError) -> int:
    if isinstance(error, SettingsError):
        return WRONG
    return error.exit_code if isinstance(error, CommandError) else FAILED
