"""What a person decided, through everything that may happen to a film afterwards."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from api.db import decisions, questions
from api.db.decisions import Choice
from api.db.tables import availability, corrections, films
from tests.drivers.database import fresh_database
from tests.worker.sync.bench import Bench, tile, tiles
from worker.jobs.film import see_to_film

CHOSEN: Choice = ("movie", 7)


async def decide(bench: Bench, choice: Choice = CHOSEN, slug: str = "film-1") -> None:
    async with bench.database.write() as db:
        await decisions.decide(db, await questions.film_id_of(db, slug), choice, datetime.now(UTC))


async def assert_decided(bench: Bench, slug: str = "film-1", choice: Choice = CHOSEN) -> None:
    match = await bench.match(slug)
    assert match.locked
    assert (match.media_type, match.tmdb_id) == (choice or (None, None))
    assert match.state == ("found" if choice else "not_found")


async def test_it_stays_through_refreshes_that_ask_for_everything(bench: Bench) -> None:
    await bench.refresh("alice")
    await decide(bench)
    for _ in range(2):
        await bench.refresh("alice", force=True)
        await assert_decided(bench)
    assert "details 7" in bench.tmdb.asked
    assert bench.letterboxd.asked.count("film-1") == 0


async def test_it_stays_when_the_film_gets_another_name_year_and_address(bench: Bench) -> None:
    await bench.refresh("alice")
    await decide(bench)
    bench.letterboxd.lists["alice"] = [tile(1, slug="renamed", title="Blue 2", year=1999)]
    await bench.refresh("alice", force=True)
    await assert_decided(bench, "renamed")


async def test_it_stays_when_tmdb_drops_the_title(bench: Bench) -> None:
    await bench.refresh("alice")
    await decide(bench)
    bench.tmdb.gone = {7}
    run = await bench.refresh("alice", force=True)
    await assert_decided(bench)
    assert (await bench.match()).message == "TMDB has no movie 7."
    assert (run.outcome(), await bench.failures()) == ("succeeded", [])
    bench.tmdb.gone = set()
    await bench.refresh("alice", force=True)
    await assert_decided(bench)


async def test_it_stays_while_the_film_is_on_no_list_and_when_it_comes_back(bench: Bench) -> None:
    bench.letterboxd.lists["alice"] = tiles(1, 2)
    await bench.refresh("alice")
    await decide(bench)
    for listed in (tiles(2), tiles(1, 2)):
        bench.letterboxd.lists["alice"] = listed
        await bench.refresh("alice")
        await assert_decided(bench)


async def test_of_a_film_that_is_not_on_tmdb_nothing_is_asked_any_more(bench: Bench) -> None:
    await bench.refresh("alice")
    await decide(bench, None)
    bench.tmdb.asked.clear()
    await bench.refresh("alice", force=True)
    await see_to_film({"services": bench.services()}, 1)
    await assert_decided(bench, choice=None)
    assert bench.tmdb.asked == []


async def test_its_details_and_offers_come_without_a_refresh(bench: Bench) -> None:
    await bench.refresh("alice")
    await decide(bench)
    await see_to_film({"services": bench.services()}, 1)
    async with bench.database.read() as db:
        film = (await db.execute(select(films))).one()
        is_open = availability.c.closed_at.is_(None)
        offers = (await db.execute(select(func.count()).select_from(availability).where(is_open))).scalar_one()
        wrong = (await db.execute(select(corrections.c.tmdb_id, corrections.c.new_tmdb_id))).one()
    assert (film.original_title, offers, tuple(wrong)) == ("Bleu 7", 1, (1, 7))
    assert await bench.event_kinds() == []


async def take_back(bench: Bench) -> None:
    async with bench.database.write() as db:
        await decisions.take_back(db, 1)
    await see_to_film({"services": bench.services()}, 1)


async def test_taken_back_it_is_looked_for_as_if_nobody_had_decided(bench: Bench) -> None:
    await bench.refresh("alice")
    await decide(bench)
    await take_back(bench)
    match = await bench.match()
    assert (match.state, match.tmdb_id, match.locked, match.confidence) == ("found", 1, False, "probable")
    assert await bench.event_kinds() == []
    assert await corrected(bench) == [(1, 7), (7, 1)]


async def test_confirmed_and_taken_back_its_past_is_as_it_was(bench: Bench) -> None:
    await bench.refresh("alice")
    bench.tmdb.offered = []
    await bench.refresh("alice", force=True)
    before = await past(bench)
    await decide(bench, ("movie", 1))
    await take_back(bench)
    assert (await bench.match()).locked is False
    assert (await past(bench), await bench.event_kinds(), await corrected(bench)) == (before, ["left"], [])


async def past(bench: Bench) -> list[Any]:
    async with bench.database.read() as db:
        return list((await db.execute(select(availability))).all())


async def corrected(bench: Bench) -> list[tuple[int, int]]:
    """From which title to which, in order."""
    query = select(corrections.c.tmdb_id, corrections.c.new_tmdb_id).order_by(corrections.c.id)
    async with bench.database.read() as db:
        return [tuple(row) for row in await db.execute(query)]


async def test_it_survives_a_new_installation(bench: Bench, tmp_path: Path) -> None:
    bench.letterboxd.lists["alice"] = tiles(1, 2, 3)
    await bench.refresh("alice")
    await decide(bench)
    await decide(bench, None, slug="film-2")
    async with bench.database.read() as db:
        saved = await decisions.everything(db)
    (tmp_path / "new").mkdir()
    async with fresh_database(tmp_path / "new") as database:
        other = Bench(database)
        wanted: dict[str, Choice] = {
            row.lid: (row.media_type, row.tmdb_id) if row.media_type and row.tmdb_id else None for row in saved
        }
        async with database.write() as db:
            intake = await decisions.take_in(db, wanted, replace=False, now=datetime.now(UTC))
        assert intake.waiting == 2
        other.letterboxd.lists["alice"] = [tile(1, slug="another-name"), *tiles(2, 3)]
        await other.refresh("alice")
        await assert_decided(other, "another-name")
        await assert_decided(other, "film-2", None)
        assert not (await other.match("film-3")).locked
        assert sorted(other.tmdb.asked) == ["details 3", "details 7", "search Blue 3"]
