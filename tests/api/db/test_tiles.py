from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from api.db import tiles
from api.db.engine import Database
from api.db.tables import film_matches, films

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Tile(msgspec.Struct, kw_only=True, frozen=True):
    slug: str
    title: str = "Heat"
    year: int | None = 1995
    lid: str | None = None
    letterboxd_id: int | None = None


async def store(database: Database, *found: Tile) -> list[int]:
    async with database.write() as db:
        return await tiles.store(db, found, NOON)


async def test_a_new_film_waits_for_its_match(database: Database) -> None:
    [film_id] = await store(database, Tile(slug="heat-1995", lid="2bg8", letterboxd_id=51994))
    async with database.read() as db:
        assert (await db.execute(select(film_matches.c.film_id, film_matches.c.state))).one() == (film_id, "pending")


async def test_a_renamed_film_is_known_by_its_lid(database: Database) -> None:
    before = await store(database, Tile(slug="heat-1", lid="2bg8", year=None))
    after = await store(database, Tile(slug="heat-1995", lid="2bg8"))
    assert after == before
    async with database.read() as db:
        assert (await db.execute(select(films.c.slug, films.c.year))).one() == ("heat-1995", 1995)


async def test_pages_of_every_age_name_the_same_film(database: Database) -> None:
    old = await store(database, Tile(slug="heat-1995", letterboxd_id=51994, year=None))
    between = await store(database, Tile(slug="heat-1995", letterboxd_id=51994, lid="2bg8"))
    new = await store(database, Tile(slug="heat-1995", lid="2bg8"))
    assert old == between == new


async def test_a_page_that_knows_less_takes_nothing_away(database: Database) -> None:
    await store(database, Tile(slug="heat-1995", lid="2bg8", letterboxd_id=51994))
    await store(database, Tile(slug="heat-1995", year=None))
    async with database.read() as db:
        row = (await db.execute(select(films.c.lid, films.c.letterboxd_id, films.c.year))).one()
    assert row == ("2bg8", 51994, 1995)


async def test_a_slug_that_went_to_another_film_makes_two_films(database: Database) -> None:
    [first] = await store(database, Tile(slug="heat", lid="aaaa", letterboxd_id=1))
    [second] = await store(database, Tile(slug="heat", lid="bbbb", letterboxd_id=2))
    assert first != second
    async with database.read() as db:
        slugs = dict((await db.execute(select(films.c.id, films.c.slug))).all())
    assert slugs == {first: "film:1", second: "heat"}


@pytest.mark.parametrize("swapped", [False, True])
async def test_two_films_can_trade_slugs_on_one_page(database: Database, swapped: bool) -> None:
    [one, two] = await store(database, Tile(slug="leo", lid="aaaa"), Tile(slug="leo-1", lid="bbbb"))
    traded = [Tile(slug="leo", lid="bbbb"), Tile(slug="leo-1", lid="aaaa")]
    ids = await store(database, *(reversed(traded) if swapped else traded))
    assert set(ids) == {one, two}
    async with database.read() as db:
        slugs = dict((await db.execute(select(films.c.id, films.c.slug))).all())
    assert slugs == {one: "leo-1", two: "leo"}


async def test_two_rows_of_one_film_become_one_name_and_fail_no_read(database: Database) -> None:
    [by_lid] = await store(database, Tile(slug="heat-1995", lid="2bg8"))
    [by_number] = await store(database, Tile(slug="heat", letterboxd_id=51994))
    assert by_lid != by_number
    for _ in range(2):
        assert await store(database, Tile(slug="heat-1995", lid="2bg8", letterboxd_id=51994)) == [by_lid]
    assert await store(database, Tile(slug="heat-1995", letterboxd_id=51994)) == [by_lid]


@pytest.mark.parametrize(
    ("match", "doubted"),
    [
        ({"state": "found", "confidence": "probable"}, True),
        ({"state": "not_found"}, True),
        ({"state": "found", "confidence": "proven"}, False),
        ({"state": "found", "confidence": "probable", "locked": True}, False),
    ],
)
@pytest.mark.parametrize("change", [{"year": 1996}, {"title": "Heat!"}, {}])
async def test_a_match_is_doubted_when_what_it_was_found_by_changes(
    database: Database, match: dict[str, object], doubted: bool, change: dict[str, Any]
) -> None:
    await store(database, Tile(slug="heat-1995", lid="2bg8"))
    async with database.write() as db:
        await db.execute(film_matches.update().values(tried_at=NOON, **match))
    await store(database, Tile(**{"slug": "heat-1995", "lid": "2bg8"} | change))
    async with database.read() as db:
        tried_at = (await db.execute(select(film_matches.c.tried_at))).scalar_one()
    assert (tried_at is None) == (doubted and bool(change))
