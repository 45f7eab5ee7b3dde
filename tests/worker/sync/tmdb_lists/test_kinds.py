"""What lists hold by their kind: a watchlist and a filter beside the films that are loved; on both databases."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from api.db import members, tmdb_lists, tmdb_targets
from api.db.engine import Database
from api.db.film_filters import FilmFilters
from api.db.migrate import upgrade
from api.db.tables import film_matches, films, watchlist_entries
from api.errors import Invalid
from tests.factories import EntryRow, FilmRow, MatchRow, add
from tests.worker.sync.tmdb_lists.librarian import NOON, list_order

YEARS = {"Alien": 1979, "Brazil": 1985, "Contact": 1997, "Dune": 2021, "Elf": 2003}
COUNTRIES = ("GB",)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Any) -> AsyncIterator[Database]:
    """Ana wants four films, of which one has no match; the fifth nobody wants."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    else:
        url = f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}"
    await upgrade(url)
    database = Database(url)
    async with database.write() as db:
        ana = (await members.ensure(db, ["ana"]))["ana"]
        for number, (title, year) in enumerate(YEARS.items(), start=1):
            await add(db, films, FilmRow.build(id=number, title=title, year=year, slug=title.lower()))
            if title != "Contact":
                await add(db, film_matches, MatchRow.build(film_id=number, tmdb_id=100 + number))
            if title != "Elf":
                await add(db, watchlist_entries, EntryRow.build(member_id=ana, film_id=number, position=5 - number))
    yield database
    await database.close()


async def wanted(database: Database, **order: Any) -> tuple[list[str], list[str]]:
    """The titles on the list, and those that cannot be."""
    async with database.read() as db:
        found = await tmdb_targets.target(db, "ana", list_order("ana", **order), COUNTRIES)
    return [title.title for title in found.titles], [film.title for film in found.not_matched]


async def test_a_watchlist_is_listed_as_it_is(database: Database) -> None:
    order = {"kind": "watchlist", "sort_by": "position", "sort_order": "asc"}
    assert await wanted(database, **order) == (["Dune", "Brazil", "Alien"], ["Contact"])
    assert await wanted(database, **order, most=2) == (["Dune"], ["Contact"])


async def test_films_are_listed_by_their_filter(database: Database) -> None:
    filters = msgspec.to_builtins(FilmFilters(countries=COUNTRIES, year_min=1985, year_max=2010))
    order = {"kind": "films", "name": "Old", "query": "", "filters": filters, "sort_by": "year"}
    assert await wanted(database, **order) == (["Elf", "Brazil"], ["Contact"])


async def test_a_filter_that_is_not_known_any_more_lists_nothing(database: Database) -> None:
    with pytest.raises(Invalid, match="another version"):
        await wanted(database, kind="films", filters={"countries": ["GB"], "colour": "red"}, sort_by="year")


async def test_what_is_kept_comes_back_as_it_was(database: Database) -> None:
    order = list_order("ana", description="Mine.", public=False)
    async with database.write() as db:
        ana = (await members.ids(db, ["ana"]))["ana"]
        kept = await tmdb_lists.keep(db, ana, order, NOON)
        await tmdb_lists.place(db, kept.id, 8_600_001)
        left = tmdb_lists.Title("movie", 101, "Alien", 1979)
        outcome = tmdb_lists.Outcome(
            state="partial",
            message=None,
            not_matched=[],
            content=[left],
            refused=[tmdb_lists.Refusal(left, "No.", NOON)],
            seen_updated_at="2026-11-20 12:00:00 UTC",
            read_at=NOON,
        )
        await tmdb_lists.settle(db, kept.id, outcome, NOON)
    async with database.read() as db:
        found = await tmdb_lists.find(db, ana, order)
        assert await tmdb_lists.orders_of(db, [ana]) == [(ana, order)]
    assert found is not None
    assert (found.content, found.refused, found.read_at) == (outcome.content, outcome.refused, NOON)
