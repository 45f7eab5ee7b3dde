"""Refreshes that nobody asked for: by schedule, and for a time that was missed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from api.settings import Settings, load_settings
from tests.drivers.marquee import ENDED, Marquee, running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey
from worker.app import build_worker

EVERY_SECOND = "* * * * * *"


async def newest_run_of(marquee: Marquee, trigger: str) -> bool:
    answer = await marquee.get("/api/v1/refreshes")
    return any(run.trigger == trigger and run.status in ENDED for run in answer["items"])


async def test_a_first_start_refreshes_by_itself(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> None:
    async with running(
        tmp_path,
        redis_url=valkey.url,
        upstream=upstream,
        LETTERBOXD_USERNAME="solo",
        REFRESH_SCHEDULE="0 0 * * 0",
    ) as marquee:
        await marquee.until(lambda: newest_run_of(marquee, "startup"), "the first refresh")
        assert len(await marquee.slugs("solo")) == 1
        await marquee.workers[0].stop()
        await marquee.start_worker()
        await marquee.until(marquee.is_ready, "the second start")
        assert (await marquee.get("/api/v1/refreshes"))["total"] == 1


@pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning:arq")
async def test_the_schedule_fires(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> None:
    async with running(
        tmp_path, redis_url=valkey.url, upstream=upstream, workers=0, LETTERBOXD_USERNAME="solo"
    ) as marquee:
        settings = load_settings(marquee.settings, tmp_path)
        async with working(replace(settings, refresh_schedule=EVERY_SECOND), valkey.url):
            await marquee.until(lambda: newest_run_of(marquee, "cron"), "the scheduled refresh")


@asynccontextmanager
async def working(settings: Settings, redis_url: str) -> AsyncIterator[None]:
    """A worker in this process, so that its schedule can be quicker than crontab allows."""
    worker = build_worker(settings, redis_url)
    task = asyncio.create_task(worker.async_run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await worker.close()
