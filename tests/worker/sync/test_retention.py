from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select, text

from api.brands import Brands
from api.db import members, prices, services
from api.db.tables import availability, availability_checks, film_matches, films, providers
from api.errors import Blocked, Transient
from api.schemas.prices import PriceGiven
from tests.drivers.database import fresh_database
from tests.worker.sync.bench import MUBI, Bench, tiles
from worker.sync import retention

SOON = timedelta(days=160)
LONG = timedelta(days=181)
NOT_YET = timedelta(days=140)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """Two films on alice's list, each on MUBI."""
    async with fresh_database(tmp_path) as database:
        bench = Bench(database)
        bench.letterboxd.lists["alice"] = tiles(1, 2)
        await bench.refresh("alice")
        bench.tmdb.asked.clear()
        yield bench


async def age(bench: Bench, by: timedelta) -> None:
    """Have everything that TMDB said been read so long ago."""
    then = datetime.now(UTC) - by
    async with bench.database.write() as db:
        await db.execute(films.update().values(details_checked_at=then))
        await db.execute(film_matches.update().values(tried_at=then))
        for table in (availability_checks, providers):
            await db.execute(table.update().values(checked_at=then))


async def count(bench: Bench, table: Table) -> int:
    async with bench.database.read() as db:
        return int((await db.execute(select(func.count()).select_from(table))).scalar_one())


async def film(bench: Bench, slug: str = "film-1") -> Any:
    async with bench.database.read() as db:
        return (await db.execute(select(films).where(films.c.slug == slug))).one()


async def test_what_is_nearly_too_old_is_read_again(bench: Bench) -> None:
    await age(bench, SOON)
    assert await retention.keep(bench.services()) == {"renewed": 2, "failed": 0, "dropped": 0}
    assert sorted(bench.tmdb.asked) == ["details 1", "details 2"]
    assert (await film(bench)).details_checked_at > datetime.now(UTC) - timedelta(minutes=5)
    assert await retention.keep(bench.services()) == {"renewed": 0, "failed": 0, "dropped": 0}


async def test_what_is_young_enough_costs_nothing(bench: Bench) -> None:
    await age(bench, NOT_YET)
    assert await retention.keep(bench.services()) == {"renewed": 0, "failed": 0, "dropped": 0}
    assert bench.tmdb.asked == []


async def test_a_film_that_nobody_lists_any_more_is_dropped_and_its_match_kept(bench: Bench) -> None:
    bench.letterboxd.lists["alice"] = tiles(2)
    await bench.refresh("alice")
    await age(bench, LONG)
    counts = await retention.keep(bench.services())
    assert (counts["renewed"], counts["dropped"]) == (1, 1)
    assert ((await film(bench)).runtime_minutes, (await film(bench)).details_checked_at) == (None, None)
    assert (await film(bench, "film-2")).runtime_minutes == 90
    assert (await bench.match("film-1")).tmdb_id == 1
    async with bench.database.read() as db:
        shown = await db.execute(select(films.c.slug).join(availability).distinct())
        assert list(shown.scalars()) == ["film-2"]


async def test_what_could_not_be_read_again_in_time_is_dropped_and_unknown(bench: Bench) -> None:
    await age(bench, LONG)
    bench.tmdb.fault = Transient("/3/movie")
    counts = await retention.keep(bench.services())
    assert (counts["renewed"], counts["failed"], counts["dropped"]) == (0, 2, 3)
    assert [await count(bench, table) for table in (availability, availability_checks, providers)] == [0, 0, 0]


async def test_a_service_that_a_member_holds_outlives_its_films(bench: Bench) -> None:
    async with bench.database.write() as db:
        alice = await members.by_username(db, "alice")
        await services.replace(db, alice, "GB", [MUBI.provider_id])
    await age(bench, LONG)
    bench.tmdb.fault = Transient("/3/movie")
    await retention.keep(bench.services())
    assert await count(bench, providers) == 1


async def test_a_service_with_a_price_outlives_its_films(bench: Bench) -> None:
    async with bench.database.write() as db:
        mubi = PriceGiven(price=11.99, provider_id=MUBI.provider_id)
        await prices.replace(db, "GB", "GBP", [mubi], Brands())
    await age(bench, LONG)
    bench.tmdb.fault = Transient("/3/movie")
    await retention.keep(bench.services())
    assert await count(bench, providers) == 1


async def test_a_title_that_is_gone_while_film_pages_rest_is_no_reason_to_ask_for_them(bench: Bench) -> None:
    bench.letterboxd.faults = {f"film-{number}": Blocked("/film/", challenge=True) for number in (1, 2)}
    bench.tmdb.gone = {1, 2}
    await age(bench, LONG)
    bench.letterboxd.asked.clear()
    counts = await retention.keep(bench.services())
    assert (counts["renewed"], counts["failed"]) == (0, 2)
    assert len(bench.letterboxd.asked) == 1
    await age(bench, LONG)
    bench.letterboxd.asked.clear()
    await retention.keep(bench.services())
    assert bench.letterboxd.asked == []
    assert (await film(bench)).details_checked_at is None


async def test_a_film_of_members_who_are_followed_no_more_is_not_read_again(bench: Bench) -> None:
    bench.letterboxd.lists["bob"] = tiles(2, 3)
    bench.letterboxd.lists["alice"] = tiles(1)
    await bench.refresh("alice", "bob")
    await age(bench, LONG)
    assert await retention.keep(bench.services()) == {"renewed": 1, "failed": 0, "dropped": 2}
    assert [(await film(bench, f"film-{number}")).runtime_minutes for number in (1, 2, 3)] == [90, None, None]


@pytest.mark.parametrize(("ago", "kept"), [(NOT_YET, True), (LONG, False)])
async def test_candidates_of_a_film_that_waits_to_be_tried_again_grow_old_too(
    bench: Bench, ago: timedelta, kept: bool
) -> None:
    then = datetime.now(UTC) - ago
    async with bench.database.write() as db:
        forgotten = {"state": "review", "tmdb_id": None, "tried_at": None, "matched_at": None}
        await db.execute(film_matches.update().values(**forgotten, candidates=[{"tmdb_id": 1}]))
        await db.execute(films.update().values(updated_at=then))
    await retention.keep(bench.services())
    assert bool((await bench.match()).candidates) == kept


async def test_what_marquee_saw_itself_stays_while_the_film_is_checked(bench: Bench) -> None:
    bench.tmdb.offered = []
    await bench.refresh("alice", force=True)
    old = datetime.now(UTC) - timedelta(days=900)
    async with bench.database.write() as db:
        await db.execute(availability.update().values(opened_at=old, closed_at=old))
    await retention.keep(bench.services())
    assert await count(bench, availability) == 2


async def test_the_database_sees_how_its_tables_are_filled(bench: Bench) -> None:
    await retention.keep(bench.services())
    async with bench.database.read() as db:
        seen = (await db.execute(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'films'"))).scalars()
        assert {stat.split()[0] for stat in seen} == {"2"}
