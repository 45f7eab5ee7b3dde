"""What members watched and liked, in a refresh: how far it is read, what is kept, and what a refusal leaves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from api.db.tables import favorites, films, members, ratings, source_states
from api.errors import Blocked, MarkupChanged, Missing, Private, Renamed, Transient
from tests.worker.sync.bench import Bench, judged, plain_profile, tiles
from tests.worker.sync.test_diary import feed, logged
from worker.sources.letterboxd.films import JudgedTile
from worker.sync import watchlist

CHALLENGED = Blocked("u", challenge=True)
SEEN = [judged(number, 3.0) for number in range(1, 21)]


@pytest.fixture
def bench(bench: Bench) -> Bench:
    """Alice lists nothing; she has seen 20 films, 8 to a page, and likes one of them and one that she has not seen."""
    bench.letterboxd.lists["alice"] = []
    bench.letterboxd.page_size = 8
    see(bench, SEEN)
    bench.letterboxd.liked["alice"] = [judged(2, 3.0, liked=True), judged(900, liked=True)]
    return bench


def see(bench: Bench, seen: list[JudgedTile]) -> None:
    bench.letterboxd.watched["alice"] = [
        judged(film.letterboxd_id or 0, film.rating, liked=film.letterboxd_id == 2) for film in seen
    ]


def asked(bench: Bench, what: str = "alice films") -> list[str]:
    found = [each for each in bench.letterboxd.opinions_asked if each.startswith(what)]
    bench.letterboxd.opinions_asked.clear()
    return found


async def opinions(bench: Bench) -> dict[int, tuple[bool, float | None, bool]]:
    """(watched, rating, liked) of each film, by its number."""
    columns = films.c.letterboxd_id, ratings.c.watched, ratings.c.rating, ratings.c.liked
    async with bench.database.read() as db:
        rows = await db.execute(select(*columns).select_from(ratings).join(films))
        return {number: (watched, rating, liked) for number, watched, rating, liked in rows}


async def seen(bench: Bench) -> set[int]:
    return {number for number, (watched, _, _) in (await opinions(bench)).items() if watched}


async def row_of(bench: Bench, number: int) -> Any:
    query = select(ratings).join(films).where(films.c.slug == f"film-{number}")
    async with bench.database.read() as db:
        return (await db.execute(query)).one()


async def let_rest_end(bench: Bench, source: str = "films") -> None:
    async with bench.database.write() as db:
        await db.execute(
            update(source_states).where(source_states.c.source == source).values(next_try_at=datetime.now(UTC))
        )


async def let_full_read_be_due(bench: Bench) -> None:
    async with bench.database.write() as db:
        await db.execute(update(source_states).values(full_read_at=datetime.now(UTC) - timedelta(days=31)))


async def test_everything_that_was_watched_and_liked_is_taken_down(bench: Bench) -> None:
    assert (await bench.refresh("alice")).outcome() == "succeeded"
    found = await opinions(bench)
    assert len(found) == 21
    assert (found[1], found[2], found[900]) == ((True, 3.0, False), (True, 3.0, True), (False, None, True))
    for source, count in (("films", 20), ("likes", 2)):
        row = await bench.source(source)
        assert (row.state, row.expected, row.got) == ("ok", count, count)


async def test_a_second_refresh_reads_one_page(bench: Bench) -> None:
    await bench.refresh("alice")
    assert asked(bench) == ["alice films 1", "alice films 2", "alice films 3"]
    await bench.refresh("alice")
    assert bench.letterboxd.opinions_asked == ["alice profile", "alice films 1", "alice likes 1"]
    source = await bench.source("films")
    assert (source.state, source.expected, source.got) == ("ok", 20, 20)


@pytest.mark.parametrize(("place", "pages"), [(0, 1), (10, 2), (20, 3)])
async def test_news_is_looked_for_until_all_that_is_announced_is_known(bench: Bench, place: int, pages: int) -> None:
    await bench.refresh("alice")
    asked(bench)
    see(bench, [*SEEN[:place], judged(300, 5.0), *SEEN[place:]])
    await bench.refresh("alice")
    assert len(asked(bench)) == pages
    assert (await opinions(bench))[300] == (True, 5.0, False)


async def test_what_is_not_watched_any_more_is_found_by_its_absence(bench: Bench) -> None:
    await bench.refresh("alice")
    see(bench, SEEN[:-1])
    await bench.refresh("alice")
    assert await seen(bench) == set(range(1, 20))


async def test_a_like_that_was_taken_back_leaves_the_film_watched(bench: Bench) -> None:
    await bench.refresh("alice")
    bench.letterboxd.watched["alice"] = SEEN
    bench.letterboxd.liked["alice"] = [judged(900, liked=True)]
    await bench.refresh("alice")
    found = await opinions(bench)
    assert (found[2], found[900]) == ((True, 3.0, False), (False, None, True))


async def test_drift_that_no_total_shows_is_repaired_by_the_next_full_read(bench: Bench) -> None:
    await bench.refresh("alice")
    see(bench, [*SEEN[:10], *SEEN[11:], judged(300)])
    await bench.refresh("alice")
    assert 300 not in await seen(bench)
    await let_full_read_be_due(bench)
    await bench.refresh("alice")
    assert await seen(bench) == {*range(1, 21), 300} - {11}


async def test_a_challenge_after_the_first_page_keeps_it_and_says_how_far_it_got(bench: Bench) -> None:
    bench.letterboxd.faults["alice films 2"] = CHALLENGED
    run = await bench.refresh("alice")
    source = await bench.source("films")
    assert (source.state, source.expected, source.got) == ("blocked", 20, 8)
    assert source.message == (
        "Letterboxd did not let Marquee read page 2 of alice’s films (it asked for a browser check). It showed 8 of 20."
    )
    assert run.outcome() == "partial"
    assert await seen(bench) == set(range(1, 9))
    assert (await bench.source("likes")).state == "ok"


async def test_the_first_page_is_read_on_while_the_others_are_refused(bench: Bench) -> None:
    bench.letterboxd.faults["alice films 2"] = CHALLENGED
    await bench.refresh("alice")
    rests_until = (await bench.source("films")).next_try_at
    asked(bench)
    see(bench, [judged(300, 4.5), *SEEN])
    assert (await bench.refresh("alice", trigger="cron")).outcome() == "succeeded"
    assert asked(bench) == ["alice films 1"]
    assert (await opinions(bench))[300] == (True, 4.5, False)
    source = await bench.source("films")
    assert (source.state, source.failures, source.next_try_at) == ("blocked", 1, rests_until)


async def test_the_other_pages_are_tried_again_when_their_rest_is_over(bench: Bench) -> None:
    bench.letterboxd.faults["alice films 2"] = CHALLENGED
    await bench.refresh("alice")
    await let_rest_end(bench)
    await bench.refresh("alice", trigger="cron")
    assert (await bench.source("films")).failures == 2
    bench.letterboxd.faults.clear()
    await let_rest_end(bench)
    await bench.refresh("alice", trigger="cron")
    source = await bench.source("films")
    assert (source.state, source.got, source.failures) == ("ok", 20, 0)
    assert len(await seen(bench)) == 20


@pytest.mark.parametrize("fault", [CHALLENGED, Transient("u", 502, host="Letterboxd"), MarkupChanged(".x", "div")])
async def test_a_full_read_that_breaks_off_removes_nothing(bench: Bench, fault: Exception) -> None:
    await bench.refresh("alice")
    see(bench, SEEN[5:])
    bench.letterboxd.faults["alice films 2"] = fault
    await bench.refresh("alice", force=True)
    assert len(await seen(bench)) == 20


async def test_films_that_are_hidden_keep_the_list_incomplete_and_are_not_looked_for_daily(bench: Bench) -> None:
    bench.letterboxd.announced["alice films"] = 21
    await bench.refresh("alice")
    source = await bench.source("films")
    assert (source.state, source.message) == ("incomplete", "Letterboxd showed 20 of 21 films of alice’s films.")
    asked(bench)
    run = await bench.refresh("alice")
    assert (run.outcome(), asked(bench)) == ("succeeded", ["alice films 1"])
    assert (await bench.source("films")).got == 20


async def test_a_list_of_many_that_shows_none_may_be_hidden(bench: Bench) -> None:
    await bench.refresh("alice")
    bench.letterboxd.watched["alice"] = []
    run = await bench.refresh("alice")
    assert (run.outcome(), (await bench.source("films")).state) == ("partial", "incomplete")
    assert len(await seen(bench)) == 20


async def test_a_private_member_is_told_page_by_page(bench: Bench) -> None:
    for page in ("alice 1", "alice films 1", "alice likes 1", "alice rss", "alice profile"):
        bench.letterboxd.faults[page] = Private("u")
    run = await bench.refresh("alice")
    assert run.outcome() == "failed"
    for source in ("watchlist", "rss", "profile", "films", "likes"):
        assert (await bench.source(source)).state == "private"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Missing("u"), "Letterboxd knows no member alice."),
        (Renamed("u", "alicia"), "Letterboxd leads from alice to alicia: the member has another name now."),
    ],
)
async def test_a_member_who_is_not_there_is_not_asked_for_more(bench: Bench, error: Exception, message: str) -> None:
    await bench.refresh("alice")
    asked(bench)
    bench.letterboxd.faults["alice profile"] = error
    await bench.refresh("alice")
    assert bench.letterboxd.opinions_asked == ["alice profile"]
    source = await bench.source("profile")
    assert (source.state, source.message) == ("missing", message)
    assert len(await seen(bench)) == 20


async def test_a_profile_is_taken_down(bench: Bench) -> None:
    told = {"bio": "Sees films.", "films_watched": 200, "following": 3}
    bench.letterboxd.profiles["alice"] = plain_profile("alice", **told, favorites=tiles(7, 3))
    await bench.refresh("alice")
    bench.letterboxd.profiles["alice"] = plain_profile("alice", films_watched=201, favorites=tiles(3, 9))
    await bench.refresh("alice")
    columns = members.c.display_name, members.c.bio, members.c.films_watched, members.c.following
    loved = select(films.c.slug).join(favorites).order_by(favorites.c.position)
    async with bench.database.read() as db:
        assert tuple((await db.execute(select(*columns))).one()) == ("Alice", None, 201, 3)
        assert list((await db.execute(loved)).scalars()) == ["film-3", "film-9"]


async def test_a_run_reads_the_sources_that_it_was_asked_for(bench: Bench) -> None:
    bench.letterboxd.lists["alice"] = tiles(1)
    run = await bench.refresh("alice", sources=["likes", "profile"])
    assert bench.letterboxd.opinions_asked == ["alice profile", "alice likes 1"]
    assert (bench.letterboxd.asked, bench.letterboxd.feeds_asked, run.outcome()) == ([], [], "succeeded")


async def test_a_run_of_one_source_that_cannot_be_read_failed(bench: Bench) -> None:
    bench.letterboxd.faults["alice likes 1"] = CHALLENGED
    assert (await bench.refresh("alice", sources=["likes"])).outcome() == "failed"
    run = await bench.refresh("alice", sources=["likes"])
    assert run.problem is not None
    assert "Marquee does not ask again before" in run.problem.message


async def test_the_newer_word_counts_whoever_said_it(bench: Bench) -> None:
    now = datetime.now(UTC)
    bench.letterboxd.feeds["alice"] = feed(
        logged(1, rating=5.0, published_at=now - timedelta(days=2)),
        logged(3, rating=4.5, published_at=now + timedelta(minutes=1)),
    )
    await bench.refresh("alice")
    found = await opinions(bench)
    assert (found[1][1], found[3][1]) == (3.0, 4.5)
    assert (await row_of(bench, 1)).watched_on == date(2026, 11, 19)
    await bench.refresh("alice", force=True)
    assert (await opinions(bench))[3][1] == 4.5


async def test_an_entry_that_was_edited_says_so_now(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(15, rating=3.0))
    await bench.refresh("alice")
    bench.letterboxd.feeds["alice"] = feed(logged(15, rating=1.0))
    await bench.refresh("alice")
    assert (await opinions(bench))[15][1] == 1.0


async def test_an_entry_of_the_diary_is_no_longer_needed_by_what_the_page_shows(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(1), logged(2), logged(3))
    await bench.refresh("alice")
    bench.letterboxd.feeds["alice"] = feed(logged(1), logged(3))
    await bench.refresh("alice")
    assert 2 in await seen(bench)


async def test_what_was_unwatched_is_not_revived_by_an_old_entry(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(500))
    await bench.refresh("alice")
    assert 500 not in await seen(bench)
    await bench.refresh("alice", force=True)
    assert 500 not in await seen(bench)


async def test_a_film_that_was_only_watched_is_matched_after_the_others_and_its_offers_are_not_read_daily(
    bench: Bench,
) -> None:
    bench.letterboxd.lists["alice"] = tiles(*range(501, 540))
    await bench.refresh("alice")
    last_wanted = bench.tmdb.asked.index("details 539")
    assert bench.tmdb.asked.index("search Blue 1") > last_wanted
    bench.tmdb.asked.clear()
    async with bench.database.write() as db:
        await db.execute(update(films).values(details_checked_at=datetime.now(UTC) - timedelta(days=2)))
    run = await bench.refresh("alice")
    assert bench.tmdb.asked == []
    assert (run.progress.done, run.progress.total) == (59, 59)


async def test_few_film_pages_are_read_for_films_that_were_only_watched(bench: Bench) -> None:
    bench.tmdb.twins = {f"Blue {number}" for number in range(1, 41)}
    see(bench, [judged(number) for number in range(1, 41)])
    for number in range(1, 41):
        bench.letterboxd.faults[f"film-{number}"] = Missing("u")
    await bench.refresh("alice")
    assert len(bench.letterboxd.asked) == 1 + 30
    await bench.refresh("alice")
    assert len(bench.letterboxd.asked) == 2 + 30


async def test_a_read_that_was_broken_off_goes_on_at_the_next_page(bench: Bench) -> None:
    run = await bench.start("alice")

    async def die(what: str) -> None:
        if what == "alice films 3":
            raise OSError

    bench.letterboxd.on_page = die
    with pytest.raises(OSError, match=r"^$"):
        await watchlist.refresh(bench.services(), run)
    bench.letterboxd.on_page = None
    asked(bench)
    await watchlist.refresh(bench.services(), run)
    assert asked(bench) == ["alice films 3"]
    assert len(await seen(bench)) == 20


async def test_five_thousand_ratings_are_read_to_the_end(bench: Bench) -> None:
    bench.letterboxd.watched["alice"] = [judged(number, 2.5) for number in range(1, 5001)]
    bench.letterboxd.page_size = 72
    run = await bench.start("alice", sources=["films"])
    bench.tmdb.fault = Transient("u", 503, host="TMDB")
    await watchlist.refresh(bench.services(), run)
    assert len(asked(bench)) == 70
    assert len(await seen(bench)) == 5000
