from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from api.db import matches
from api.db.engine import Database
from api.db.matches import FilmWork, MatchNews
from api.db.tables import film_matches, films
from tests.factories import FilmRow, MatchRow, add

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FOUND = MatchNews(state="found", media_type="movie", tmdb_id=5, method="search", confidence="probable")


@pytest.fixture(autouse=True)
async def matched(database: Database) -> None:
    async with database.write() as db:
        await add(db, films, FilmRow.build(id=1))
        await add(db, film_matches, MatchRow.build(film_id=1))


async def change(database: Database, **values: Any) -> None:
    async with database.write() as db:
        await db.execute(film_matches.update().where(film_matches.c.film_id == 1).values(**values))


async def record(database: Database, news: MatchNews) -> bool:
    async with database.write() as db:
        return await matches.record(db, 1, news, NOON)


async def row(database: Database) -> Any:
    async with database.read() as db:
        return (await db.execute(select(film_matches).where(film_matches.c.film_id == 1))).one()


async def work(database: Database, *film_ids: int) -> list[FilmWork]:
    async with database.read() as db:
        return await matches.work(db, film_ids, ["GB"])


async def test_a_locked_choice_stays_and_that_is_said(database: Database) -> None:
    assert await record(database, FOUND)
    await change(database, locked=True, tmdb_id=9)
    assert not await record(database, FOUND)
    assert (await row(database)).tmdb_id == 9


async def test_a_match_that_is_lost_has_no_time_of_matching(database: Database) -> None:
    await record(database, FOUND)
    assert (await row(database)).matched_at == NOON
    await record(database, MatchNews(state="review"))
    assert (await row(database)).matched_at is None


@pytest.mark.parametrize("changed", [{"tmdb_id": 9}, {"media_type": "tv"}, {"locked": True}])
async def test_a_film_that_got_another_title_or_a_lock_is_changed(database: Database, changed: dict[str, Any]) -> None:
    [before] = await work(database, 1)
    async with database.write() as db:
        assert await matches.is_unchanged(db, before)
    await change(database, **changed)
    async with database.write() as db:
        assert not await matches.is_unchanged(db, before)


async def test_an_error_keeps_the_candidates_that_were_found(database: Database) -> None:
    await change(database, state="pending")
    async with database.write() as db:
        await matches.record_error(db, 1, "Blocked.", NOON, [{"tmdb_id": 1}])
        await matches.record_error(db, 1, "Blocked again.", NOON)
    match = await row(database)
    assert (match.state, match.message, match.candidates) == ("error", "Blocked again.", [{"tmdb_id": 1}])


async def test_more_films_than_a_statement_takes_come_in_their_order(database: Database) -> None:
    film_ids = range(1201, 0, -1)
    async with database.write() as db:
        await add(db, films, *(FilmRow.build(id=number) for number in film_ids[:-1]))
    assert [film.film_id for film in await work(database, *film_ids)] == list(film_ids)
