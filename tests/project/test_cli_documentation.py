"""Every command of docs/cli.md can be given as it is written, and its exit codes are those of the program."""

import re
import shlex
from pathlib import Path

import click
import pytest

from api.cli import main
from api.cli.exits import MEANINGS

DOCUMENT = Path(__file__).resolve().parents[2].joinpath("docs/cli.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
WRITTEN = [found for block in BLOCKS for found in re.findall(r"marquee ([^|)\n]+)", block)]


def understood(group: click.Group, words: list[str]) -> click.Context:
    """The context of the command that these words are understood as, which is not run."""
    context = group.make_context("marquee", words)
    while isinstance(context.command, click.Group):
        name, command, rest = context.command.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        context = command.make_context(name, list(rest), parent=context)
    return context


@pytest.mark.parametrize("written", WRITTEN)
def test_a_command_is_understood(written: str) -> None:
    assert understood(main, shlex.split(written)).command.name


def test_there_are_commands_of_each_kind() -> None:
    assert {line.split()[0] for line in WRITTEN} == {"member", "refresh", "top-rated", "lists", "completion"}


def test_the_exit_codes_are_those_of_the_program() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", DOCUMENT, re.MULTILINE)
    assert {int(code): meaning for code, meaning in rows} == MEANINGS
