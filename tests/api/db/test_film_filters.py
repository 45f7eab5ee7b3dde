"""Every filter and every order of films, and their facets, alike on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec import to_builtins

from api.db import facets, films, tables
from api.db.engine import Database
from api.db.film_filters import FilmFilters
from api.db.films import Order
from api.db.links import Links
from api.db.paging import Paging
from tests.factories import (
    NOW,
    AvailabilityRow,
    CheckRow,
    EntryRow,
    FilmRow,
    MatchRow,
    MemberRow,
    ProviderRow,
    add,
)

LINKS = Links(letterboxd="https://letterboxd.test", images="https://images.test")
HEAT, AMELIE, ALIEN = 1, 2, 3
NETFLIX, MUBI, APPLE = 8, 11, 2
ALL = ["alien", "amelie", "heat"]
GB = ("GB",)
FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ALL),
    ({"members": ("alice", "carol")}, ["alien", "heat"]),
    ({"members": ("alice", "carol"), "needed": 2}, ["heat"]),
    ({"exclude_seen_by": ("carol",)}, ["alien", "amelie"]),
    ({"states": ("review", "pending")}, ["alien", "amelie"]),
    ({"providers": (NETFLIX, APPLE)}, ["heat"]),
    ({"services_of": "alice"}, ["heat"]),
    ({"services_of": "alice", "countries": GB}, []),
    ({"offers": ("buy",)}, ["heat"]),
    ({"offers": ("rent",)}, []),
    ({"available": "true"}, ["heat"]),
    ({"available": "false", "countries": GB}, ["alien"]),
    ({"available": "unknown", "countries": GB}, ["amelie"]),
    ({"genres": ("comedy",), "genre_ids": (80,)}, ["amelie", "heat"]),
    ({"directors": ("jean pierre jeunet",)}, ["amelie"]),
    ({"director_ids": (1,)}, ["amelie"]),
    ({"languages": ("fr",)}, ["amelie"]),
    ({"origins": ("FR",)}, ["amelie"]),
    ({"year_min": 1996}, ["amelie"]),
    ({"year_max": 1995}, ["heat"]),
    ({"runtime_min": 150}, ["heat"]),
    ({"runtime_max": 122}, ["amelie"]),
    ({"rating_min": 3.5}, ["amelie", "heat"]),
    ({"rating_min": 3.6}, ["heat"]),
    ({"rating_min": 0.0, "rating_source": "tmdb"}, ["amelie"]),
    ({"rating_min": 0.0, "rating_source": "letterboxd"}, ["heat"]),
    ({"added_since": NOW + timedelta(days=1)}, ["heat"]),
    ({"added_since": NOW + timedelta(days=1), "members": ("alice",)}, []),
    ({"arrived_since": NOW}, ["heat"]),
    ({"arrived_since": NOW + timedelta(seconds=1)}, []),
    ({"q": "fab amé"}, ["amelie"]),
    ({"q": "100% /_"}, []),
    ({"members": ("carol",), "providers": (MUBI,), "states": ("found",), "year_min": 1990, "q": "he"}, ["heat"]),
]
ORDERS: list[tuple[Order, list[str]]] = [
    (Order("title"), ["alien", "amelie", "heat"]),
    (Order("title", descending=True), ["heat", "amelie", "alien"]),
    (Order("year"), ["heat", "amelie", "alien"]),
    (Order("year", descending=True), ["amelie", "heat", "alien"]),
    (Order("runtime", descending=True), ["heat", "amelie", "alien"]),
    (Order("rating"), ["amelie", "heat", "alien"]),
    (Order("popularity", descending=True), ["amelie", "heat", "alien"]),
    (Order("added", descending=True), ["heat", "alien", "amelie"]),
    (Order("arrived"), ["heat", "alien", "amelie"]),
    (Order("position"), ["heat", "alien", "amelie"]),
    (Order("random", seed=1), ["amelie", "alien", "heat"]),
    (Order("random", seed=7), ["heat", "alien", "amelie"]),
    (Order("random", seed=2**31 - 1), ["alien", "heat", "amelie"]),
]


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Any) -> AsyncIterator[Database]:
    """Heat streams and is sold; Amélie was never checked; Alien left; Carol has seen Heat; Alice pays for Mubi."""
    on_file = f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}"
    database = Database(on_file if request.param == "sqlite" else request.getfixturevalue("postgresql_url"))
    async with database.write() as db:
        await db.run_sync(tables.metadata.create_all)
        await add(db, tables.members, MemberRow.build(id=1, username="alice"), MemberRow.build(id=2, username="carol"))
        no_facts: dict[str, Any] = dict.fromkeys(("original_language", "letterboxd_average", "tmdb_rating"))
        no_facts |= {"tmdb_popularity": None}
        heat = {"runtime_minutes": 170, "letterboxd_average": 4.2, "original_language": "en", "tmdb_popularity": 9.0}
        amelie = {"runtime_minutes": 122, "tmdb_rating": 7.0, "original_language": "fr", "tmdb_popularity": 20.0}
        original = "Le Fabuleux Destin d'Amélie Poulain"
        await add(
            db,
            tables.films,
            FilmRow.build(id=HEAT, slug="heat", title="Heat", year=1995) | no_facts | heat,
            FilmRow.build(id=AMELIE, slug="amelie", title="Amélie", original_title=original, year=2001)
            | no_facts
            | amelie,
            FilmRow.build(id=ALIEN, slug="alien", title="The Alien", year=None, runtime_minutes=None) | no_facts,
        )
        await add(
            db,
            tables.film_matches,
            MatchRow.build(film_id=HEAT),
            MatchRow.build(film_id=AMELIE, state="review", tmdb_id=None, media_type=None, confidence=None),
        )
        await _facts(db)
        await _offers(db)
        await _wishes(db)
    yield database
    await database.close()


async def _facts(db: Any) -> None:
    jeunet = {"id": 1, "name": "Jean-Pierre Jeunet", "search_name": "jean pierre jeunet", "checked_at": NOW}
    await add(db, tables.people, jeunet)
    await add(db, tables.film_people, {"film_id": AMELIE, "person_id": 1, "role": "director", "position": 0})
    await add(db, tables.genres, {"id": 35, "name": "Comedy"}, {"id": 80, "name": "Crime"})
    pairs = ((AMELIE, 35), (HEAT, 80), (AMELIE, 80))
    await add(db, tables.film_genres, *({"film_id": film, "genre_id": genre} for film, genre in pairs))
    await add(db, tables.countries, {"code": "FR", "name": "France"})
    await add(db, tables.film_countries, {"film_id": AMELIE, "country": "FR"})


async def _offers(db: Any) -> None:
    named = ((NETFLIX, "Netflix"), (MUBI, "Mubi"), (APPLE, "Apple TV"))
    await add(db, tables.providers, *(ProviderRow.build(id=number, name=name) for number, name in named))
    await add(
        db,
        tables.availability,
        AvailabilityRow.build(film_id=HEAT, provider_id=APPLE, offer="buy"),
        AvailabilityRow.build(film_id=HEAT, provider_id=MUBI, country="DE"),
        AvailabilityRow.build(film_id=HEAT, provider_id=MUBI),
        AvailabilityRow.build(film_id=HEAT, provider_id=NETFLIX),
        AvailabilityRow.build(film_id=ALIEN, provider_id=MUBI, closed_at=NOW),
    )
    checked = ((HEAT, "GB"), (HEAT, "DE"), (ALIEN, "GB"))
    await add(
        db, tables.availability_checks, *(CheckRow.build(film_id=film, country=country) for film, country in checked)
    )


async def _wishes(db: Any) -> None:
    await add(
        db,
        tables.watchlist_entries,
        EntryRow.build(member_id=1, film_id=HEAT, position=2),
        EntryRow.build(member_id=1, film_id=AMELIE, removed_at=NOW),
        EntryRow.build(member_id=2, film_id=HEAT, position=1, added_at=NOW + timedelta(days=9)),
        EntryRow.build(member_id=2, film_id=ALIEN, position=4),
    )
    seen = {"rating": None, "provenance": "rss", "updated_at": NOW}
    await add(db, tables.ratings, {"member_id": 2, "film_id": HEAT, "watched": True, **seen})
    await add(db, tables.ratings, {"member_id": 2, "film_id": ALIEN, "watched": False, "liked": True, **seen})
    await add(db, tables.services, {"member_id": 1, "country": "DE", "provider_id": MUBI})


def filters_of(given: dict[str, Any]) -> FilmFilters:
    return FilmFilters(**({"countries": ("GB", "DE")} | given))


async def test_every_filter_lets_the_same_films_through(database: Database) -> None:
    found = []
    async with database.read() as db:
        for given, _ in FILTERS:
            page = await films.listing(db, filters_of(given), Order("title"), Paging(), LINKS)
            found.append((given, [film.slug for film in page.items]))
    assert found == FILTERS


async def test_every_order_is_the_same_on_one_page_and_on_many(database: Database) -> None:
    whole, cut = [], []
    async with database.read() as db:
        for order, _ in ORDERS:
            page = await films.listing(db, filters_of({}), order, Paging(), LINKS)
            whole.append((order, [film.slug for film in page.items]))
            pages = [
                await films.listing(db, filters_of({}), order, Paging(page=number, page_size=1), LINKS)
                for number in (1, 2, 3)
            ]
            cut.append((order, [film.slug for page in pages for film in page.items]))
    assert whole == ORDERS
    assert cut == ORDERS


async def test_watchlists_are_filtered_and_ordered(database: Database) -> None:
    async with database.read() as db:
        for order in ("position", "added", "title", "random"):
            page = await films.watchlist(db, "carol", filters_of({"year_min": 1990}), Order(order), Paging(), LINKS)
            assert [entry.slug for entry in page.items] == ["heat"], order


async def test_facets_count_what_the_filters_let_through(database: Database) -> None:
    async with database.read() as db:
        everything = to_builtins(await facets.under(db, filters_of({}), LINKS))
        bought = to_builtins(await facets.under(db, filters_of({"offers": ("buy",), "states": ("found",)}), LINKS))
        wanted = to_builtins(await facets.under(db, filters_of({}), LINKS, "carol"))
    crime, comedy = {"id": 80, "name": "Crime"}, {"id": 35, "name": "Comedy"}
    services = [
        {"id": number, "name": name, "logo_url": f"https://images.test/w92/logo{number}.jpg", "count": 1}
        for number, name in ((APPLE, "Apple TV"), (MUBI, "Mubi"), (NETFLIX, "Netflix"))
    ]
    kinds = [{"offer": "flatrate", "count": 1}, {"offer": "buy", "count": 1}]
    nineties = {"decade": 1990, "count": 1}
    assert everything == {
        "providers": services,
        "genres": [crime | {"count": 2}, comedy | {"count": 1}],
        "decades": [nineties, {"decade": 2000, "count": 1}],
        "offers": kinds,
    }
    of_heat = {"providers": services, "genres": [crime | {"count": 1}], "decades": [nineties], "offers": kinds}
    assert wanted == of_heat
    assert bought == of_heat | {"providers": services[:1], "offers": kinds[1:]}
