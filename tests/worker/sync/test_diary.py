"""Feeds in a refresh: what they tell of members and of films, and what happens where they cannot be read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from api.db.runs import LeaseLost
from api.db.tables import (
    availability,
    corrections,
    diary_entries,
    events,
    film_matches,
    films,
    ratings,
    refreshes,
    source_states,
)
from api.errors import Blocked, KeyRefused, MarkupChanged, Missing, Private, SourceError, Transient
from tests.worker.sync.bench import Bench, tile, tiles
from worker.sources.letterboxd.rss import Feed, FeedEntry
from worker.sync import watchlist

CHALLENGED = Blocked("u", challenge=True)


def logged(number: int, **facts: Any) -> FeedEntry:
    """The film of this number, watched `number` days ago."""
    moment = datetime(2026, 11, 20, 12, tzinfo=UTC) - timedelta(days=number)
    known = {
        "guid": f"letterboxd-watch-{number}",
        "url": f"https://letterboxd.com/alice/film/film-{number}/",
        "slug": f"film-{number}",
        "title": f"Blue {number}",
        "year": 2000,
        "tmdb": ("movie", number),
        "watched_on": moment.date(),
        "rating": 4.0,
        "liked": False,
        "rewatch": False,
        "published_at": moment,
    }
    return FeedEntry(**{**known, **facts})


def feed(*entries: FeedEntry, **facts: Any) -> Feed:
    return Feed(entries=list(entries), **facts)


async def rows(bench: Bench, *columns: Any) -> list[tuple[Any, ...]]:
    async with bench.database.read() as db:
        return [tuple(row) for row in await db.execute(select(*columns))]


async def guids(bench: Bench) -> list[str]:
    return sorted(guid for (guid,) in await rows(bench, diary_entries.c.guid))


async def title(bench: Bench, slug: str = "film-1") -> tuple[Any, ...]:
    match = await bench.match(slug)
    return match.state, match.media_type, match.tmdb_id, match.method, match.confidence


async def corrected(bench: Bench) -> list[tuple[Any, ...]]:
    return await rows(bench, corrections.c.tmdb_id, corrections.c.new_tmdb_id, corrections.c.method)


async def lock(bench: Bench, **values: Any) -> None:
    async with bench.database.write() as db:
        await db.execute(update(film_matches).values(locked=True, **values))


async def test_what_a_feed_says_is_taken_down(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(1, rating=4.5, liked=True), logged(2))
    run = await bench.refresh("alice", sources=["rss"])
    assert run.outcome() == "succeeded"
    assert await rows(bench, ratings.c.rating, ratings.c.liked, ratings.c.watched_on) == [
        (4.5, True, date(2026, 11, 19)),
        (4.0, False, date(2026, 11, 18)),
    ]
    source = await bench.source("rss")
    assert (source.state, source.expected, source.got, source.message) == ("ok", 2, 2, None)


async def test_a_feed_that_is_the_same_is_not_read_again_and_is_well(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(1), etag='"a"', last_modified="then")
    await bench.refresh("alice")
    before = await bench.source("rss")
    await bench.refresh("alice")
    source = await bench.source("rss")
    assert bench.letterboxd.feeds_asked == [("alice", None, None), ("alice", '"a"', "then")]
    assert (source.state, source.expected, source.got) == ("ok", 1, 1)
    assert source.good_at > before.good_at
    assert await guids(bench) == ["letterboxd-watch-1"]


async def test_reading_twice_is_reading_once(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(1), logged(2))
    await bench.refresh("alice")
    before = [await rows(bench, table) for table in (ratings, diary_entries, films)]
    await bench.refresh("alice")
    assert [await rows(bench, table) for table in (ratings, diary_entries, films)] == before


async def test_a_forced_refresh_reads_the_feed_whatever_is_known(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(1), etag='"a"')
    await bench.refresh("alice")
    await bench.refresh("alice", force=True)
    assert bench.letterboxd.feeds_asked[-1] == ("alice", None, None)


async def test_an_entry_that_a_member_took_back_is_gone(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(1), logged(2), logged(3))
    await bench.refresh("alice")
    bench.letterboxd.feeds["alice"] = feed(logged(1), logged(3))
    await bench.refresh("alice")
    assert await guids(bench) == ["letterboxd-watch-1", "letterboxd-watch-3"]


@pytest.mark.parametrize(
    "later",
    [feed(logged(1)), feed(logged(1), logged(3), skipped=1), feed(logged(3), logged(1)), feed()],
    ids=["older than the feed", "not all understood", "not in order", "empty"],
)
async def test_an_entry_that_a_feed_need_not_show_stays(bench: Bench, later: Feed) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(1), logged(2), logged(3))
    await bench.refresh("alice")
    bench.letterboxd.feeds["alice"] = later
    await bench.refresh("alice")
    assert len(await guids(bench)) == 3


async def test_entries_that_are_not_understood_are_told_and_read_again(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(1), skipped=2, etag='"a"')
    run = await bench.refresh("alice")
    source = await bench.source("rss")
    assert run.outcome() == "succeeded"
    assert (source.state, source.expected, source.got, source.etag) == ("ok", 3, 1, None)
    assert source.message == "Marquee did not understand 2 of 3 entries, and left them out."


async def test_a_film_on_nobodys_watchlist_is_matched_and_nothing_more(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(5, tmdb=("tv", 5)), logged(6, tmdb=None))
    await bench.refresh("alice")
    assert await title(bench, "film-5") == ("found", "tv", 5, "rss", "proven")
    assert await title(bench, "film-6") == ("pending", None, None, None, None)
    assert [asked for asked in bench.tmdb.asked if asked.endswith((" 5", " 6"))] == []


async def test_a_film_from_a_feed_is_enriched_once_it_is_on_a_watchlist(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(5))
    await bench.refresh("alice")
    bench.letterboxd.lists["alice"] = tiles(5, 1)
    await bench.refresh("alice")
    assert bench.tmdb.asked[-1] == "details 5"
    assert await title(bench, "film-5") == ("found", "movie", 5, "rss", "proven")
    assert await rows(bench, films.c.slug, films.c.lid) == [("film-1", "l1"), ("film-5", "l5")]


@pytest.mark.parametrize("wrong", ["gone", "another film"])
async def test_a_link_that_nobody_looked_at_is_given_up_where_it_turns_out_to_be_wrong(
    bench: Bench, wrong: str
) -> None:
    crimson = {"title": "Crimson 5", "year": 1960}
    bench.letterboxd.feeds["alice"] = feed(logged(5, tmdb=("movie", 99), **crimson))
    bench.letterboxd.faults["film-5"] = Missing("u")
    bench.tmdb.gone = {99} if wrong == "gone" else set()
    await bench.refresh("alice")
    assert await title(bench, "film-5") == ("found", "movie", 99, "rss", "proven")
    bench.letterboxd.lists["alice"] = [tile(5, **crimson)]
    for _ in range(2):
        await bench.refresh("alice")
        assert (await title(bench, "film-5"))[2] is None
        assert await corrected(bench) == [(99, None, None)]


async def test_a_probable_match_is_proven_by_the_feed(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(1))
    await bench.refresh("alice")
    asked = list(bench.tmdb.asked)
    assert await title(bench) == ("found", "movie", 1, "rss", "proven")
    assert asked == ["search Blue 1", "details 1"]
    assert await corrected(bench) == []


async def test_an_imdb_id_survives_the_proof(bench: Bench) -> None:
    await bench.refresh("alice")
    async with bench.database.write() as db:
        await db.execute(film_matches.update().values(imdb_id="tt1"))
    bench.letterboxd.feeds["alice"] = feed(logged(1))
    await bench.refresh("alice")
    match = await bench.match()
    assert (match.confidence, match.imdb_id) == ("proven", "tt1")


@pytest.mark.parametrize("link", [("movie", 7), ("tv", 1)])
async def test_a_wrong_match_is_corrected_and_its_offers_were_a_mistake(bench: Bench, link: tuple[str, int]) -> None:
    await bench.refresh("alice")
    bench.letterboxd.feeds["alice"] = feed(logged(1, tmdb=link))
    await bench.refresh("alice")
    assert await title(bench) == ("found", *link, "rss", "proven")
    assert await corrected(bench) == [(1, link[1], "rss")]
    assert bench.tmdb.asked[-1] == f"details {link[1]}"
    assert await rows(bench, availability.c.withdrawn, availability.c.closed_at.is_(None)) == [
        (True, False),
        (False, True),
    ]
    assert await rows(bench, events.c.kind) == []


@pytest.mark.parametrize("state", ["pending", "review", "not_found", "error"])
async def test_a_film_without_a_title_gets_the_one_of_the_feed(bench: Bench, state: str) -> None:
    bench.letterboxd.faults["film-1"] = Missing("u")
    bench.tmdb.twins = {"Blue 1"}
    await bench.refresh("alice")
    async with bench.database.write() as db:
        await db.execute(film_matches.update().values(state=state, tried_at=datetime.now(UTC)))
    bench.letterboxd.feeds["alice"] = feed(logged(1))
    await bench.refresh("alice")
    assert await title(bench) == ("found", "movie", 1, "rss", "proven")
    assert len(await rows(bench, availability.c.id)) == 1
    assert (await bench.match()).candidates == []


@pytest.mark.parametrize("link", [1, 7])
async def test_a_film_that_is_matched_while_its_link_is_looked_at_is_proven_all_the_same(
    bench: Bench, link: int
) -> None:
    bench.letterboxd.faults["film-1"] = Missing("u")
    bench.tmdb.twins = {"Blue 1"}
    await bench.refresh("alice")
    bench.letterboxd.feeds["alice"] = feed(logged(1, tmdb=("movie", link)))

    async def find(asked: str) -> None:
        if asked == f"details {link}":
            found = {"state": "found", "media_type": "movie", "tmdb_id": 1, "confidence": "probable"}
            bench.tmdb.on_request = None
            async with bench.database.write() as db:
                await db.execute(film_matches.update().values(found))

    bench.tmdb.on_request = find
    await bench.refresh("alice")
    assert await title(bench) == ("found", "movie", link, "rss", "proven")


async def listed_beside_another(bench: Bench, **other: Any) -> None:
    """Film 1 has no title, and film 2 is taken for the title that a feed then names for film 1."""
    bench.letterboxd.lists["alice"] = tiles(1, 2)
    bench.letterboxd.faults["film-1"] = Missing("u")
    bench.tmdb.twins = {"Blue 1"}
    await bench.refresh("alice")
    async with bench.database.write() as db:
        await db.execute(film_matches.update().where(film_matches.c.tmdb_id == 2).values(state="found", **other))
    bench.tmdb.asked.clear()
    bench.letterboxd.feeds["alice"] = feed(logged(1, tmdb=("movie", 2)))
    bench.letterboxd.faults["film-2"] = Missing("u")


async def test_a_title_that_another_film_was_taken_for_is_the_film_s_and_the_other_is_matched_again(
    bench: Bench,
) -> None:
    await listed_beside_another(bench)
    run = await bench.refresh("alice")
    assert run.outcome() == "succeeded"
    assert await title(bench) == ("found", "movie", 2, "rss", "proven")
    assert bench.tmdb.asked == ["details 2"]
    await bench.refresh("alice")
    assert (await title(bench, "film-2"))[:3] == ("review", None, None)
    assert await corrected(bench) == [(2, None, None)]


@pytest.mark.parametrize("certain", [{"confidence": "proven"}, {"locked": True, "method": "manual"}])
async def test_another_film_that_is_the_title_for_certain_stays_it(bench: Bench, certain: dict[str, Any]) -> None:
    await listed_beside_another(bench, **certain)
    for _ in range(2):
        run = await bench.refresh("alice")
        assert run.outcome() == "succeeded"
    assert [(await title(bench, slug))[2] for slug in ("film-1", "film-2")] == [2, 2]
    assert await corrected(bench) == []


async def test_a_film_that_is_always_matched_by_somebody_else_meanwhile_is_looked_at_twice_and_left(
    bench: Bench,
) -> None:
    await bench.refresh("alice")
    bench.letterboxd.feeds["alice"] = feed(logged(1, tmdb=("movie", 7)), etag='"a"')
    others = iter(range(20, 99))

    async def rematch(asked: str) -> None:
        if asked == "details 7":
            async with bench.database.write() as db:
                await db.execute(film_matches.update().values(tmdb_id=next(others)))

    bench.tmdb.on_request = rematch
    bench.tmdb.asked.clear()
    await bench.refresh("alice")
    assert bench.tmdb.asked.count("details 7") == 2
    assert (await bench.source("rss")).etag is None


async def test_a_mistake_at_one_feed_is_a_problem_and_no_failed_run(bench: Bench) -> None:
    bench.letterboxd.faults["alice rss"] = RecursionError()
    run = await bench.refresh("alice")
    assert run.outcome() == "partial"
    assert await bench.failures() == [
        (None, "unexpected", "Marquee made a mistake at alice’s RSS feed (RecursionError).")
    ]
    assert (await title(bench))[0] == "found"


async def test_a_locked_choice_is_not_touched(bench: Bench) -> None:
    await bench.refresh("alice")
    await lock(bench, tmdb_id=3, method="manual")
    bench.tmdb.asked.clear()
    bench.letterboxd.feeds["alice"] = feed(logged(1))
    await bench.refresh("alice")
    assert (await title(bench))[2:] == (3, "manual", "probable")
    assert bench.tmdb.asked == []
    await lock(bench, state="not_found", media_type=None, tmdb_id=None)
    bench.letterboxd.feeds["alice"] = feed(logged(1), logged(2))
    await bench.refresh("alice")
    assert (await title(bench))[:3] == ("not_found", None, None)


async def test_an_earlier_proof_is_not_touched(bench: Bench) -> None:
    await bench.refresh("alice")
    async with bench.database.write() as db:
        await db.execute(film_matches.update().values(confidence="proven", method="page"))
    bench.letterboxd.feeds["alice"] = feed(logged(1, tmdb=("movie", 7)))
    await bench.refresh("alice")
    assert (await title(bench))[2:] == (1, "page", "proven")


@pytest.mark.parametrize("wrong", ["gone", "another film"])
async def test_a_stale_link_is_not_believed(bench: Bench, wrong: str) -> None:
    bench.letterboxd.lists["alice"] = [tile(1, title="Crimson 1", year=1960)]
    bench.tmdb.twins = {"Crimson 1"}
    bench.letterboxd.faults["film-1"] = Missing("u")
    bench.tmdb.gone = {99} if wrong == "gone" else set()
    bench.letterboxd.feeds["alice"] = feed(logged(1, tmdb=("movie", 99)), etag='"a"')
    await bench.refresh("alice")
    assert (await title(bench))[2] is None
    assert await corrected(bench) == []
    assert (await bench.source("rss")).etag == '"a"'


async def test_two_ids_for_one_film_prove_nothing(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(1), logged(2, slug="film-1", tmdb=("movie", 7)))
    await bench.refresh("alice")
    assert (await title(bench))[2:] == (1, "search", "probable")


async def test_a_feed_whose_titles_could_not_be_looked_up_is_read_again(bench: Bench) -> None:
    await bench.refresh("alice")
    bench.letterboxd.feeds["alice"] = feed(logged(1, tmdb=("movie", 7)), etag='"a"')
    bench.tmdb.fault = Transient("u", 503, host="TMDB")
    await bench.refresh("alice")
    assert (await title(bench))[2:] == (1, "search", "probable")
    assert (await bench.source("rss")).etag is None
    bench.tmdb.fault = None
    await bench.refresh("alice")
    assert (await title(bench))[2:] == (7, "rss", "proven")


async def test_a_refused_key_ends_the_run_and_is_no_failure_of_the_feed(bench: Bench) -> None:
    await bench.refresh("alice")
    bench.letterboxd.feeds["alice"] = feed(logged(1, tmdb=("movie", 7)))
    bench.tmdb.fault = KeyRefused("u")
    with pytest.raises(KeyRefused):
        await watchlist.refresh(bench.services(), await bench.start("alice"))
    assert (await bench.source("rss")).state == "ok"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (CHALLENGED, "Letterboxd did not let Marquee read alice’s RSS feed (it asked for a browser check)."),
        (Private("u"), "Letterboxd shows alice’s RSS feed to alice alone, so Marquee cannot read it."),
        (MarkupChanged("item"), "Letterboxd changed alice’s RSS feed: Marquee does not understand it any more."),
        (Transient("u", 502, host="Letterboxd"), "Letterboxd answered with an error (502) at alice’s RSS feed."),
    ],
    ids=lambda value: value.code if isinstance(value, SourceError) else "",
)  # fmt: skip
async def test_a_feed_that_cannot_be_read_is_one_problem_and_stops_nothing(
    bench: Bench, fault: SourceError, said: str
) -> None:
    bench.letterboxd.faults["alice rss"] = fault
    run = await bench.refresh("alice")
    assert run.outcome() == "partial"
    assert await bench.failures() == [(None, fault.code, said)]
    assert await bench.failed_sources() == ["rss"]
    source = await bench.source("rss")
    assert (source.state, source.message, source.failures) == (fault.code, said, 1)
    assert source.next_try_at is not None
    assert (await bench.source()).state == "ok"
    assert (await title(bench))[0] == "found"


async def test_a_feed_that_fails_leaves_what_was_known(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(1), etag='"a"')
    await bench.refresh("alice")
    bench.letterboxd.faults["alice rss"] = CHALLENGED
    await bench.refresh("alice")
    assert await guids(bench) == ["letterboxd-watch-1"]
    del bench.letterboxd.faults["alice rss"]
    await bench.refresh("alice", force=True)
    assert bench.letterboxd.feeds_asked[-1] == ("alice", None, None)
    source = await bench.source("rss")
    assert (source.state, source.expected, source.failures) == ("ok", 1, 0)


async def test_a_resting_feed_is_left_alone_and_is_no_problem(bench: Bench) -> None:
    bench.letterboxd.faults["alice rss"] = CHALLENGED
    await bench.refresh("alice")
    run = await bench.refresh("alice", trigger="cron")
    assert run.outcome() == "succeeded"
    assert len(bench.letterboxd.feeds_asked) == 1
    run = await bench.refresh("alice")
    assert run.outcome() == "partial"
    assert "Marquee does not ask again before" in (await bench.failures())[-1][2]
    assert len(bench.letterboxd.feeds_asked) == 1
    await bench.refresh("alice", force=True)
    assert len(bench.letterboxd.feeds_asked) == 2


@pytest.mark.parametrize("fault", [CHALLENGED, Private("u")])
async def test_a_watchlist_that_cannot_be_read_does_not_stop_the_feed(bench: Bench, fault: SourceError) -> None:
    bench.letterboxd.faults["alice 1"] = fault
    bench.letterboxd.feeds["alice"] = feed(logged(1))
    await bench.refresh("alice")
    assert (await bench.source()).state == fault.code
    assert (await bench.source("rss")).state == "ok"
    assert await guids(bench) == ["letterboxd-watch-1"]


async def test_an_empty_watchlist_and_a_failing_feed_are_no_failed_run(bench: Bench) -> None:
    bench.letterboxd.lists["alice"] = []
    bench.letterboxd.faults["alice rss"] = CHALLENGED
    assert (await bench.refresh("alice")).outcome() == "partial"


async def test_every_member_has_a_feed_of_their_own(bench: Bench) -> None:
    bench.letterboxd.lists["bob"] = tiles(2)
    bench.letterboxd.feeds["bob"] = feed(logged(1, guid="letterboxd-watch-9"))
    bench.letterboxd.faults["alice rss"] = CHALLENGED
    await bench.refresh("alice", "bob")
    states = await rows(bench, source_states.c.source, source_states.c.state)
    assert [state for source, state in states if source == "rss"] == ["blocked", "ok"]
    assert await guids(bench) == ["letterboxd-watch-9"]


async def test_a_worker_that_lost_its_run_writes_no_diary(bench: Bench) -> None:
    bench.letterboxd.feeds["alice"] = feed(logged(1))
    run = await bench.start("alice")

    async def lose(asked: str) -> None:
        if asked == "alice rss":
            async with bench.database.write() as db:
                await db.execute(update(refreshes).values(lease_owner="another"))

    bench.letterboxd.on_page = lose
    with pytest.raises(LeaseLost):
        await watchlist.refresh(bench.services(), run)
    assert await rows(bench, func.count(diary_entries.c.id)) == [(0,)]
    assert (await bench.source("rss")).state == "never"
