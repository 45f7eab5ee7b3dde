"""Runs that are broken off: cancelled, killed, handed over, or without their Redis."""

from pathlib import Path
from typing import Any

from tests.drivers.marquee import Marquee, running
from tests.drivers.rows import rows
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey


async def undisturbed(folder: Path, valkey: Valkey, upstream: Upstream) -> dict[str, list[Any]]:
    folder.mkdir()  # noqa: ASYNC240
    async with running(folder, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="grace") as marquee:
        assert (await marquee.refresh()).status == "succeeded"
    await upstream.reset()
    return rows(folder / "marquee.db")


async def test_cancelling_ends_a_run_and_keeps_what_it_found(graces: Marquee, upstream: Upstream) -> None:
    await upstream.latency(letterboxd=0.05, tmdb=0.2)
    run = await graces.request_refresh()
    await graces.run_until(run.id, lambda run: run.done > 5, "progress")
    answer = await graces.cancel(run.id)
    assert answer.status_code == 202
    ended = await graces.ended(run.id)
    assert (ended.status, ended.error) == ("cancelled", None)
    assert await graces.slugs("grace") != []
    assert (await graces.cancel(run.id)).status_code == 409


async def test_a_killed_worker_is_resumed_with_the_same_rows_and_no_work_twice(
    tmp_path: Path, valkey: Valkey, upstream: Upstream
) -> None:
    expected = await undisturbed(tmp_path / "undisturbed", valkey, upstream)
    folder = tmp_path / "killed"
    folder.mkdir()
    await upstream.latency(letterboxd=0.05, tmdb=0.1)
    async with running(folder, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="grace") as marquee:
        run = await marquee.request_refresh()
        await marquee.run_until(run.id, lambda run: run.done > 40, "progress")
        await marquee.workers[0].kill()
        before = await upstream.requests("/tmdb/3/movie/")
        await marquee.start_worker()
        ended = await marquee.ended(run.id)
        assert (ended.status, ended.counts.found, ended.counts.added) == ("succeeded", 140, 140)
        twice = [path for path, count in (await upstream.paths("/tmdb/3/movie/")).items() if count > 1]
        assert before > 0
        assert len(twice) <= 10
        again = [path for path, count in (await upstream.paths("/grace/watchlist/")).items() if count > 1]
        assert len(again) <= 1
    assert rows(folder / "marquee.db") == expected


async def test_a_worker_that_is_stopped_hands_its_run_over(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> None:
    await upstream.latency(letterboxd=0.05, tmdb=0.1)
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="grace") as marquee:
        run = await marquee.request_refresh()
        await marquee.run_until(run.id, lambda run: run.done > 20, "progress")
        assert await marquee.workers[0].stop() == 0
        assert (await marquee.run(run.id)).status == "running"
        await marquee.start_worker()
        assert (await marquee.ended(run.id)).status == "succeeded"


async def test_two_workers_do_one_run_once(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> None:
    async with running(
        tmp_path, redis_url=valkey.url, upstream=upstream, workers=2, LETTERBOXD_USERNAME="grace"
    ) as marquee:
        run = await marquee.refresh()
        assert (run.status, run.counts.found) == ("succeeded", 140)
    pages = await upstream.paths("/grace/watchlist/")
    assert set(pages.values()) == {1}


async def test_redis_may_restart_in_the_middle(graces: Marquee, upstream: Upstream, valkey: Valkey) -> None:
    await upstream.latency(letterboxd=0.05, tmdb=0.1)
    run = await graces.request_refresh()
    await graces.run_until(run.id, lambda run: run.done > 20, "progress")
    valkey.restart()
    ended = await graces.ended(run.id)
    assert (ended.status, ended.counts.found) == ("succeeded", 140)


async def test_reading_goes_on_while_redis_is_away(marquee: Marquee, upstream: Upstream, valkey: Valkey) -> None:
    await marquee.refresh()
    valkey.stop()
    assert len(await marquee.slugs("carol")) == 29
    answer = await marquee.client.post("/api/v1/refreshes")
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    assert (await marquee.run(1)).status == "succeeded"
    assert (await marquee.client.get("/api/v1/refreshes/2")).status_code == 404
    ready = await marquee.client.get("/health/ready")
    assert ready.status_code == 503
    assert "redis" in ready.text
    assert (await marquee.client.get("/health/live")).status_code == 200
    valkey.start()
    await marquee.until(marquee.is_ready, "Redis to be noticed")
    assert (await marquee.refresh()).status == "succeeded"


async def test_a_run_that_waited_for_a_worker_is_done_when_one_comes(
    tmp_path: Path, valkey: Valkey, upstream: Upstream
) -> None:
    async with running(
        tmp_path, redis_url=valkey.url, upstream=upstream, workers=0, LETTERBOXD_USERNAME="solo"
    ) as marquee:
        run = await marquee.request_refresh()
        assert run.status == "queued"
        await marquee.start_worker()
        assert (await marquee.ended(run.id)).status == "succeeded"


async def test_a_queue_that_was_lost_is_rebuilt_from_the_database(
    tmp_path: Path, valkey: Valkey, upstream: Upstream
) -> None:
    async with running(
        tmp_path, redis_url=valkey.url, upstream=upstream, workers=0, LETTERBOXD_USERNAME="solo"
    ) as marquee:
        run = await marquee.request_refresh()
        await valkey.forget()
        await marquee.start_worker()
        assert (await marquee.ended(run.id)).status == "succeeded"
