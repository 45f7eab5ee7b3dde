"""Whole runs: how reading and enriching go together, what ends them, and what they show meanwhile."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from api.db.runs import LeaseLost
from api.db.tables import film_matches, films, refreshes, watchlist_entries
from api.errors import Blocked, KeyRefused, MarkupChanged, Missing, Private, RateLimited, Transient, Unavailable
from tests.worker.sync.bench import Bench, tiles
from worker.sync import watchlist

DOWN = Transient("u", 503, host="TMDB")
ALICES = tiles(*range(1, 71))
BOBS = tiles(*range(51, 151))


async def states(bench: Bench) -> list[str]:
    async with bench.database.read() as db:
        return list((await db.execute(select(film_matches.c.state).order_by(film_matches.c.film_id))).scalars())


async def positions(bench: Bench) -> list[tuple[int | None, str]]:
    query = select(watchlist_entries.c.position, films.c.slug).join(films)
    async with bench.database.read() as db:
        return [tuple(row) for row in await db.execute(query.order_by(watchlist_entries.c.position))]


async def test_a_database_that_is_away_ends_the_work_and_is_no_failure_of_a_film(bench: Bench) -> None:
    for fault in (
        Unavailable("The database", "it is locked"),
        OperationalError("x", None, Exception("gone")),
        OSError(),
    ):
        bench.tmdb.fault = fault
        run = await bench.start("alice")
        with pytest.raises(type(fault)) as raised:
            await watchlist.refresh(bench.services(), run)
        assert raised.value is fault
        await bench.end(run)
    assert await states(bench) == ["pending"]
    assert await bench.failures() == []


async def test_data_that_does_not_fit_is_a_failure_of_one_film(bench: Bench) -> None:
    bench.tmdb.fault = IntegrityError("x", None, Exception("twice"))
    await bench.refresh("alice")
    assert await states(bench) == ["error"]
    assert [code for _, code, _ in await bench.failures()] == ["unexpected"]


async def test_of_many_errors_the_gravest_is_told(bench: Bench) -> None:
    bench.letterboxd.lists["alice"] = ALICES
    faults: list[Exception] = [Unavailable("The database", "it is locked"), KeyRefused("u"), OSError()]

    async def fail(asked: str) -> None:
        if faults:
            raise faults.pop()

    bench.tmdb.on_request = fail
    with pytest.raises(KeyRefused):
        await watchlist.refresh(bench.services(), await bench.start("alice"))


@pytest.mark.parametrize("moment", ["alice 1", "search Blue 1"])
async def test_a_worker_that_lost_its_run_writes_nothing_more(bench: Bench, moment: str) -> None:
    run = await bench.start("alice")

    async def lose(asked: str) -> None:
        if asked == moment:
            async with bench.database.write() as db:
                await db.execute(update(refreshes).values(lease_owner="another"))

    bench.letterboxd.on_page = bench.tmdb.on_request = lose
    with pytest.raises(LeaseLost):
        await watchlist.refresh(bench.services(), run)
    assert await states(bench) == ([] if moment == "alice 1" else ["pending"])


async def test_a_tmdb_that_is_down_is_not_asked_for_every_film(bench: Bench) -> None:
    bench.letterboxd.lists["alice"] = ALICES
    bench.tmdb.fault = DOWN
    run = await bench.refresh("alice")
    assert len(bench.tmdb.asked) < 20
    failures = await bench.failures()
    assert len(failures) <= 5
    assert [slug for slug, _, _ in failures].count(None) == 1
    assert run.problem is not None
    assert (run.problem.code, run.outcome()) == ("unreachable", "partial")
    assert (await states(bench)).count("pending") == 70 - len(failures) + 1


async def test_a_tmdb_that_wants_hours_of_peace_is_one_problem_and_no_failed_film(bench: Bench) -> None:
    bench.letterboxd.lists["alice"] = ALICES
    bench.tmdb.fault = RateLimited("u", 7200.0, host="TMDB")
    await bench.refresh("alice")
    [(slug, code, message)] = await bench.failures()
    assert (slug, code) == (None, "rate_limited")
    assert message.startswith("TMDB asked Marquee to slow down for 120 minutes. ")
    assert set(await states(bench)) == {"pending"}


async def test_a_refused_watchlist_stops_neither_film_pages_nor_other_watchlists(bench: Bench) -> None:
    bench.letterboxd.lists = {"alice": ALICES, "bob": BOBS}
    bench.letterboxd.faults = {"alice 2": Blocked("u", challenge=True), "film-1": Missing("u"), "film-2": Missing("u")}
    bench.tmdb.twins = {"Blue 1", "Blue 2"}
    await bench.refresh("alice", "bob")
    assert {"film-1", "film-2"} < set(bench.letterboxd.asked)
    assert "bob 4" in bench.letterboxd.asked
    assert (await bench.source("film_pages")).state == "ok"


async def test_a_watchlist_that_turned_marquee_away_rests_although_somebody_asks(bench: Bench) -> None:
    bench.letterboxd.faults["alice 1"] = Blocked("u", challenge=True)
    await bench.refresh("alice")
    rests_until = (await bench.source()).next_try_at
    bench.letterboxd.faults.clear()
    run = await bench.refresh("alice")
    assert (run.outcome(), bench.letterboxd.asked) == ("failed", ["alice 1"])
    assert run.problem is not None
    assert f"Marquee does not ask again before {rests_until:%H:%M} on" in run.problem.message
    source = await bench.source()
    assert (source.failures, source.next_try_at) == (1, rests_until)
    assert (await bench.refresh("alice", force=True)).outcome() == "succeeded"


async def test_a_watchlist_that_was_private_is_asked_for_as_soon_as_somebody_asks(bench: Bench) -> None:
    bench.letterboxd.faults["alice 1"] = Private("u")
    await bench.refresh("alice")
    bench.letterboxd.faults.clear()
    assert (await bench.refresh("alice", trigger="cron")).problem is not None
    assert (await bench.refresh("alice")).outcome() == "succeeded"


async def test_a_private_watchlist_says_nothing_of_film_pages(bench: Bench) -> None:
    bench.letterboxd.lists["bob"] = tiles(2)
    bench.letterboxd.faults = {"bob 1": Private("u"), "film-1": Private("u")}
    bench.tmdb.twins = {"Blue 1"}
    await bench.refresh("alice", "bob")
    assert bench.letterboxd.asked[-1] == "film-1"


async def test_progress_never_goes_back_over_several_members(bench: Bench) -> None:
    bench.letterboxd.lists = {"carol": tiles(1), "alice": ALICES, "bob": BOBS}
    run = await bench.refresh("carol", "alice", "bob")
    totals = [total for _, total in run.shown]
    percents = [100 * done // total for done, total in run.shown]
    assert totals == sorted(totals)
    assert percents == sorted(percents)
    assert (run.progress.done, run.progress.total) == (171, 171)
    assert bench.letterboxd.asked[:3] == ["carol 1", "alice 1", "bob 1"]


@pytest.mark.parametrize("now", [ALICES[:50], [*tiles(*range(200, 240)), *ALICES]], ids=["shorter", "longer"])
async def test_a_list_that_changed_since_ends_at_all_of_all(bench: Bench, now: list[object]) -> None:
    bench.letterboxd.lists = {"alice": ALICES}
    await bench.refresh("alice")
    bench.letterboxd.lists = {"alice": now}  # type: ignore[dict-item]
    run = await bench.refresh("alice", force=True)
    percents = [100 * done // total for done, total in run.shown]
    assert run.shown[0][1] == 70
    assert percents == sorted(percents)
    assert run.progress.done == run.progress.total == max(70, len(now))


async def test_the_time_left_is_told_when_every_list_is_known(bench: Bench) -> None:
    bench.letterboxd.lists = {"alice": ALICES, "bob": BOBS}
    run = await bench.start("alice", "bob")
    told: dict[str, int | None] = {}

    async def look(asked: str) -> None:
        told[asked] = run.estimate.seconds_left(0)

    bench.letterboxd.on_page = look
    await watchlist.refresh(bench.services(), run)
    assert told["alice 1"] is None
    assert told["bob 1"] is None
    assert told["alice 2"] == 2 * (2 + 3)
    assert told["bob 4"] == 2


async def test_a_read_that_breaks_off_says_how_far_it_came(bench: Bench) -> None:
    bench.letterboxd.lists["alice"] = ALICES
    bench.letterboxd.faults["alice 3"] = Transient("u", 502, host="Letterboxd")
    await bench.refresh("alice")
    source = await bench.source()
    assert (source.state, source.expected, source.got) == ("unreachable", 70, 56)
    bench.letterboxd.faults["alice 1"] = Transient("u", 502, host="Letterboxd")
    await bench.refresh("alice")
    source = await bench.source()
    assert (source.state, source.expected, source.got) == ("unreachable", None, None)


async def test_a_run_that_a_key_ended_leaves_word_of_how_far_it_was(bench: Bench) -> None:
    bench.letterboxd.lists["alice"] = ALICES
    bench.tmdb.fault = KeyRefused("u")
    with pytest.raises(KeyRefused):
        await watchlist.refresh(bench.services(), await bench.start("alice"))
    source = await bench.source()
    assert (source.state, source.expected) == ("never", 70)
    assert source.got in (28, 56)


async def test_a_sample_of_a_page_that_is_not_understood_is_kept_until_it_is(bench: Bench) -> None:
    bench.letterboxd.faults["alice 1"] = MarkupChanged(".grid", "div.tiles")
    await bench.refresh("alice")
    assert (await bench.source()).sample == "div.tiles"
    bench.letterboxd.faults.clear()
    await bench.refresh("alice")
    assert (await bench.source()).sample is None


async def test_a_read_that_breaks_off_leaves_the_rest_in_its_order(bench: Bench) -> None:
    bench.letterboxd.lists["alice"] = ALICES
    await bench.refresh("alice")
    bench.letterboxd.lists["alice"] = [*tiles(101, 102), ALICES[60], *ALICES[:60], *ALICES[61:]]
    bench.letterboxd.faults["alice 2"] = Blocked("u", challenge=True)
    await bench.refresh("alice")
    expected = [film.slug for film in bench.letterboxd.lists["alice"]]
    assert await positions(bench) == list(enumerate(expected, start=1))
