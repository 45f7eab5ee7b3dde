"""What a night's proving makes of probable matches, and what it may cost."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from api.db.tables import availability, corrections, film_matches, films, proof_days, providers, services
from api.errors import Blocked, Missing, Transient
from tests.worker.sync.bench import Bench, tile, tiles
from worker.counting import count_request
from worker.sources.letterboxd.film import FilmPage
from worker.sync.proof import LONGEST_NIGHT, prove

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def page(number: int, **facts: Any) -> FilmPage:
    """The page of the film that `tile(number)` is; it links to the right title unless `facts` say otherwise."""
    known: dict[str, Any] = {
        **dict.fromkeys(FilmPage.__struct_fields__),
        "tmdb": ("movie", number),
        "slug": f"film-{number}",
        "lid": f"l{number}",
        "letterboxd_id": number,
        "title": f"Blue {number}",
        "year": 2000,
        "directors": [],
    }
    return FilmPage(**known | facts)


async def listed(bench: Bench, *numbers: int) -> None:
    """These films are on alice's watchlist, and found by searching; their pages agree."""
    bench.letterboxd.lists["alice"] = tiles(*numbers)
    await bench.refresh("alice")
    bench.letterboxd.pages = {f"film-{number}": page(number) for number in numbers}
    bench.letterboxd.asked.clear()


async def night(bench: Bench, budget: int = 30) -> dict[str, int]:
    """The counts of one night, without those that are 0."""
    given = bench.services()
    settings = msgspec.structs.replace(given.settings, proof_budget=budget)
    counts = await prove(msgspec.structs.replace(given, settings=settings))
    return {name: count for name, count in counts.items() if count}


async def days_pass(bench: Bench, days: int) -> None:
    async with bench.database.write() as db:
        tried = select(film_matches.c.film_id, film_matches.c.proof_tried_at, film_matches.c.tried_at)
        for film_id, proof_tried_at, tried_at in (await db.execute(tried)).all():
            values = {"tried_at": tried_at - timedelta(days=days)}
            if proof_tried_at:
                values["proof_tried_at"] = proof_tried_at - timedelta(days=days)
            await db.execute(film_matches.update().where(film_matches.c.film_id == film_id).values(values))
        for day in (await db.execute(select(proof_days.c.day).order_by(proof_days.c.day))).scalars().all():
            earlier = proof_days.update().where(proof_days.c.day == day)
            await db.execute(earlier.values(day=day - timedelta(days=days)))


async def rows(bench: Bench, table: Any) -> list[Any]:
    async with bench.database.read() as db:
        return list((await db.execute(select(table))).all())


async def test_an_agreement_makes_a_match_proven(bench: Bench) -> None:
    await listed(bench, 1)
    assert await night(bench) == {"asked": 1, "proven": 1}
    match = await bench.match()
    assert (match.tmdb_id, match.method, match.confidence) == (1, "page", "proven")
    assert await rows(bench, corrections) == []
    assert await night(bench) == {}
    assert bench.letterboxd.asked == ["film-1"]


async def test_a_link_to_another_title_corrects_the_match_and_takes_its_offers_back(bench: Bench) -> None:
    await listed(bench, 1)
    bench.letterboxd.pages["film-1"] = page(1, tmdb=("movie", 5))
    assert await night(bench) == {"asked": 1, "corrected": 1}
    match = await bench.match()
    assert (match.tmdb_id, match.confidence) == (5, "proven")
    [change] = await rows(bench, corrections)
    assert (change.tmdb_id, change.new_tmdb_id, change.method) == (1, 5, "page")
    assert change.because == "Letterboxd links the film to this title."
    former, present = await rows(bench, availability)
    assert (former.closed_at is None, former.withdrawn) == (False, True)
    assert (present.closed_at, present.withdrawn) == (None, False)
    assert await bench.event_kinds() == []
    [film] = await rows(bench, films)
    assert film.original_title == "Bleu 5"


async def test_without_a_link_what_agrees_stays_probable_and_is_left_alone_for_a_month(bench: Bench) -> None:
    await listed(bench, 1)
    bench.letterboxd.pages["film-1"] = page(1, tmdb=None, runtime_minutes=92)
    assert await night(bench) == {"asked": 1, "unproved": 1}
    assert (await bench.match()).confidence == "probable"
    await days_pass(bench, 29)
    assert await night(bench) == {}
    await days_pass(bench, 2)
    bench.letterboxd.pages["film-1"] = page(1)
    assert await night(bench) == {"asked": 1, "proven": 1}


@pytest.mark.parametrize(
    ("minutes", "because"),
    [
        (20, "by its page the film is another than the only one of its name on TMDB"),
        (None, "its page says too little to tell that the film is the only one of its name on TMDB"),
    ],
)
async def test_without_a_link_what_does_not_agree_becomes_a_question(
    bench: Bench, minutes: int | None, because: str
) -> None:
    await listed(bench, 1)
    bench.letterboxd.pages["film-1"] = page(1, tmdb=None, runtime_minutes=minutes)
    assert await night(bench) == {"asked": 1, "questioned": 1}
    match = await bench.match()
    assert (match.state, match.tmdb_id, match.confidence) == ("review", None, None)
    assert match.message == f"Letterboxd names no TMDB title, and {because}."
    assert match.evidence == {"directors": [], "runtime": minutes, "original_title": None}
    assert [row["tmdb_id"] for row in match.candidates] == [1]
    [change] = await rows(bench, corrections)
    assert (change.tmdb_id, change.new_tmdb_id, change.because) == (1, None, match.message)
    assert [row.withdrawn for row in await rows(bench, availability)] == [True]


async def test_a_question_is_not_answered_by_the_search_that_it_doubts(bench: Bench) -> None:
    await listed(bench, 1)
    bench.letterboxd.pages["film-1"] = page(1, tmdb=None, runtime_minutes=20)
    await night(bench)
    await days_pass(bench, 8)
    await bench.refresh("alice")
    assert (await bench.match()).state == "review"
    bench.letterboxd.pages["film-1"] = page(1)
    await days_pass(bench, 8)
    await bench.refresh("alice")
    assert (await bench.match()).confidence == "proven"


async def test_what_can_be_seen_on_a_members_services_is_proved_first(bench: Bench) -> None:
    await listed(bench, 1, 2, 3, 4)
    async with bench.database.write() as db:
        await db.execute(providers.insert().values(id=8, name="Netflix", checked_at=LONG_AGO))
        await db.execute(services.insert().values(member_id=1, country="GB", provider_id=8))
        ids = {row.slug: row.id for row in await db.execute(select(films.c.slug, films.c.id))}
        offers = availability.update()
        await db.execute(offers.where(availability.c.film_id == ids["film-3"]).values(provider_id=8))
        await db.execute(offers.where(availability.c.film_id == ids["film-1"]).values(closed_at=LONG_AGO))
        tried = film_matches.update().values(proof_tried_at=LONG_AGO)
        await db.execute(tried.where(film_matches.c.film_id == ids["film-2"]))
    await night(bench)
    assert bench.letterboxd.asked == ["film-3", "film-4", "film-1", "film-2"]


async def test_the_budget_is_of_the_day_however_often_a_night_begins(bench: Bench) -> None:
    await listed(bench, 1, 2, 3)
    assert await night(bench, budget=2) == {"asked": 2, "proven": 2}
    assert await night(bench, budget=2) == {}
    await days_pass(bench, 1)
    assert await night(bench, budget=2) == {"asked": 1, "proven": 1}
    assert await night(bench, budget=0) == {}


async def test_the_budget_is_of_requests_whatever_became_of_them(bench: Bench) -> None:
    await listed(bench, 1, 2, 3, 4)

    async def ask_again(asked: str) -> None:
        if asked == "film-1":
            count_request()
        if asked == "film-2":
            async with bench.database.write() as db:
                await db.execute(film_matches.update().where(film_matches.c.tmdb_id == 2).values(locked=True))

    bench.letterboxd.on_page = ask_again
    assert await night(bench, budget=3) == {"asked": 2, "proven": 1}
    assert await night(bench, budget=3) == {}
    assert await night(bench, budget=4) == {"asked": 1, "proven": 1}


async def test_what_a_refresh_asks_for_is_no_proof(bench: Bench) -> None:
    await listed(bench, 1, 2)
    async with bench.database.write() as db:
        now = datetime.now(UTC)
        await db.execute(film_matches.update().where(film_matches.c.tmdb_id == 1).values(proof_tried_at=now))
    assert await night(bench, budget=1) == {"asked": 1, "proven": 1}


async def test_a_mistake_at_one_film_ends_nothing_but_its_turn(bench: Bench) -> None:
    await listed(bench, 1, 2)
    bench.letterboxd.faults["film-1"] = RecursionError()
    assert await night(bench) == {"asked": 2, "failed": 1, "proven": 1}
    assert await night(bench) == {}


async def test_a_night_ends_well_before_its_job_does(bench: Bench) -> None:
    await listed(bench, 1, 2)
    moment = 0.0

    async def take_long(_asked: str) -> None:
        nonlocal moment
        moment += LONGEST_NIGHT

    bench.letterboxd.on_page = take_long
    counts = await prove(bench.services(), clock=lambda: moment)
    assert (counts["asked"], counts["proven"]) == (1, 1)
    assert await night(bench) == {"asked": 1, "proven": 1}


async def test_only_what_is_probable_and_wanted_is_asked_about(bench: Bench) -> None:
    await listed(bench, 1, 2, 3)
    async with bench.database.write() as db:
        ids = {row.slug: row.id for row in await db.execute(select(films.c.slug, films.c.id))}
        match = film_matches.update()
        await db.execute(match.where(film_matches.c.film_id == ids["film-1"]).values(locked=True))
        await db.execute(match.where(film_matches.c.film_id == ids["film-2"]).values(confidence="proven"))
    bench.letterboxd.lists["alice"] = tiles(1, 2)
    await bench.refresh("alice")
    bench.letterboxd.asked.clear()
    assert await night(bench) == {}
    assert bench.letterboxd.asked == []


async def test_members_who_are_followed_no_more_cost_nothing(bench: Bench) -> None:
    bench.letterboxd.lists["bob"] = tiles(2, 3)
    bench.letterboxd.lists["alice"] = tiles(1)
    await bench.refresh("bob", "alice")
    bench.letterboxd.pages = {f"film-{number}": page(number) for number in (1, 2, 3)}
    bench.letterboxd.asked.clear()
    assert await night(bench) == {"asked": 1, "proven": 1}
    assert bench.letterboxd.asked == ["film-1"]


async def test_a_block_ends_the_night_and_the_next_one_waits(bench: Bench) -> None:
    await listed(bench, 1, 2)
    bench.letterboxd.faults["film-1"] = Blocked("u", challenge=True)
    assert await night(bench) == {"asked": 1, "failed": 1}
    assert await night(bench) == {}
    assert bench.letterboxd.asked == ["film-1"]
    assert [(await bench.match(slug)).proof_tried_at for slug in ("film-1", "film-2")] == [None, None]


async def test_a_page_that_fails_alone_is_left_for_a_month(bench: Bench) -> None:
    await listed(bench, 1, 2)
    bench.letterboxd.faults["film-1"] = Transient("u", 500, host="Letterboxd")
    assert await night(bench) == {"asked": 2, "failed": 1, "proven": 1}
    assert await night(bench) == {}


@pytest.mark.parametrize("gone", [Missing("u"), None], ids=["gone", "another film's"])
async def test_a_page_that_says_nothing_of_the_film_changes_nothing(bench: Bench, gone: Exception | None) -> None:
    await listed(bench, 1)
    bench.letterboxd.pages["film-1"] = page(1, tmdb=("movie", 5), lid="other")
    if gone:
        bench.letterboxd.faults["film-1"] = gone
    assert await night(bench) == {"asked": 1, "unproved": 1}
    match = await bench.match()
    assert (match.tmdb_id, match.confidence) == (1, "probable")


async def test_a_persons_choice_meanwhile_is_not_touched(bench: Bench) -> None:
    await listed(bench, 1)
    bench.letterboxd.pages["film-1"] = page(1, tmdb=("movie", 5))

    async def choose(_asked: str) -> None:
        async with bench.database.write() as db:
            await db.execute(film_matches.update().values(tmdb_id=7, locked=True))

    bench.letterboxd.on_page = choose
    assert await night(bench) == {"asked": 1}
    match = await bench.match()
    assert (match.tmdb_id, match.locked) == (7, True)


async def test_tmdb_that_is_away_ends_the_night_with_nothing_half_done(bench: Bench) -> None:
    await listed(bench, 1, 2)
    bench.tmdb.fault = Transient("u", 502, host="TMDB")
    assert await night(bench) == {"asked": 1, "failed": 1}
    bench.tmdb.fault = None
    assert await night(bench) == {"asked": 2, "proven": 2}


async def test_a_night_that_is_cut_off_keeps_what_it_did(bench: Bench) -> None:
    await listed(bench, 1, 2)

    async def cut(asked: str) -> None:
        if asked == "film-2":
            raise asyncio.CancelledError

    bench.letterboxd.on_page = cut
    with pytest.raises(asyncio.CancelledError):
        await night(bench)
    bench.letterboxd.on_page = None
    assert (await bench.match("film-1")).confidence == "proven"
    assert await night(bench) == {"asked": 1, "proven": 1}


async def test_a_proof_makes_others_that_were_taken_for_the_same_title_doubtful(bench: Bench) -> None:
    await listed(bench, 1, 2)
    bench.letterboxd.pages["film-2"] = page(2, tmdb=("movie", 1))
    bench.letterboxd.pages["film-1"] = page(1, tmdb=("movie", 9))
    async with bench.database.write() as db:
        await db.execute(film_matches.update().where(film_matches.c.tmdb_id == 1).values(proof_tried_at=LONG_AGO))
    assert await night(bench, budget=1) == {"asked": 1, "corrected": 1}
    assert (await bench.match("film-1")).tried_at is None
    bench.letterboxd.lists["alice"] = [tile(1), tile(2)]
    await bench.refresh("alice")
    assert [(await bench.match(slug)).tmdb_id for slug in ("film-1", "film-2")] == [9, 1]
