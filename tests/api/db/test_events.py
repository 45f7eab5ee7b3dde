from datetime import timedelta

import pytest

from api.db import availability, events, intervals, services, tables
from api.db.availability import OfferRow
from api.db.engine import Database
from api.db.events import EventFilters
from api.db.links import Links
from api.db.paging import Paging
from tests.drivers.database import READING, statements
from tests.factories import NOW, AvailabilityRow, EntryRow, EventRow, FilmRow, MemberRow, ProviderRow, RefreshRow, add

LINKS = Links(letterboxd="https://letterboxd.test", images="https://images.test")
FILTERS = EventFilters(
    kinds=("arrived",), since=NOW, countries=("GB",), member="alice", providers=(1,), offers=("flatrate",)
)


@pytest.fixture
async def forty_arrivals(database: Database) -> Database:
    numbers = range(1, 41)
    async with database.write() as db:
        await add(db, tables.members, MemberRow.build(id=1, username="alice"))
        await add(db, tables.providers, ProviderRow.build(id=1))
        await add(db, tables.films, *(FilmRow.build(id=number) for number in numbers))
        await add(db, tables.watchlist_entries, *(EntryRow.build(member_id=1, film_id=number) for number in numbers))
        stays = [AvailabilityRow.build(id=number, film_id=number, provider_id=1) for number in numbers]
        await add(db, tables.availability, *stays)
        await add(db, tables.events, *(EventRow.build(id=number, availability_id=number) for number in numbers))
    return database


@pytest.mark.parametrize("filters", [EventFilters(), FILTERS])
async def test_a_list_takes_three_queries_whatever_its_size(forty_arrivals: Database, filters: EventFilters) -> None:
    async with forty_arrivals.read() as db:
        for page_size in (1, 40):
            with statements() as sent:
                page = await events.listing(db, filters, Paging(page_size=page_size), LINKS)
            assert len(page.items) == page_size
            assert len([each for each in sent if each.startswith(READING)]) == 3


async def test_a_films_history_takes_four_queries_whatever_its_length(forty_arrivals: Database) -> None:
    past = [
        AvailabilityRow.build(id=100 + number, film_id=1, provider_id=1, closed_at=NOW + timedelta(days=number))
        for number in range(40)
    ]
    async with forty_arrivals.write() as db:
        await add(db, tables.availability, *past)
    async with forty_arrivals.read() as db:
        for slug, stays in (("film-1", 41), ("film-2", 1)):
            with statements() as sent:
                shown = await intervals.of_film(db, slug, ("GB", "DE"), LINKS, history=True)
            assert [len(country.intervals) for country in shown.countries] == [stays, 0]
            assert len([each for each in sent if each.startswith(READING)]) == 4


async def test_memory_is_the_same_on_postgresql(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    mubi = OfferRow(country="GB", provider_id=11, provider="MUBI", logo_path=None, offer="flatrate", priority=1)
    shows = [[], [mubi], [], [mubi], []]
    try:
        async with database.write() as db:
            await db.run_sync(tables.metadata.create_all)
            await add(db, tables.members, MemberRow.build(id=1, username="alice"))
            await add(db, tables.films, FilmRow.build(id=1, slug="heat"))
            await add(db, tables.watchlist_entries, EntryRow.build(member_id=1, film_id=1))
            await add(db, tables.refreshes, *(RefreshRow.build(id=number) for number in range(len(shows))))
            for number, offers in enumerate(shows):
                await availability.record(
                    db,
                    1,
                    offers,
                    countries=["GB"],
                    links={},
                    refresh_id=number,
                    now=NOW + timedelta(hours=number) - timedelta(days=9),
                    flap=timedelta(hours=2),
                )
            await services.replace(db, 1, "GB", [11])
        async with database.read() as db:
            told = await events.listing(db, EventFilters(member="alice", services_of="alice"), Paging(), LINKS)
            [british] = (await intervals.of_film(db, "heat", ["GB"], LINKS, history=True)).countries
        async with database.write() as db:
            await availability.withdraw(db, [1], NOW)
        async with database.read() as db:
            untold = await events.listing(db, EventFilters(), Paging(), LINKS)
    finally:
        await database.close()
    assert [(event.kind, event.members) for event in told.items] == [("left", ["alice"]), ("arrived", ["alice"])]
    [stay] = british.intervals
    assert (stay.last_seen_at, stay.seen_from_start) == (NOW + timedelta(hours=3) - timedelta(days=9), False)
    assert untold.items == []
