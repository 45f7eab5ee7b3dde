"""The README opens with the two commands that are all a newcomer needs, and they exist."""

import re
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from api.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[2]


def commands() -> list[str]:
    """The lines of the README's shell blocks, without their comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", ROOT.joinpath("README.md").read_text(), re.MULTILINE | re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]


def test_the_readme_opens_with_the_demo_and_the_tests() -> None:
    assert commands()[:2] == ["pip install uv && uv run marquee demo", "pip install uv && uv run pytest"]


def test_every_marquee_command_of_the_readme_exists() -> None:
    named = {found[1] for line in commands() if (found := re.search(r"marquee (\w+)", line))}
    assert named
    assert named <= COMMANDS.keys()
    for name in named:
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


def test_every_file_that_the_readme_runs_or_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", ROOT.joinpath("README.md").read_text())
    links += re.findall(r'(?:src|srcset)="([^"]+)"', ROOT.joinpath("README.md").read_text())
    runs = [part for line in commands() for part in line.split() if part.startswith(".ci/")]
    assert [name for name in [*links, *runs] if not ROOT.joinpath(name).exists()] == []


def test_ci_runs_the_readmes_own_test_command() -> None:
    script = ROOT.joinpath(".ci/run").read_text()
    pattern = re.search(r"grep -m1 -E '(.+)' README\.md", script)
    assert pattern is not None
    readme = ROOT.joinpath("README.md").read_text().splitlines()
    assert next(line for line in readme if re.search(pattern[1], line)) == "pip install uv && uv run pytest"


def test_ci_is_a_program_without_slips() -> None:
    assert ROOT.joinpath(".ci/run").stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT).returncode == 0


def test_pins_explains_itself() -> None:
    result = subprocess.run([sys.executable, ".ci/pins.py", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert "--keep" in result.stdout
