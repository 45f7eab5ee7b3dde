"""Film pages as one family: when they rest, for how long, and that no other family is touched by it."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from api.db import members
from api.db.tables import film_matches, source_states
from api.errors import Blocked, Disallowed, MarkupChanged, Missing, RateLimited, SourceError, Transient
from tests.worker.sync.bench import Bench, tiles
from worker.sync.film_pages import FilmPageSource
from worker.sync.proof import prove
from worker.sync.reach import MOST_FAILURES, GivenUp

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHALLENGE = Blocked("u", challenge=True)
PAGE: Any = object()


class Work:
    """Pieces of work that ask for film pages, at a time that the test sets."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.now = NOON
        bench.letterboxd.pages = {f"film-{number}": PAGE for number in range(9)}

    def begin(self, *, asked: bool = False, force: bool = False) -> FilmPageSource:
        return FilmPageSource(self.bench.services(), asked=asked, force=force, clock=lambda: self.now)

    def fail(self, error: SourceError, *numbers: int) -> None:
        """Let these pages, or all, fail from now on."""
        self.bench.letterboxd.faults = {f"film-{number}": error for number in numbers or range(9)}

    async def refused(self) -> None:
        with pytest.raises(GivenUp):
            await self.begin().page("film-1")

    async def standing(self) -> Any:
        return await self.bench.source("film_pages")


@pytest.fixture
def work(bench: Bench) -> Work:
    return Work(bench)


@pytest.mark.parametrize(
    ("error", "rest"),
    [
        (CHALLENGE, timedelta(hours=6)),
        (Disallowed("u", host="Letterboxd"), timedelta(hours=23)),
        (RateLimited("u", 7200.0, host="Letterboxd"), timedelta(hours=2)),
    ],
)
async def test_a_refusal_ends_the_asking_for_the_next_work_too(work: Work, error: SourceError, rest: timedelta) -> None:
    work.fail(error)
    source = work.begin()
    for _ in range(3):
        with pytest.raises(GivenUp) as end:
            await source.page("film-1")
        assert end.value.code == error.code
    await work.refused()
    assert work.bench.letterboxd.asked == ["film-1"]
    standing = await work.standing()
    assert (standing.state, standing.next_try_at) == (error.code, NOON + rest)
    assert "film pages" in standing.message


async def test_each_refusal_doubles_the_rest_and_one_answer_ends_it(work: Work) -> None:
    work.fail(CHALLENGE)
    rests = []
    for _ in range(5):
        await work.refused()
        standing = await work.standing()
        rests.append(standing.next_try_at - work.now)
        work.now = standing.next_try_at
    assert rests == [timedelta(hours=hours) for hours in (6, 12, 24, 48, 48)]
    assert len(work.bench.letterboxd.asked) == 5
    work.bench.letterboxd.faults.clear()
    assert await work.begin().page("film-1") is PAGE
    standing = await work.standing()
    assert (standing.state, standing.failures, standing.next_try_at, standing.good_at) == ("ok", 0, None, work.now)
    assert standing.message is None


@pytest.mark.parametrize("error", [CHALLENGE, RateLimited("u", 7200.0, host="Letterboxd")])
async def test_whoever_asks_after_marquee_was_turned_away_is_told_when_it_asks_again(
    work: Work, error: SourceError
) -> None:
    work.fail(error)
    await work.refused()
    with pytest.raises(GivenUp, match=r"Marquee does not ask again before \d\d:00 on 20 November \(UTC\)\.$"):
        await work.begin(asked=True).page("film-1")
    assert work.bench.letterboxd.asked == ["film-1"]
    work.bench.letterboxd.faults.clear()
    assert await work.begin(asked=True, force=True).page("film-1") is PAGE


async def test_whoever_asks_for_what_a_person_can_mend_is_not_put_off(work: Work) -> None:
    work.fail(Disallowed("u", host="Letterboxd"))
    await work.refused()
    work.bench.letterboxd.faults.clear()
    assert await work.begin(asked=True).page("film-1") is PAGE
    assert await work.begin().page("film-2") is PAGE


async def test_a_first_page_that_is_not_understood_is_told_at_once_and_keeps_no_other_from_being_asked_for(
    work: Work,
) -> None:
    work.fail(MarkupChanged(".text-footer", "<body.film>", "u"), 1)
    source = work.begin()
    with pytest.raises(MarkupChanged):
        await source.page("film-1")
    standing = await work.standing()
    assert (standing.state, standing.selector, standing.sample) == ("changed", ".text-footer", "<body.film>")
    work.bench.letterboxd.faults["film-3"] = Missing("u")
    with pytest.raises(Missing):
        await source.page("film-3")
    standing = await work.standing()
    assert (standing.state, standing.selector, standing.sample) == ("changed", ".text-footer", "<body.film>")
    assert await source.page("film-2") is PAGE
    standing = await work.standing()
    assert (standing.state, standing.selector, standing.sample) == ("ok", None, None)
    with pytest.raises(MarkupChanged):
        await source.page("film-1")
    assert (await work.standing()).state == "ok"


@pytest.mark.parametrize("error", [Transient("u", 503, host="Letterboxd"), MarkupChanged(".text-footer")])
async def test_failures_in_a_row_end_the_asking(work: Work, error: SourceError) -> None:
    work.fail(error)
    source = work.begin()
    for number in range(MOST_FAILURES - 1):
        with pytest.raises((Transient, MarkupChanged)):
            await source.page(f"film-{number}")
    for _ in range(2):
        with pytest.raises(GivenUp):
            await source.page("film-8")
    assert len(work.bench.letterboxd.asked) == MOST_FAILURES
    assert (await work.standing()).state == error.code


async def test_a_film_that_is_gone_is_an_answer_like_any_other(work: Work) -> None:
    work.fail(Transient("u", 503))
    source = work.begin()
    for _ in range(2):
        for number in range(MOST_FAILURES - 1):
            with pytest.raises(Transient):
                await source.page(f"film-{number}")
        work.bench.letterboxd.faults["film-8"] = Missing("u")
        with pytest.raises(Missing):
            await source.page("film-8")
    assert (await work.standing()).state == "ok"


async def test_refused_film_pages_rest_alone(bench: Bench) -> None:
    bench.letterboxd.lists = {"alice": tiles(1, 2, 3), "bob": tiles(4)}
    bench.letterboxd.faults = {"film-1": CHALLENGE}
    bench.tmdb.twins = {"Blue 1"}
    run = await bench.refresh("alice", "bob")
    assert [(code, message) for _, code, message in await bench.failures()] == [
        (
            "blocked",
            "Letterboxd did not let Marquee read film pages (it asked for a browser check)."
            " The films that need one wait.",
        )
    ]
    assert await bench.failed_sources() == ["film_pages"]
    assert run.outcome() == "partial"
    bench.letterboxd.asked.clear()
    run = await bench.refresh("alice", "bob", trigger="cron")
    assert bench.letterboxd.asked == ["alice 1", "bob 1"]
    assert run.problem is not None
    assert run.problem.code == "blocked"
    assert len((await bench.match("film-1")).candidates) == 2


async def test_a_rest_that_is_over_is_ended_by_a_run_that_reads_no_list_that_is_well(bench: Bench) -> None:
    bench.letterboxd.faults = {"film-1": CHALLENGE}
    bench.tmdb.twins = {"Blue 1"}
    await bench.refresh("alice")
    bench.letterboxd.faults = {"film-1": Missing("u")}
    bench.letterboxd.asked.clear()
    async with bench.database.write() as db:
        await db.execute(update(source_states).values(next_try_at=None))
    await bench.refresh("alice", trigger="retry")
    assert bench.letterboxd.asked == ["film-1"]
    assert (await bench.source("film_pages")).state == "ok"


@pytest.mark.parametrize("error", [CHALLENGE, Transient("u", 503, host="Letterboxd"), None])
async def test_pages_that_no_film_needs_are_asked_for_once_when_their_rest_is_over(
    bench: Bench, error: SourceError | None
) -> None:
    bench.letterboxd.lists["alice"] = tiles(1, 2)
    await bench.refresh("alice")
    async with bench.database.write() as db:
        await db.execute(update(film_matches).values(locked=True))
    with pytest.raises(GivenUp):
        await refused_before(bench)
    for trigger in ("manual", "cron"):
        await bench.refresh("alice", trigger=trigger)
    assert bench.letterboxd.asked.count("film-2") == 0
    await rest_is_over(bench)
    bench.letterboxd.pages["film-2"] = PAGE
    bench.letterboxd.faults = {"film-2": error} if error else {}
    for _ in range(2):
        await bench.refresh("alice", trigger="retry")
    assert bench.letterboxd.asked.count("film-2") == 1
    standing = await bench.source("film_pages")
    assert standing.state == (error.code if error else "ok")
    assert (standing.next_try_at is None) == (error is None)


async def test_what_ends_a_rest_is_a_proof_where_one_is_due_and_the_night_may_do_it(bench: Bench) -> None:
    bench.letterboxd.lists["alice"] = tiles(1, 2)
    await bench.refresh("alice")
    for prove_it in (partial(bench.refresh, "alice", trigger="cron"), partial(prove, bench.services())):
        with pytest.raises(GivenUp):
            await refused_before(bench)
        await rest_is_over(bench)
        bench.letterboxd.faults = {"film-1": Missing("u"), "film-2": Missing("u")}
        bench.letterboxd.asked.clear()
        await prove_it()
        assert (await bench.source("film_pages")).state == "ok"
        assert bench.letterboxd.asked[-1] == ("film-1" if "alice 1" in bench.letterboxd.asked else "film-2")


async def refused_before(bench: Bench) -> None:
    bench.letterboxd.faults["film-8"] = CHALLENGE
    await FilmPageSource(bench.services()).page("film-8")


async def rest_is_over(bench: Bench) -> None:
    async with bench.database.write() as db:
        await db.execute(update(source_states).values(next_try_at=None))


async def test_a_list_that_is_not_well_is_read_by_such_a_run(bench: Bench) -> None:
    bench.letterboxd.faults = {"alice 1": CHALLENGE}
    await bench.refresh("alice")
    bench.letterboxd.faults.clear()
    async with bench.database.write() as db:
        await db.execute(update(source_states).values(next_try_at=None))
    await bench.refresh("alice", trigger="retry")
    assert (await bench.source()).state == "ok"


async def test_the_first_member_of_the_settings_keeps_how_film_pages_stand(work: Work) -> None:
    async with work.bench.database.write() as db:
        ids = await members.ensure(db, ["bob", "alice"])
    work.fail(CHALLENGE)
    await work.refused()
    assert (await work.standing()).member_id == ids["alice"]
