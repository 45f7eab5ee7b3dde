import asyncio
from collections.abc import AsyncIterator
from signal import SIGTERM, Signals
from typing import Any

import pytest
from arq.connections import ArqRedis

from api.queue import QUEUE, deserialize, open_queue, serialize
from tests.drivers.valkey import Valkey
from worker.stopping import EndingWorker

# arq closes its Redis by the name that redis-py gave up.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")


async def endless(ctx: dict[Any, Any]) -> None:
    ctx["begun"].set()
    await asyncio.Event().wait()


async def swallow_the_end(ctx: dict[Any, Any]) -> None:
    ctx["begun"].set()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await ctx["redis"].enqueue_job("endless")


@pytest.fixture
async def queue(valkey: Valkey) -> AsyncIterator[ArqRedis]:
    queue = open_queue(valkey.url)
    yield queue
    await queue.aclose(close_connection_pool=True)


def working(queue: ArqRedis, begun: asyncio.Event, **options: Any) -> EndingWorker:
    """A worker at work in this loop, which leaves the test's own signals alone."""
    worker = EndingWorker(
        [endless],
        redis_pool=queue,
        queue_name=QUEUE,
        job_serializer=serialize,
        job_deserializer=deserialize,
        poll_delay=0.01,
        ctx={"begun": begun},
        **options,
    )
    worker.loop.remove_signal_handler(SIGTERM)
    worker.main_task = asyncio.create_task(worker.main())
    return worker


async def test_a_cancellation_that_is_swallowed_ends_the_worker_all_the_same(queue: ArqRedis) -> None:
    begun = asyncio.Event()
    worker = working(queue, begun, on_startup=swallow_the_end)
    async with asyncio.timeout(10):
        await begun.wait()
        worker.handle_sig(Signals(SIGTERM))
        await asyncio.wait([worker.main_task])  # type: ignore[type-var]
        await worker.close()
    assert not worker.tasks


async def test_what_began_while_the_worker_was_ending_does_not_hold_it_up(queue: ArqRedis) -> None:
    begun = asyncio.Event()
    await queue.enqueue_job("endless")
    worker = working(queue, begun)
    async with asyncio.timeout(10):
        await begun.wait()
        worker.main_task.cancel()  # type: ignore[union-attr]
        await worker.close()
    assert worker.jobs_retried == 1
