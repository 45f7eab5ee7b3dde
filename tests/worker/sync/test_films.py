"""One film in a run, while others may be at it too."""

from typing import Any

import pytest
from sqlalchemy import select

from api.db.tables import availability, corrections, film_matches, films
from api.errors import Blocked, Transient
from tests.worker.sync.bench import MUBI, Bench, tile
from worker.jobs.film import see_to_film
from worker.sources.letterboxd.film import FilmPage
from worker.sync import films as films_of_now
from worker.sync.film_pages import FilmPageSource

NO_LINK: dict[str, Any] = {
    **dict.fromkeys(FilmPage.__struct_fields__),
    "slug": "film-1",
    "title": "Blue 5",
    "year": 2000,
}


async def rematch(bench: Bench, **values: Any) -> None:
    async with bench.database.write() as db:
        await db.execute(film_matches.update().values(media_type="movie", state="found", **values))


async def open_offers(bench: Bench) -> list[int]:
    query = select(availability.c.provider_id).where(availability.c.closed_at.is_(None))
    async with bench.database.read() as db:
        return list((await db.execute(query)).scalars())


@pytest.mark.parametrize("locked", [False, True])
async def test_a_title_chosen_while_tmdb_was_asked_is_not_mixed_with_the_former_one(bench: Bench, locked: bool) -> None:
    await bench.refresh("alice")

    async def choose(asked: str) -> None:
        if asked == "details 1":
            await rematch(bench, tmdb_id=2, locked=locked)
            bench.tmdb.offered = [MUBI]

    bench.tmdb.on_request = choose
    bench.tmdb.offered = []
    await bench.refresh("alice", force=True)
    match = await bench.match()
    assert (match.tmdb_id, match.locked) == (2, locked)
    assert bench.tmdb.asked[-2:] == ["details 1", "details 2"]
    assert await open_offers(bench) == [11]
    assert await bench.event_kinds() == []


async def test_a_persons_choice_wins_over_a_search_that_was_under_way(bench: Bench) -> None:
    async def choose(asked: str) -> None:
        if asked == "search Blue 1":
            await rematch(bench, tmdb_id=7, locked=True, confidence="proven")

    bench.tmdb.on_request = choose
    await bench.refresh("alice")
    match = await bench.match()
    assert (match.tmdb_id, match.locked, match.confidence) == (7, True, "proven")
    assert bench.tmdb.asked[-1] == "details 7"


async def test_a_film_that_is_overtaken_each_time_is_left_to_the_other(bench: Bench) -> None:
    await bench.refresh("alice")

    async def choose(asked: str) -> None:
        await rematch(bench, tmdb_id=int(asked.split()[-1]) + 1)

    bench.tmdb.on_request = choose
    run = await bench.refresh("alice", force=True)
    assert bench.tmdb.asked[-2:] == ["details 1", "details 2"]
    assert (await bench.match()).tmdb_id == 3
    assert run.problem is None
    assert await bench.failures() == []


@pytest.mark.parametrize("fault", [Blocked("u", challenge=True), Transient("u", 502, host="Letterboxd")])
async def test_what_the_search_found_is_kept_when_the_film_page_cannot_be_read(bench: Bench, fault: Exception) -> None:
    bench.tmdb.twins = {"Blue 1"}
    bench.letterboxd.faults["film-1"] = fault
    await bench.refresh("alice")
    match = await bench.match()
    assert match.state == "error"
    assert [row["tmdb_id"] for row in match.candidates] == [1, 1001]
    assert match.message.startswith("Letterboxd ")
    assert match.message.endswith(".")


async def test_a_probable_film_is_matched_again_when_letterboxd_corrects_its_year(bench: Bench) -> None:
    await bench.refresh("alice")
    bench.letterboxd.lists["alice"] = [tile(1, title="Blue 5")]
    await bench.refresh("alice")
    match = await bench.match()
    assert (match.tmdb_id, match.confidence) == (5, "probable")
    assert await bench.event_kinds() == []


async def test_a_film_that_is_a_question_again_does_not_keep_what_its_former_title_brought(bench: Bench) -> None:
    await bench.refresh("alice")
    bench.tmdb.twins = {"Blue 5"}
    bench.letterboxd.lists["alice"] = [tile(1, title="Blue 5")]
    bench.letterboxd.faults["film-1"] = Transient("u", 404)
    await bench.refresh("alice")
    assert (await bench.match()).tmdb_id == 1
    del bench.letterboxd.faults["film-1"]
    bench.letterboxd.pages["film-1"] = FilmPage(**NO_LINK | {"directors": []})
    await bench.refresh("alice")
    match = await bench.match()
    assert (match.state, match.tmdb_id, match.matched_at) == ("review", None, None)
    assert await open_offers(bench) == []
    async with bench.database.read() as db:
        film = (await db.execute(select(films.c.search_title, films.c.details_checked_at))).one()
    assert tuple(film) == ("blue 5", None)


async def see_to(bench: Bench) -> None:
    services = bench.services()
    await films_of_now.see_to(services, 1, FilmPageSource(services))


async def test_a_decision_brings_its_details_and_offers_without_a_run(bench: Bench) -> None:
    await bench.refresh("alice")
    await rematch(bench, tmdb_id=7, locked=True)
    bench.tmdb.asked.clear()
    await see_to(bench)
    assert bench.tmdb.asked == ["details 7"]
    async with bench.database.read() as db:
        assert (await db.execute(select(films.c.original_title))).scalar_one() == "Bleu 7"
    assert await open_offers(bench) == [11]


async def test_an_unlocked_film_is_matched_again_without_a_run(bench: Bench) -> None:
    await bench.refresh("alice")
    async with bench.database.write() as db:
        await db.execute(film_matches.update().values(state="pending", media_type=None, tmdb_id=None, tried_at=None))
    await see_to(bench)
    match = await bench.match()
    assert (match.state, match.tmdb_id) == ("found", 1)


async def test_a_film_that_has_no_title_by_a_persons_word_is_left_alone(bench: Bench) -> None:
    await bench.refresh("alice")
    async with bench.database.write() as db:
        await db.execute(film_matches.update().values(state="not_found", tmdb_id=None, media_type=None, locked=True))
    bench.tmdb.asked.clear()
    await see_to(bench)
    assert bench.tmdb.asked == []


async def test_a_choice_that_tmdb_does_not_have_stays_and_says_so_until_it_does(bench: Bench) -> None:
    await bench.refresh("alice")
    await rematch(bench, tmdb_id=12345, locked=True)
    bench.tmdb.gone = {12345}
    await see_to(bench)
    match = await bench.match()
    assert (match.tmdb_id, match.locked, match.message) == (12345, True, "TMDB has no movie 12345.")
    await bench.refresh("alice", force=True)
    assert (await bench.match()).locked
    bench.tmdb.gone = set()
    await see_to(bench)
    match = await bench.match()
    assert (match.tmdb_id, match.message) == (12345, None)


async def test_what_goes_wrong_with_one_film_is_left_to_the_next_refresh(bench: Bench) -> None:
    await bench.refresh("alice")
    bench.tmdb.fault = Transient("u", 502, host="TMDB")
    await see_to_film({"services": bench.services()}, 1)
    assert (await bench.match()).state == "found"
    await see_to_film({"services": bench.services()}, 999)


async def test_a_title_that_became_another_one_is_a_correction(bench: Bench) -> None:
    await bench.refresh("alice")
    bench.letterboxd.lists["alice"] = [tile(1, title="Blue 5")]
    await bench.refresh("alice")
    async with bench.database.read() as db:
        [change] = (await db.execute(select(corrections))).all()
        offers = (await db.execute(select(availability.c.withdrawn).order_by(availability.c.id))).scalars().all()
    assert (change.tmdb_id, change.new_tmdb_id, change.method) == (1, 5, "search")
    assert change.because == "It is the only title of the film’s name and year."
    assert offers == [True, False]


async def test_a_film_matched_for_the_first_time_corrects_nothing(bench: Bench) -> None:
    await bench.refresh("alice")
    await bench.refresh("alice", force=True)
    async with bench.database.read() as db:
        assert (await db.execute(select(corrections))).all() == []


async def test_two_films_are_never_the_same_title(bench: Bench) -> None:
    bench.letterboxd.lists["alice"] = [tile(1), tile(2, title="Blue 1")]
    bench.letterboxd.pages = {
        slug: FilmPage(**NO_LINK | {"slug": slug, "title": "Blue 1", "directors": [], "tmdb": link})
        for slug, link in (("film-1", ("movie", 1)), ("film-2", ("movie", 1001)))
    }
    await bench.refresh("alice")
    await bench.refresh("alice")
    assert [(await bench.match(slug)).tmdb_id for slug in ("film-1", "film-2")] == [1, 1001]
