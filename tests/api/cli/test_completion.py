"""`marquee completion`, and what a shell is offered then."""

import pytest
from click.testing import CliRunner

from api.cli import main
from tests.api.cli.conftest import Stack


@pytest.mark.parametrize(
    ("shell", "needed"),
    [("bash", "complete -o nosort -F"), ("zsh", "#compdef marquee"), ("fish", "complete --no-files --command marquee")],
)
def test_each_shell_gets_its_script(shell: str, needed: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert (result.exit_code, needed in result.stdout) == (0, True)
    assert f"_MARQUEE_COMPLETE={shell}_complete" in result.stdout


def test_another_shell_is_wrong_usage() -> None:
    assert CliRunner().invoke(main, ["completion", "tcsh"]).exit_code == 2


def offered(line: str, **environ: str) -> list[str]:
    """What bash is offered for the last word."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1), "_MARQUEE_COMPLETE": "bash_complete"}
    result = CliRunner().invoke(main, [], env={**words, **environ}, prog_name="marquee")
    return [found.partition(",")[2] for found in result.stdout.splitlines()]


def test_commands_and_options_are_offered() -> None:
    assert offered("marquee top") == ["top-rated"]
    assert offered("marquee member ") == ["add", "list", "remove", "show"]
    assert "--source" in offered("marquee refresh --")
    assert offered("marquee refresh --source fi") == ["films"]


async def test_members_are_offered_while_marquee_answers(stack: Stack) -> None:
    url = stack.marquee.settings["API_URL"]
    assert offered("marquee refresh --member ", API_URL=url) == ["solo", "carol"]
    assert offered("marquee top-rated ca", API_URL=url) == ["carol"]
    assert offered("marquee top-rated ca", API_URL="http://127.0.0.1:1") == [""]
