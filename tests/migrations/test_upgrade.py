"""`api.db.migrate`: one migrator at a time, all or nothing, with a copy before."""

import asyncio
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.util import CommandError
from sqlalchemy import insert, inspect, select, text

from api.db.engine import Database
from api.db.migrate import head_revision, is_current, transaction, upgrade
from api.db.tables import countries, members, source_states
from api.errors import NewerDatabase, Unavailable


async def test_an_empty_database_becomes_current(database_url: str) -> None:
    database = Database(database_url)
    try:
        assert not await is_current(database)
        await upgrade(database_url)
        assert await is_current(database)
    finally:
        await database.close()


async def test_a_second_upgrade_changes_nothing(database_url: str) -> None:
    await upgrade(database_url)
    await keep_a_country(database_url)
    await upgrade(database_url)
    assert await kept_countries(database_url) == ["GB"]


async def test_the_folder_of_an_sqlite_file_is_made(tmp_path: Path) -> None:
    await upgrade(f"sqlite+aiosqlite:///{tmp_path}/new/folder/marquee.db")
    assert (tmp_path / "new/folder/marquee.db").is_file()


def test_eight_processes_at_once_bring_a_fresh_database_to_the_newest_revision(database_url: str) -> None:
    program = "import asyncio, sys; from api.db.migrate import upgrade; asyncio.run(upgrade(sys.argv[1]))"
    command = [sys.executable, "-c", program, database_url]
    starting = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(8)]
    endings = [(process.communicate()[1], process.returncode) for process in starting]
    assert endings == [("", 0)] * 8


async def test_an_upgrade_waits_for_the_migrator_at_work(database_url: str) -> None:
    async with transaction(database_url) as connection:
        waiting = asyncio.create_task(upgrade(database_url))
        await connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        await connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head_revision()})
        await asyncio.wait([waiting], timeout=0.2)
        assert not waiting.done()
    await waiting
    async with transaction(database_url) as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == ["alembic_version"]


async def test_a_copy_is_left_before_an_older_database_is_changed(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/marquee.db"
    await upgrade(url)
    await keep_a_country(url)
    await upgrade(url, newer_history(tmp_path, "op.execute('DELETE FROM countries')"))
    assert await kept_countries(url) == []
    assert await kept_countries(f"sqlite+aiosqlite:///{tmp_path}/marquee.db.before-9001") == ["GB"]


async def test_a_migration_that_fails_leaves_everything_as_it_was(database_url: str, tmp_path: Path) -> None:
    await upgrade(database_url)
    await keep_a_country(database_url)
    half = "op.execute('DELETE FROM countries'); op.drop_table('events'); raise ValueError('half done')"
    with pytest.raises(ValueError, match="half done"):
        await upgrade(database_url, newer_history(tmp_path, half))
    assert await kept_countries(database_url) == ["GB"]
    async with transaction(database_url) as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).has_table("events"))
    await upgrade(database_url)


async def test_rebuilding_a_table_keeps_what_refers_to_it(database_url: str, tmp_path: Path) -> None:
    await upgrade(database_url)
    async with transaction(database_url) as connection:
        now = datetime.now(UTC)
        await connection.execute(insert(members).values(id=1, username="alice", created_at=now))
        states = {"member_id": 1, "source": "watchlist", "state": "ok", "since": now}
        await connection.execute(insert(source_states).values(**states))
    rebuild = "\n    ".join(
        ["with op.batch_alter_table('members') as table:", "    table.alter_column('username', nullable=True)"]
    )
    await upgrade(database_url, newer_history(tmp_path, rebuild))
    async with transaction(database_url) as connection:
        assert (await connection.execute(select(source_states.c.member_id))).scalars().all() == [1]


async def test_a_migration_that_leaves_rows_without_their_parent_is_undone(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/marquee.db"
    await upgrade(url)
    orphan = "op.execute(\"INSERT INTO film_countries VALUES (7, 'XX')\")"
    with pytest.raises(CommandError, match="refer to nothing"):
        await upgrade(url, newer_history(tmp_path, orphan))
    await upgrade(url)


async def test_a_database_of_a_newer_marquee_is_left_alone(database_url: str) -> None:
    await upgrade(database_url)
    async with transaction(database_url) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="9999"):
        await upgrade(database_url)


async def test_a_database_that_cannot_be_reached_is_said_in_one_sentence(tmp_path: Path) -> None:
    tmp_path.joinpath("file").touch()
    with pytest.raises(Unavailable, match="The database is not available"):
        await upgrade(f"sqlite+aiosqlite:///{tmp_path}/file/marquee.db")
    with pytest.raises(Unavailable, match="The database is not available"):
        await upgrade("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")


async def test_a_file_that_is_no_database_is_said_to_be_none_and_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "holiday.jpg"
    place.write_text("not a database at all")
    with pytest.raises(Unavailable, match=f"{place} is not an SQLite database; name another file in DATABASE_URL"):
        await upgrade(f"sqlite+aiosqlite:///{place}")
    assert place.read_text() == "not a database at all"


async def test_a_file_that_cannot_be_opened_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=f"{tmp_path} cannot be opened and changed .* writable for user"):
        await upgrade(f"sqlite+aiosqlite:///{tmp_path}")


async def test_a_user_that_postgresql_does_not_know_is_said_in_one_sentence(postgresql_url: str) -> None:
    with pytest.raises(Unavailable, match='role "nobody" does not exist'):
        await upgrade(postgresql_url.replace("//postgres:", "//nobody:"))


def newer_history(folder: Path, change: str) -> Path:
    """The history with one more revision, 9001, that makes this change."""
    history = folder / "migrations"
    shutil.copytree(str(files("migrations")), history)
    revision = f"from alembic import op\n\nrevision = '9001'\ndown_revision = {head_revision()!r}\n"
    revision += f"\n\ndef upgrade():\n    {change}\n\n\ndef downgrade():\n    pass\n"
    history.joinpath("versions/9001_change.py").write_text(revision)
    return history


async def keep_a_country(database_url: str) -> None:
    async with transaction(database_url) as connection:
        await connection.execute(insert(countries).values(code="GB", name="United Kingdom"))


async def kept_countries(database_url: str) -> list[str]:
    async with transaction(database_url) as connection:
        return list((await connection.execute(select(countries.c.code))).scalars())
