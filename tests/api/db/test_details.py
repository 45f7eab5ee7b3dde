from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import select

from api.db import details
from api.db.details import PERSON_MAX_AGE, Credit, Details
from api.db.engine import Database
from api.db.tables import films, people
from tests.factories import FilmRow, add

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DIRECTOR = Credit(person_id=7, name="Mann", profile_path=None, role="director", position=0, character=None)
UNKNOWN = dict.fromkeys(Details.__struct_fields__)
HEAT = Details(
    **UNKNOWN  # type: ignore[arg-type]
    | {
        "media_type": "movie",
        "tmdb_id": 949,
        "title": "Heat",
        "original_title": "Hitze",
        "votes": 0,
        "popularity": 0.0,
        "genres": [],
        "countries": [],
        "people": [DIRECTOR],
        "offers": [],
        "links": {},
    }
)


@pytest.fixture(autouse=True)
async def film(database: Database) -> None:
    async with database.write() as db:
        await add(db, films, FilmRow.build(id=1, title="Heat"))


async def store(database: Database, found: Details, at: datetime = NOON) -> None:
    async with database.write() as db:
        await details.store(db, 1, found, at)


async def search_title(database: Database) -> str:
    async with database.read() as db:
        return str((await db.execute(select(films.c.search_title))).scalar_one())


async def test_a_film_is_found_by_both_of_its_names_until_tmdb_drops_it(database: Database) -> None:
    before = await search_title(database)
    await store(database, HEAT)
    assert "hitze" in await search_title(database)
    async with database.write() as db:
        await details.forget(db, [1])
    assert await search_title(database) == before


async def test_a_film_that_was_renamed_meanwhile_is_found_by_its_present_name(database: Database) -> None:
    async with database.write() as db:
        await db.execute(films.update().values(title="Warmth"))
    await store(database, HEAT)
    assert "warmth" in await search_title(database)
    assert "heat" not in await search_title(database)


@pytest.mark.parametrize(
    ("name", "after", "confirmed"),
    [("Mann", timedelta(days=1), False), ("Mann", PERSON_MAX_AGE, True), ("M. Mann", timedelta(days=1), True)],
)
async def test_a_person_is_confirmed_when_changed_or_once_in_a_while(
    database: Database, name: str, after: timedelta, confirmed: bool
) -> None:
    await store(database, HEAT)
    credit = msgspec.structs.replace(DIRECTOR, name=name)
    await store(database, msgspec.structs.replace(HEAT, people=[credit]), NOON + after)
    async with database.read() as db:
        row = (await db.execute(select(people.c.name, people.c.checked_at))).one()
    assert tuple(row) == (name, NOON + after if confirmed else NOON)
