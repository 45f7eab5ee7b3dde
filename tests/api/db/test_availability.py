from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import select

from api.db import availability
from api.db.availability import OfferRow
from api.db.engine import Database
from api.db.tables import availability as intervals
from api.db.tables import availability_checks, events, films, providers

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MUBI = OfferRow(country="GB", provider_id=11, provider="MUBI", logo_path="/mubi.jpg", offer="flatrate", priority=3)
NETFLIX = replace(MUBI, provider_id=8, provider="Netflix", logo_path=None, priority=1)


async def add_film(database: Database) -> int:
    async with database.write() as db:
        values = {"slug": "heat", "title": "Heat", "sort_title": "heat", "search_title": "heat"}
        insert = films.insert().values(**values, created_at=NOON, updated_at=NOON)
        return int((await db.execute(insert.returning(films.c.id))).scalar_one())


async def check(
    database: Database, film_id: int, *offers: OfferRow, at: datetime, countries: tuple[str, ...] = ("GB",)
) -> None:
    async with database.write() as db:
        await availability.record(db, film_id, offers, countries=countries, links={}, refresh_id=None, now=at)


async def open_offers(database: Database) -> set[tuple[str, int, datetime]]:
    query = select(intervals.c.country, intervals.c.provider_id, intervals.c.opened_at).where(
        intervals.c.closed_at.is_(None)
    )
    async with database.read() as db:
        return set(await db.execute(query))


async def event_kinds(database: Database) -> list[str]:
    async with database.read() as db:
        return list((await db.execute(select(events.c.kind).order_by(events.c.id))).scalars())


async def test_the_first_check_opens_intervals_and_tells_nobody(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, NETFLIX, at=NOON)
    assert await open_offers(database) == {("GB", 11, NOON), ("GB", 8, NOON)}
    assert await event_kinds(database) == []


async def test_what_comes_and_goes_later_makes_events_and_keeps_the_past(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON)
    await check(database, film, NETFLIX, at=NOON + HOUR)
    assert await open_offers(database) == {("GB", 8, NOON + HOUR)}
    assert sorted(await event_kinds(database)) == ["arrived", "left"]
    async with database.read() as db:
        closed = (await db.execute(select(intervals.c.closed_at).where(intervals.c.provider_id == 11))).scalar_one()
    assert closed == NOON + HOUR


async def test_an_offer_that_comes_back_is_a_new_interval(database: Database) -> None:
    film = await add_film(database)
    for hours, offers in enumerate([[MUBI], [], [MUBI]]):
        await check(database, film, *offers, at=NOON + hours * HOUR)
    assert await open_offers(database) == {("GB", 11, NOON + 2 * HOUR)}
    assert await event_kinds(database) == ["left", "arrived"]


async def test_a_country_checked_for_the_first_time_makes_no_events(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON)
    await check(database, film, MUBI, replace(NETFLIX, country="DE"), at=NOON + HOUR, countries=("GB", "DE"))
    assert await event_kinds(database) == []


async def test_countries_that_were_not_asked_for_keep_their_offers(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, replace(NETFLIX, country="DE"), at=NOON, countries=("GB", "DE"))
    await check(database, film, at=NOON + HOUR, countries=("GB",))
    assert await open_offers(database) == {("DE", 8, NOON)}


async def test_of_an_unchanged_film_only_the_check_is_written(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, NETFLIX, at=NOON)
    before = await everything_but_checks(database)
    await check(database, film, NETFLIX, MUBI, at=NOON + HOUR)
    assert await everything_but_checks(database) == before
    async with database.read() as db:
        assert (await db.execute(select(availability_checks.c.checked_at))).scalar_one() == NOON + HOUR


async def everything_but_checks(database: Database) -> list[tuple[object, ...]]:
    async with database.read() as db:
        return [
            tuple(row) for table in (films, intervals, providers, events) for row in await db.execute(select(table))
        ]


async def test_withdrawing_closes_offers_without_saying_that_they_left(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON)
    async with database.write() as db:
        await availability.withdraw(db, film, NOON + HOUR)
    assert await open_offers(database) == set()
    assert await event_kinds(database) == []
