"""A member's feed, through the real API, worker, database and upstream."""

from typing import Any

from tests.drivers.marquee import Marquee
from tests.drivers.upstream import Upstream

FEED = "/carol/rss/"


async def watched(marquee: Marquee) -> dict[str, Any]:
    return {film.slug: film for film in await marquee.watchlist("carol") if film.watched_on}


async def test_films_that_were_watched_since_are_marked_and_proven(marquee: Marquee, upstream: Upstream) -> None:
    run = await marquee.refresh()
    assert run.status == "succeeded", run
    source = await marquee.source("carol", "rss")
    assert (source.state, source.expected, source.got) == ("ok", 50, 50)
    before = await watched(marquee)
    assert len(before) == 3
    for film in before.values():
        truth = await upstream.film(film.slug)
        assert (film.match_confidence, (film.media_type, film.tmdb_id)) == ("proven", truth.tmdb)
    assert {film.rating is None for film in before.values()} == {True, False}

    new = next(slug for slug in await upstream.watchlist("carol") if slug not in before)
    await marquee.refresh()
    assert await watched(marquee) == before
    await upstream.log("carol", new, stars=3.5)
    await marquee.refresh()
    after = await watched(marquee)
    assert set(after) == {*before, new}
    assert after[new].rating == 3.5
    assert await upstream.requests(FEED) == 3


async def test_a_challenged_feed_and_a_challenged_watchlist_do_not_stop_each_other(
    marquee: Marquee, upstream: Upstream
) -> None:
    await upstream.challenge(FEED)
    run = await marquee.refresh()
    assert run.status == "partial"
    assert [failure["message"] for failure in run.failures] == [
        "Letterboxd did not let Marquee read carol’s RSS feed (it asked for a browser check)."
    ]
    assert (await marquee.source("carol", "rss")).state == "blocked"
    assert (await marquee.source("carol")).state == "ok"
    assert await watched(marquee) == {}

    await upstream.clear()
    await upstream.challenge("/carol/watchlist/")
    assert (await marquee.refresh(force=True)).status == "partial"
    assert (await marquee.source("carol", "rss")).state == "ok"
    assert (await marquee.source("carol")).state == "blocked"
    assert len(await watched(marquee)) == 3
