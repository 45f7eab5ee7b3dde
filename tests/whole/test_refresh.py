"""The main job, through the real API, worker, Valkey, database and upstream."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.drivers.marquee import Marquee, running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey

HARD = 0.1


async def test_the_first_refresh_brings_the_watchlist(alices: Marquee, upstream: Upstream) -> None:
    run = await alices.refresh()
    assert run.status == "succeeded", run
    assert (run.done, run.total, run.percent, run.eta_seconds) == (335 + 93, 335 + 93, 100, None)
    counts = run.counts
    assert (counts.found, counts.added, counts.failed, counts.arrived, counts.left) == (335, 335, 0, 0, 0)
    assert counts.matched + counts.review + counts.not_found == 335
    source = await alices.source("alice")
    assert (source.state, source.expected, source.got) == ("ok", 335, 335)

    films = await alices.watchlist("alice")
    assert [film.slug for film in films] == await upstream.watchlist("alice")
    assert {offer["country"] for film in films for offer in film.offers} == {"GB", "US"}
    for film in films:
        truth = await upstream.film(film.slug)
        assert film.match == truth.expected, film
        assert film.match != "found" or (film.media_type, film.tmdb_id) == truth.tmdb
        assert (film.checked_at is not None) == (film.match == "found")

    assert sum(film.match_confidence == "probable" for film in films) >= counts.found * (1 - HARD)
    assert await upstream.requests("/film/") <= counts.found * HARD
    assert await upstream.requests("/3/") <= 3 * counts.found


async def test_a_second_refresh_at_once_reads_the_list_alone(marquee: Marquee, upstream: Upstream) -> None:
    await marquee.refresh()
    before = await upstream.requests("/3/"), await upstream.requests("/film/")
    run = await marquee.refresh()
    assert (run.status, run.done, run.total) == ("succeeded", 29 + 98, 29 + 98)
    assert (run.counts.added, run.counts.removed) == (0, 0)
    assert (await upstream.requests("/3/"), await upstream.requests("/film/")) == before


async def test_the_next_day_brings_arrivals_departures_and_changes_of_the_list(
    alices: Marquee, upstream: Upstream
) -> None:
    await alices.refresh()
    changes = await upstream.changes()
    changed = {offer.slug for offer in changes.arrivals + changes.departures}
    listed = await upstream.watchlist("alice")
    gone = next(slug for slug in listed if slug not in changed)
    new = next(slug for slug in await upstream.watchlist("bob") if slug not in listed)
    await upstream.remove_from_watchlist("alice", gone)
    await upstream.add_to_watchlist("alice", new)
    await upstream.today()
    await upstream.forget_requests()

    run = await alices.refresh(force=True)
    assert run.status == "succeeded"
    assert (run.counts.added, run.counts.removed) == (1, 1)
    here = ("GB", "US")
    assert run.counts.arrived == sum(offer.country in here for offer in changes.arrivals)
    assert run.counts.left == sum(offer.country in here for offer in changes.departures)
    assert await alices.slugs("alice") == await upstream.watchlist("alice")
    matched = [film for film in await alices.watchlist("alice") if film.match == "found"]
    assert await upstream.requests("/3/movie/") + await upstream.requests("/3/tv/") <= len(matched) + 10
    for film in matched:
        shown = {(offer["country"], offer["provider_id"], offer["offer"]) for offer in film.offers}
        true = {(offer.country, offer.provider_id, offer.offer) for offer in await upstream.offers(film.slug)}
        assert shown == {offer for offer in true if offer[0] in here}, film.slug


@pytest.mark.parametrize(("member", "films"), [("empty", 0), ("solo", 1), ("bob", 28), ("carol", 29)])
async def test_watchlists_of_every_size(
    member: str, films: int, tmp_path: Path, valkey: Valkey, upstream: Upstream
) -> None:
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME=member) as marquee:
        run = await marquee.refresh()
        assert (run.status, run.counts.found) == ("succeeded", films)
        assert await marquee.slugs(member) == await upstream.watchlist(member)


async def test_a_film_that_tmdb_dropped_is_matched_anew(marquee: Marquee, upstream: Upstream) -> None:
    await marquee.refresh()
    film = next(film for film in await marquee.watchlist("carol") if film.offers)
    await upstream.drop_title(film.media_type, film.tmdb_id)
    run = await marquee.refresh(force=True)
    again = await marquee.film(film.slug)
    assert again.match in ("not_found", "review")
    assert (again.offers, again.checked_at, again.runtime_minutes) == ([], None, None)
    assert run.counts.left == 0


async def test_two_members_share_what_is_known_of_a_film(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> None:
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="bob,carol") as marquee:
        run = await marquee.refresh()
        both = set(await upstream.watchlist("bob")) | set(await upstream.watchlist("carol"))
        assert run.members == ["bob", "carol"]
        assert (run.counts.found, run.total, run.done) == (len(both), 57 + 123 + 98, 57 + 123 + 98)


async def test_a_second_request_answers_with_the_running_refresh(marquee: Marquee, upstream: Upstream) -> None:
    await upstream.latency(letterboxd=0.3)
    first = await marquee.request_refresh()
    second = await marquee.request_refresh()
    assert (second.id, second.already_running, first.already_running) == (first.id, True, False)
    await marquee.ended(first.id)


async def test_progress_tells_how_far_it_is_and_how_long_it_takes(graces: Marquee, upstream: Upstream) -> None:
    await upstream.latency(letterboxd=0.1, tmdb=0.03)
    run = await graces.request_refresh()
    middle = await graces.run_until(run.id, lambda run: 0 < run.done < run.total, "progress")
    assert middle.status == "running"
    assert middle.stage in ("reading", "enriching")
    assert middle.total == 140 + 63
    assert middle.eta_seconds is not None
    assert (await graces.ended(run.id)).status == "succeeded"


async def test_the_limits_hold_over_all_workers(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> None:
    await upstream.refuse_faster_than("letterboxd", 10)
    await upstream.refuse_faster_than("tmdb", 50)
    async with running(
        tmp_path,
        redis_url=valkey.url,
        upstream=upstream,
        workers=2,
        LETTERBOXD_USERNAME="alice,bob,carol",
        LETTERBOXD_REQUEST_INTERVAL="0.11",
        TMDB_REQUESTS_PER_SECOND="45",
    ) as marquee:
        runs = [await marquee.request_refresh(member) for member in ("bob", "carol")]
        assert [(await marquee.ended(run.id)).status for run in runs] == ["succeeded", "succeeded"]
    for family in ("letterboxd", "tmdb"):
        assert (await upstream.pace(family)).refused == 0


async def test_the_key_is_in_nothing_that_a_run_writes(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> None:
    key = "0123456789abcdef0123456789abcdef"
    await upstream.fail("/3/search/multi", status=500, times=8)
    async with running(
        tmp_path,
        redis_url=valkey.url,
        upstream=upstream,
        LETTERBOXD_USERNAME="bob",
        TMDB_API_KEY=key,
        LOG_LEVEL="DEBUG",
    ) as marquee:
        await marquee.refresh()
        answers = [(await marquee.client.get(f"/api/v1/{path}")).text for path in ("refreshes", "sources", "films")]
        assert key not in "".join([marquee.logs(), *answers])
    assert _places_of(key, tmp_path) == []


def _places_of(key: str, folder: Path) -> list[str]:
    """Where in the database, the logs and other files of this folder the key stands."""
    with closing(sqlite3.connect(folder / "marquee.db")) as database:
        lines = [line for line in database.iterdump() if key in line]
    return lines + [path.name for path in folder.iterdir() if key.encode() in path.read_bytes()]
