"""Statements that are built once for each shape answer alike on both databases."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Select, bindparam, select

from api.db import tables
from api.db.engine import Database
from api.db.statements import among, rows, value
from tests.factories import NOW, FilmRow, add

films = tables.films.c
built: list[bool] = []


def some_films(by_year: bool) -> Select[Any]:
    """Films by their slugs, and from a time on; with or without a year."""
    built.append(by_year)
    query = (
        select(films.slug, films.release_date, films.created_at)
        .where(among(films.slug, "slugs"), films.created_at >= bindparam("since"), films.title != "nothing")
        .order_by(films.slug)
    )
    return query.where(films.year == bindparam("year")) if by_year else query


def their_number(_shape: bool) -> Select[Any]:
    return select(films.year).where(films.slug == bindparam("slug"))


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Any) -> AsyncIterator[Database]:
    on_file = f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}"
    database = Database(on_file if request.param == "sqlite" else request.getfixturevalue("postgresql_url"))
    async with database.write() as db:
        await db.run_sync(tables.metadata.create_all)
        await add(
            db,
            tables.films,
            FilmRow.build(slug="heat", year=1995) | {"release_date": date(1995, 12, 15)},
            FilmRow.build(slug="ronin", year=1998) | {"release_date": None},
            FilmRow.build(slug="thief", year=1981, created_at=NOW - timedelta(days=1)) | {"release_date": None},
        )
    yield database
    await database.close()


async def test_values_come_and_go_as_they_are(database: Database) -> None:
    async with database.read() as db:
        found = await rows(db, some_films, False, {"slugs": ["heat", "thief", "ronin"], "since": NOW})
        assert [tuple(row) for row in found] == [("heat", date(1995, 12, 15), NOW), ("ronin", None, NOW)]
        assert await rows(db, some_films, False, {"slugs": [], "since": NOW}) == []
        assert await value(db, their_number, True, {"slug": "ronin"}) == 1998


async def test_a_part_is_there_where_the_shape_says_so(database: Database) -> None:
    async with database.read() as db:
        found = await rows(db, some_films, True, {"slugs": ["heat", "ronin"], "since": NOW, "year": 1998})
        assert [row[0] for row in found] == ["ronin"]


async def test_a_shape_is_built_once(database: Database) -> None:
    async with database.read() as db:
        await rows(db, some_films, False, {"slugs": ["heat"], "since": NOW})
        built.clear()
        await rows(db, some_films, False, {"slugs": ["ronin", "thief"], "since": NOW})
    assert built == []


async def test_a_writer_reads_what_it_wrote(database: Database) -> None:
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(slug="collateral"))
        found = await rows(db, some_films, False, {"slugs": ["collateral"], "since": NOW})
        assert [row[0] for row in found] == ["collateral"]
