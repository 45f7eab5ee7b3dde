"""The history of the database: it leads to the tables of `api.db.tables`, and back."""

import subprocess
import sys
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

ROOT = Path(__file__).resolve().parents[2]


def alembic(database_url: str, *arguments: str) -> str:
    """Run alembic's own command, with DATABASE_URL and no other setting; its output."""
    command = [sys.executable, "-m", "alembic", *arguments]
    environ = {"DATABASE_URL": database_url, "PATH": "/usr/bin:/bin"}
    result = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_newest_revision_has_exactly_the_tables_of_the_code(database_url: str) -> None:
    alembic(database_url, "upgrade", "head")
    assert "No new upgrade operations detected" in alembic(database_url, "check")


def test_every_revision_can_be_undone_and_done_again(database_url: str) -> None:
    alembic(database_url, "upgrade", "head")
    for _ in history().walk_revisions():
        alembic(database_url, "downgrade", "-1")
        alembic(database_url, "upgrade", "+1")
        alembic(database_url, "downgrade", "-1")
    alembic(database_url, "upgrade", "head")
    assert "No new upgrade operations detected" in alembic(database_url, "check")


def test_the_history_has_one_line() -> None:
    assert len(history().get_heads()) == 1


def history() -> ScriptDirectory:
    return ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
