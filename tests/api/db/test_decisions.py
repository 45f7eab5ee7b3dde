from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from api.db import decisions, matches, tiles
from api.db.decisions import Choice, Intake
from api.db.engine import Database
from api.db.matches import MatchNews
from api.db.tables import (
    availability,
    availability_checks,
    corrections,
    events,
    film_matches,
    films,
    providers,
)
from api.db.tables import decisions as decisions_table
from tests.drivers.database import statements
from tests.factories import AvailabilityRow, CheckRow, FilmRow, MatchRow, ProviderRow, add

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEAT: Choice = ("movie", 949)
OTHER: Choice = ("movie", 5)


class Tile(msgspec.Struct, kw_only=True, frozen=True):
    slug: str = "heat-1995"
    title: str = "Heat"
    year: int | None = 1995
    lid: str | None = "2bg8"
    letterboxd_id: int | None = None


async def store(database: Database, *found: Tile) -> list[int]:
    async with database.write() as db:
        return await tiles.store(db, found, NOON)


async def decide(database: Database, film_id: int, choice: Choice) -> None:
    async with database.write() as db:
        await decisions.decide(db, film_id, choice, NOON)


async def take_in(database: Database, wanted: dict[str, Choice], *, replace: bool = False) -> Intake:
    async with database.write() as db:
        return await decisions.take_in(db, wanted, replace=replace, now=NOON)


async def match(database: Database, film_id: int = 1) -> Any:
    async with database.read() as db:
        return (await db.execute(select(film_matches).where(film_matches.c.film_id == film_id))).one()


async def kept(database: Database) -> dict[str, Choice]:
    async with database.read() as db:
        return {row.lid: _choice(row) for row in await db.execute(select(decisions_table))}


async def count(database: Database, table: Any) -> int:
    async with database.read() as db:
        return (await db.execute(select(func.count()).select_from(table))).scalar_one()


def _choice(row: Any) -> Choice:
    return (row.media_type, row.tmdb_id) if row.tmdb_id else None


@pytest.fixture
async def shown(database: Database) -> None:
    """Heat is taken for movie 5, which streams."""
    async with database.write() as db:
        await add(db, films, FilmRow.build(id=1, lid="2bg8", slug="heat-1995", title="Heat"))
        await add(db, film_matches, MatchRow.build(film_id=1, tmdb_id=5, imdb_id="tt0000005"))
        await add(db, providers, ProviderRow.build(id=11))
        await add(db, availability, AvailabilityRow.build(film_id=1, provider_id=11))
        await add(db, availability_checks, CheckRow.build(film_id=1))


async def test_a_decision_is_locked_proven_and_kept(database: Database, shown: None) -> None:
    await decide(database, 1, HEAT)
    row = await match(database)
    assert (row.state, row.media_type, row.tmdb_id) == ("found", "movie", 949)
    assert (row.method, row.confidence, row.locked, row.imdb_id) == ("person", "proven", True, None)
    assert await kept(database) == {"2bg8": HEAT}


async def test_another_title_takes_back_what_was_shown_as_a_correction(database: Database, shown: None) -> None:
    await decide(database, 1, HEAT)
    async with database.read() as db:
        assert (await db.execute(select(availability.c.closed_at))).scalar_one() == NOON
        film = (await db.execute(select(films))).one()
        correction = (await db.execute(select(corrections))).one()
    assert (film.poster_path, film.runtime_minutes, film.details_checked_at) == (None, None, None)
    assert await count(database, events) == 0
    assert await count(database, availability_checks) == 0
    assert (correction.tmdb_id, correction.new_tmdb_id, correction.method) == (5, 949, "person")


async def test_confirming_the_title_changes_nothing_that_is_shown(database: Database, shown: None) -> None:
    await decide(database, 1, OTHER)
    row = await match(database)
    assert (row.locked, row.confidence, row.imdb_id) == (True, "proven", "tt0000005")
    async with database.read() as db:
        assert (await db.execute(select(availability.c.closed_at))).scalar_one() is None
        assert (await db.execute(select(films.c.poster_path))).scalar_one() == "/poster1.jpg"
    assert await count(database, corrections) == 0


async def test_a_film_can_have_no_title_at_all(database: Database, shown: None) -> None:
    await decide(database, 1, None)
    row = await match(database)
    assert (row.state, row.tmdb_id, row.locked, row.confidence) == ("not_found", None, True, None)
    assert await kept(database) == {"2bg8": None}


async def test_others_that_were_taken_for_this_title_without_proof_are_tried_again(
    database: Database, shown: None
) -> None:
    async with database.write() as db:
        await add(db, films, FilmRow.build(id=2), FilmRow.build(id=3))
        guessed, proven = MatchRow.build(film_id=2, tmdb_id=949), MatchRow.build(film_id=3, tmdb_id=949)
        await add(db, film_matches, guessed | {"tried_at": NOON}, proven | {"tried_at": NOON, "confidence": "proven"})
    await decide(database, 1, HEAT)
    assert (await match(database, 2)).tried_at is None
    assert (await match(database, 3)).tried_at == NOON


async def test_a_decision_outlives_every_search_error_and_new_name(database: Database, shown: None) -> None:
    await decide(database, 1, HEAT)
    news = MatchNews(state="found", media_type="movie", tmdb_id=7, method="page", confidence="proven")
    async with database.write() as db:
        assert not await matches.record(db, 1, news, NOON)
        await matches.record_error(db, 1, "Blocked.", NOON, [])
    assert await store(database, Tile(slug="heat-michael-mann", title="Heat!", year=1996)) == [1]
    row = await match(database)
    assert (row.state, row.tmdb_id, row.locked, row.tried_at) == ("found", 949, True, NOON)


async def take_back(database: Database) -> None:
    async with database.write() as db:
        await decisions.take_back(db, 1)


async def test_taking_it_back_unlocks_the_film_and_loses_nothing(database: Database, shown: None) -> None:
    async with database.write() as db:
        await db.execute(film_matches.update().values(candidates=[{"tmdb_id": 949}], proof_tried_at=NOON))
    await decide(database, 1, OTHER)
    await take_back(database)
    row = await match(database)
    assert (row.state, row.tmdb_id, row.imdb_id) == ("found", 5, "tt0000005")
    assert (row.locked, row.confidence, row.method, row.tried_at) == (False, "probable", None, None)
    assert (row.candidates, row.proof_tried_at) == ([{"tmdb_id": 949}], None)
    assert await kept(database) == {}
    async with database.read() as db:
        stay = (await db.execute(select(availability))).one()
        film = (await db.execute(select(films))).one()
    assert (stay.closed_at, stay.withdrawn, film.poster_path) == (None, False, "/poster1.jpg")
    assert (await count(database, availability_checks), await count(database, corrections)) == (1, 0)


@pytest.mark.parametrize(("found", "wrong"), [(5, 0), (949, 1), (None, 1)])
async def test_what_is_found_instead_of_it_is_the_correction(
    database: Database, shown: None, found: int | None, wrong: int
) -> None:
    await decide(database, 1, OTHER)
    await take_back(database)
    news = MatchNews(state="found", media_type="movie", tmdb_id=found, method="search", confidence="probable")
    async with database.write() as db:
        assert await matches.record(db, 1, news if found else MatchNews(state="review", message="Which?"), NOON)
    async with database.read() as db:
        assert (await db.execute(select(availability.c.withdrawn))).scalar_one() == bool(wrong)
    assert await count(database, corrections) == wrong


async def test_that_there_is_no_title_can_be_taken_back(database: Database, shown: None) -> None:
    await decide(database, 1, None)
    await take_back(database)
    row = await match(database)
    assert (row.state, row.tmdb_id, row.confidence, row.locked, row.tried_at) == ("pending", None, None, False, None)


@pytest.mark.parametrize(("state", "tried_again"), [("review", True), ("error", True), ("found", False)])
async def test_of_what_nobody_decided_nothing_is_lost(
    database: Database, shown: None, state: str, tried_again: bool
) -> None:
    async with database.write() as db:
        await db.execute(film_matches.update().values(state=state, tried_at=NOON))
    await take_back(database)
    row = await match(database)
    assert (row.state, row.tmdb_id, row.tried_at is None) == (state, 5, tried_again)


async def test_an_import_decides_what_is_known_and_waits_for_the_rest(database: Database, shown: None) -> None:
    intake = await take_in(database, {"2bg8": HEAT, "new1": OTHER, "none": None})
    assert (intake.film_ids, intake.unchanged, intake.waiting, intake.kept) == ([1], 0, 2, 0)
    assert (await match(database)).tmdb_id == 949
    again = await take_in(database, {"2bg8": HEAT, "new1": OTHER, "none": None})
    assert (again.film_ids, again.unchanged, again.waiting, again.kept) == ([], 1, 2, 0)


async def test_an_import_takes_as_many_statements_for_a_hundred_films_as_for_two(database: Database) -> None:
    numbers = range(1, 103)
    async with database.write() as db:
        await add(db, films, *(FilmRow.build(id=number, lid=f"l{number}") for number in numbers))
        await add(db, film_matches, *(MatchRow.build(film_id=number, tmdb_id=number) for number in numbers))
    lengths = []
    for part in (numbers[:2], numbers[2:]):
        with statements() as sent:
            intake = await take_in(database, {f"l{number}": ("movie", 1000 + number) for number in part})
        assert intake.film_ids == list(part)
        lengths.append(len(sent))
    assert lengths[0] == lengths[1]
    assert await count(database, corrections) == 102


async def test_what_is_imported_once_more_after_an_interruption_is_unchanged(database: Database, shown: None) -> None:
    first = await take_in(database, {"2bg8": HEAT})
    both = await take_in(database, {"2bg8": HEAT, "new1": OTHER})
    total = first + both
    assert (total.film_ids, total.unchanged, total.waiting, total.kept) == ([1], 1, 1, 0)
    assert await count(database, corrections) == 1


async def test_a_file_goes_before_an_own_decision_only_on_request(database: Database, shown: None) -> None:
    await decide(database, 1, HEAT)
    intake = await take_in(database, {"2bg8": OTHER})
    assert (intake.film_ids, intake.kept, (await match(database)).tmdb_id) == ([], 1, 949)
    intake = await take_in(database, {"2bg8": OTHER}, replace=True)
    assert (intake.film_ids, intake.kept, (await match(database)).tmdb_id) == ([1], 0, 5)
    assert await kept(database) == {"2bg8": OTHER}


async def test_a_film_is_born_decided_where_a_decision_waits(database: Database) -> None:
    await take_in(database, {"2bg8": HEAT, "none": None})
    heat, none, plain = await store(database, Tile(), Tile(slug="none", lid="none"), Tile(slug="plain", lid="plain"))
    rows = [await match(database, film_id) for film_id in (heat, none, plain)]
    assert [(row.state, row.tmdb_id, row.locked) for row in rows] == [
        ("found", 949, True),
        ("not_found", None, True),
        ("pending", None, False),
    ]


async def test_a_film_that_gets_its_lid_later_meets_its_decision_then(database: Database) -> None:
    await take_in(database, {"2bg8": HEAT})
    [film_id] = await store(database, Tile(lid=None, letterboxd_id=51994))
    assert not (await match(database, film_id)).locked
    await store(database, Tile(letterboxd_id=51994))
    assert (await match(database, film_id)).tmdb_id == 949


async def test_a_decision_for_a_film_without_lid_is_kept_under_it_later(database: Database) -> None:
    [film_id] = await store(database, Tile(lid=None, letterboxd_id=51994))
    await decide(database, film_id, HEAT)
    assert await kept(database) == {}
    await take_in(database, {"2bg8": OTHER})
    await store(database, Tile(letterboxd_id=51994))
    assert await kept(database) == {"2bg8": HEAT}
    assert (await match(database, film_id)).tmdb_id == 949


async def test_of_two_rows_of_one_film_the_heir_keeps_the_decision(database: Database) -> None:
    [heir] = await store(database, Tile())
    [holder] = await store(database, Tile(slug="heat", lid=None, letterboxd_id=51994))
    await decide(database, holder, HEAT)
    assert await store(database, Tile(letterboxd_id=51994)) == [heir]
    assert ((await match(database, heir)).tmdb_id, (await match(database, heir)).locked) == (949, True)
    assert await kept(database) == {"2bg8": HEAT}
