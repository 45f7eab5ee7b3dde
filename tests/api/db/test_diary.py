"""What members logged, and what follows of it for their ratings."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from api.db import diary, tiles
from api.db.diary import DiaryEntry
from api.db.engine import Database
from api.db.tables import diary_entries, film_matches, films, members, ratings, watchlist_entries
from tests.api.db.test_tiles import Tile
from tests.factories import EntryRow, FilmRow, MemberRow, add

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def entry(number: int, **facts: Any) -> DiaryEntry:
    known: dict[str, Any] = {
        "guid": f"letterboxd-watch-{number}",
        "film_id": 1,
        "url": f"https://letterboxd.com/ada/film/{number}/",
        "watched_on": date(2026, 11, 1),
        "rating": 4.0,
        "liked": False,
        "rewatch": False,
        "published_at": NOON - timedelta(days=18),
    }
    return DiaryEntry(**(known | facts))


@pytest.fixture
async def database(database: Database) -> Database:
    """Ada and Bob, and two films."""
    async with database.write() as db:
        await add(db, members, *(MemberRow.build(id=number) for number in (1, 2)))
        await add(db, films, *(FilmRow.build(id=number) for number in (1, 2)))
    return database


async def store(database: Database, *entries: DiaryEntry, gone: Sequence[str] = (), now: datetime = NOON) -> None:
    async with database.write() as db:
        await diary.store(db, 1, entries, gone=gone, now=now)


async def rated(database: Database, film_id: int = 1) -> Any:
    async with database.read() as db:
        return (await db.execute(select(ratings).where(ratings.c.film_id == film_id))).one_or_none()


async def count(database: Database) -> int:
    async with database.read() as db:
        return (await db.execute(select(func.count()).select_from(diary_entries))).scalar_one()


async def rate_otherwise(database: Database, rated_at: datetime | None) -> None:
    """An export, taken in at noon, that knows the rating."""
    row = {"member_id": 1, "film_id": 1, "rating": 2.0, "liked": False, "favorite": True, "rated_at": rated_at}
    async with database.write() as db:
        await add(db, ratings, {**row, "provenance": "export", "updated_at": NOON})


async def test_an_entry_is_a_rating_too(database: Database) -> None:
    await store(database, entry(1, liked=True))
    row = await rated(database)
    assert (row.rating, row.liked, row.watched_on, row.provenance) == (4.0, True, date(2026, 11, 1), "rss")
    assert row.rated_at == NOON - timedelta(days=18)


async def test_a_film_watched_without_a_rating_is_watched(database: Database) -> None:
    await store(database, entry(1, rating=None))
    row = await rated(database)
    assert (row.rating, row.watched_on) == (None, date(2026, 11, 1))


async def test_a_review_without_a_date_counts_from_the_day_on_which_it_was_written(database: Database) -> None:
    await store(database, entry(1, watched_on=None))
    assert (await rated(database)).watched_on == date(2026, 11, 2)


async def test_reading_twice_changes_nothing(database: Database) -> None:
    await store(database, entry(1), entry(2, film_id=2))
    before = await rated(database)
    await store(database, entry(1), entry(2, film_id=2), now=NOON + timedelta(days=1))
    assert await rated(database) == before
    assert await count(database) == 2


async def test_an_edited_entry_is_changed(database: Database) -> None:
    await store(database, entry(1))
    await store(database, entry(1, rating=5.0, liked=True))
    row = await rated(database)
    assert (row.rating, row.liked, await count(database)) == (5.0, True, 1)


async def test_an_entry_that_moved_to_another_film_leaves_no_rating_behind(database: Database) -> None:
    await store(database, entry(1))
    await store(database, entry(1, film_id=2))
    assert await rated(database, 1) is None
    assert (await rated(database, 2)).rating == 4.0


@pytest.mark.parametrize("turn", [1, -1])
async def test_what_was_watched_last_counts_in_whichever_order_it_is_read(database: Database, turn: int) -> None:
    old = entry(1, watched_on=date(2019, 5, 1), rating=1.0, published_at=NOON)
    new = entry(2, watched_on=date(2026, 11, 1), rating=4.5)
    for each in [old, new][::turn]:
        await store(database, each)
    assert (await rated(database)).rating == 4.5


async def test_of_one_day_what_was_logged_last_counts(database: Database) -> None:
    await store(database, entry(2, rating=3.0, published_at=NOON), entry(1, rating=2.0))
    assert (await rated(database)).rating == 3.0


async def test_an_entry_that_is_gone_gives_the_word_to_the_one_before(database: Database) -> None:
    await store(database, entry(1, rating=3.0), entry(2, rating=5.0, published_at=NOON))
    await store(database, entry(1, rating=3.0), gone=["letterboxd-watch-2"])
    assert (await rated(database)).rating == 3.0
    await store(database, gone=["letterboxd-watch-1"])
    assert await rated(database) is None
    assert await count(database) == 0


async def test_another_members_entries_are_not_taken_away(database: Database) -> None:
    async with database.write() as db:
        await diary.store(db, 2, [entry(1)], gone=[], now=NOON)
    await store(database, gone=["letterboxd-watch-1"])
    assert await count(database) == 1


@pytest.mark.parametrize(("days", "provenance"), [(-1, "export"), (1, "rss")])
async def test_what_a_fuller_source_says_is_only_replaced_by_something_newer(
    database: Database, days: int, provenance: str
) -> None:
    await rate_otherwise(database, NOON - timedelta(days=30))
    await store(database, entry(1, published_at=NOON - timedelta(days=30 - days)))
    row = await rated(database)
    assert (row.provenance, row.favorite) == (provenance, True)


async def test_a_source_that_tells_no_time_knew_all_that_was_said_before_it_was_read(database: Database) -> None:
    await rate_otherwise(database, None)
    await store(database, entry(1, published_at=NOON - timedelta(minutes=1)))
    assert (await rated(database)).provenance == "export"
    await store(database, entry(2, published_at=NOON + timedelta(minutes=1)))
    assert (await rated(database)).provenance == "rss"


async def test_what_a_fuller_source_says_outlives_the_entry(database: Database) -> None:
    await store(database, entry(1))
    async with database.write() as db:
        await db.execute(ratings.update().values(provenance="export"))
    await store(database, gone=["letterboxd-watch-1"])
    assert (await rated(database)).provenance == "export"


async def test_a_film_known_from_a_feed_becomes_the_one_of_the_watchlist(database: Database) -> None:
    async with database.write() as db:
        [fed] = await tiles.store(db, [Tile(slug="heat-1995")], NOON)
        [listed] = await tiles.store(db, [Tile(slug="heat-1995", lid="2bg8", letterboxd_id=5)], NOON)
    assert listed == fed


async def test_a_renamed_film_that_a_feed_made_anew_is_one_again(database: Database) -> None:
    async with database.write() as db:
        [known] = await tiles.store(db, [Tile(slug="heat-1", lid="2bg8")], NOON)
        [fed] = await tiles.store(db, [Tile(slug="heat-1995")], NOON)
        await diary.store(db, 1, [entry(1, film_id=fed)], gone=[], now=NOON)
        assert await tiles.store(db, [Tile(slug="heat-1995", lid="2bg8")], NOON) == [known]
    async with database.read() as db:
        slugs = (await db.execute(select(films.c.slug).where(films.c.title == "Heat"))).scalars().all()
        matched = (await db.execute(select(film_matches.c.film_id).where(film_matches.c.film_id == fed))).all()
    assert (slugs, matched) == (["heat-1995"], [])
    assert (await rated(database, known)).rating == 4.0


async def test_a_film_that_is_on_a_list_is_not_taken_off_it_when_it_turns_out_to_be_another(database: Database) -> None:
    async with database.write() as db:
        [known] = await tiles.store(db, [Tile(slug="heat-1", lid="2bg8")], NOON)
        [fed] = await tiles.store(db, [Tile(slug="heat-1995")], NOON)
        await add(db, watchlist_entries, EntryRow.build(member_id=1, film_id=fed))
        assert await tiles.store(db, [Tile(slug="heat-1995", lid="2bg8")], NOON) == [known]
        assert (await db.execute(select(func.count()).select_from(watchlist_entries))).scalar_one() == 1
