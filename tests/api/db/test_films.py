import pytest

from api.db import films, tables
from api.db.connection import Connection
from api.db.engine import Database
from api.db.film_filters import FilmFilters
from api.db.films import Order
from api.db.links import Links
from api.db.paging import Paging
from tests.drivers.database import READING, statements
from tests.factories import AvailabilityRow, CheckRow, EntryRow, FilmRow, MatchRow, MemberRow, ProviderRow, add

LINKS = Links(letterboxd="https://letterboxd.test", images="https://images.test")
EVERYTHING = FilmFilters(countries=("GB",))
FILTERS = FilmFilters(
    countries=("GB",), members=("alice",), states=("found",), providers=(1, 2), offers=("flatrate",), q="film"
)
SIZES = (1, 5, 40)


@pytest.fixture
async def forty_films(database: Database) -> Database:
    """Forty films on one watchlist, each with two offers."""
    numbers = range(1, 41)
    async with database.write() as db:
        await add(db, tables.members, MemberRow.build(id=1, username="alice"))
        await add(db, tables.providers, ProviderRow.build(id=1), ProviderRow.build(id=2))
        await add(db, tables.films, *(FilmRow.build(id=number, title=f"Film {number % 3}") for number in numbers))
        await add(db, tables.film_matches, *(MatchRow.build(film_id=number) for number in numbers))
        await add(db, tables.watchlist_entries, *(EntryRow.build(member_id=1, film_id=number) for number in numbers))
        await add(
            db,
            tables.availability,
            *(AvailabilityRow.build(film_id=number, provider_id=each) for number in numbers for each in (1, 2)),
        )
        await add(db, tables.availability_checks, *(CheckRow.build(film_id=number) for number in numbers))
    return database


async def one_page(db: Connection, filters: FilmFilters, page_size: int) -> int:
    page = await films.listing(db, filters, Order("title"), Paging(page_size=page_size), LINKS)
    return len(page.items)


@pytest.mark.parametrize("filters", [EVERYTHING, FILTERS])
async def test_a_list_takes_two_queries_whatever_its_size(forty_films: Database, filters: FilmFilters) -> None:
    async with forty_films.read() as db:
        for page_size in SIZES:
            with statements() as sent:
                assert await one_page(db, filters, page_size) == page_size
            assert len([each for each in sent if each.startswith(READING)]) == 2


async def test_a_watchlist_takes_two_queries_whatever_its_size(forty_films: Database) -> None:
    async with forty_films.read() as db:
        for page_size in SIZES:
            with statements() as sent:
                page = await films.watchlist(
                    db, "alice", EVERYTHING, Order("position"), Paging(page_size=page_size), LINKS
                )
            assert len(page.items) == page_size
            assert len([each for each in sent if each.startswith(READING)]) == 2


@pytest.mark.parametrize("by", ["title", "year"])
@pytest.mark.parametrize("descending", [True, False])
async def test_films_alike_keep_their_order_over_all_pages(forty_films: Database, by: str, descending: bool) -> None:
    order = Order("title" if by == "title" else "year", descending)
    seen: list[str] = []
    async with forty_films.read() as db:
        for number in range(1, 7):
            page = await films.listing(db, EVERYTHING, order, Paging(page=number, page_size=7), LINKS)
            seen += [film.slug for film in page.items]
    assert len(set(seen)) == len(seen) == 40


async def test_numbers_longer_than_their_natural_order_reaches_still_have_one_order(database: Database) -> None:
    """Up to eight digits count as a number; longer ones are compared digit by digit, equal ones by their id."""
    titles = ("2 Days", "10 Days", "99999999 Days", "1000000000 Days", "1000000000 Days", "200000000 Days")
    async with database.write() as db:
        await add(
            db, tables.films, *(FilmRow.build(id=n, title=title) for n, title in enumerate(titles[::-1], start=1))
        )
    seen: list[str] = []
    async with database.read() as db:
        for number in range(1, 4):
            page = await films.listing(db, EVERYTHING, Order("title"), Paging(page=number, page_size=2), LINKS)
            seen += [film.slug for film in page.items]
    assert seen == ["film-6", "film-5", "film-2", "film-3", "film-1", "film-4"]


async def test_offers_are_in_the_order_of_how_one_watches_then_of_the_provider(database: Database) -> None:
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(id=1, slug="heat"))
        await add(db, tables.providers, *(ProviderRow.build(id=number, name=f"P{number}") for number in (1, 2, 3)))
        kinds = ("buy", "rent", "ads", "free", "flatrate")
        await add(
            db,
            tables.availability,
            *(AvailabilityRow.build(film_id=1, provider_id=1, offer=kind, priority=1) for kind in kinds),
            AvailabilityRow.build(film_id=1, provider_id=3, offer="flatrate", priority=2),
            AvailabilityRow.build(film_id=1, provider_id=2, offer="flatrate", priority=2),
        )
    async with database.read() as db:
        film = await films.by_slug(db, "heat", ("GB",), LINKS)
    assert [(offer.offer, offer.provider) for offer in film.offers] == [
        ("flatrate", "P1"),
        ("flatrate", "P2"),
        ("flatrate", "P3"),
        ("free", "P1"),
        ("ads", "P1"),
        ("rent", "P1"),
        ("buy", "P1"),
    ]
