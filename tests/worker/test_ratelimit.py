"""The shared limiter, against a real server. Only lower bounds of time are asserted: a slow machine is never early."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from api.queue import limit_key, pause_key
from tests.drivers.valkey import Valkey
from worker.ratelimit import Limiter, Paused

INTERVAL = 0.02
CLIENT = """
import asyncio, sys, time
from redis.asyncio import Redis
from worker.ratelimit import Limiter

async def main(url, host, interval, slots):
    redis = Redis.from_url(url)
    limiter = Limiter(redis, host, interval=float(interval))
    async def one():
        await limiter.slot()
        print(time.time())
    await asyncio.gather(*(one() for _ in range(int(slots))))
    await redis.aclose()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Valkey]:
    with Valkey() as server:
        yield server


@pytest.fixture
async def redis(server: Valkey) -> AsyncIterator[Redis]:
    server.start()
    redis = Redis.from_url(server.url, retry=Retry(NoBackoff(), 0))
    await redis.flushall()
    yield redis
    await redis.aclose()


class Sleeper:
    """Sleeps, or holds its callers asleep, and knows how long each was to wait."""

    def __init__(self, *, wakes: bool = True) -> None:
        self.waits: list[float] = []
        self._wakes = wakes
        self._changed = asyncio.Condition()

    async def __call__(self, seconds: float) -> None:
        async with self._changed:
            self.waits.append(seconds)
            self._changed.notify_all()
        await (asyncio.sleep(seconds) if self._wakes else asyncio.Event().wait())

    async def begun(self, count: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.waits) >= count)


async def released(limiter: Limiter, slots: int) -> list[float]:
    """When each of so many callers at once got its slot, in order."""

    async def one() -> float:
        await limiter.slot()
        return time.time()

    return sorted(await asyncio.gather(*(one() for _ in range(slots))))


def assert_paced(times: list[float], since: float, interval: float) -> None:
    for number, moment in enumerate(times):
        assert moment >= since + number * interval


async def test_the_first_slot_is_free_and_the_rest_keep_the_interval(redis: Redis) -> None:
    sleeper = Sleeper()
    since = time.time()
    times = await released(Limiter(redis, "host", interval=INTERVAL, sleep=sleeper), 10)
    assert_paced(times, since, INTERVAL)
    assert sleeper.waits


async def test_several_processes_share_one_pace(server: Valkey, redis: Redis) -> None:
    since = time.time()
    clients = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", CLIENT, server.url, "host", str(INTERVAL), "8", stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    outputs = [(await client.communicate())[0] for client in clients]
    times = sorted(float(line) for output in outputs for line in output.split())
    assert [client.returncode for client in clients] == [0, 0, 0]
    assert len(times) == 24
    assert_paced(times, since, INTERVAL)


async def test_a_waiting_caller_sleeps_at_once_for_as_long_as_it_takes(redis: Redis) -> None:
    sleeper = Sleeper(wakes=False)
    waiting = asyncio.create_task(released(Limiter(redis, "host", interval=600, sleep=sleeper), 4))
    await sleeper.begun(3)
    waiting.cancel()
    assert [round(wait / 600) for wait in sorted(sleeper.waits)] == [1, 2, 3]


async def test_hosts_do_not_wait_for_each_other(redis: Redis) -> None:
    slow = Limiter(redis, "slow", interval=3600)
    await slow.slot()
    await Limiter(redis, "other", interval=3600, sleep=never).slot()


async def test_a_burst_is_let_through_and_then_paced(redis: Redis) -> None:
    sleeper = Sleeper(wakes=False)
    limiter = Limiter(redis, "host", interval=600, burst=3, sleep=sleeper)
    await released(limiter, 3)
    waiting = asyncio.create_task(released(limiter, 3))
    await sleeper.begun(3)
    waiting.cancel()
    assert [round(wait / 600) for wait in sorted(sleeper.waits)] == [1, 2, 3]


async def test_a_pause_holds_for_every_client(server: Valkey, redis: Redis) -> None:
    other = Redis.from_url(server.url)
    since = time.time()
    await Limiter(other, "host", interval=INTERVAL).pause(0.3)
    times = await released(Limiter(redis, "host", interval=INTERVAL), 3)
    await other.aclose()
    assert_paced(times, since + 0.3, INTERVAL)


async def test_a_pause_holds_for_those_who_sleep_already(redis: Redis) -> None:
    sleeper = Sleeper()
    limiter = Limiter(redis, "host", interval=0.2, sleep=sleeper)
    await limiter.slot()
    waiting = asyncio.create_task(released(limiter, 2))
    await sleeper.begun(2)
    since = time.time()
    await limiter.pause(0.6)
    assert_paced(await waiting, since + 0.6, 0.2)


async def test_a_pause_is_never_made_shorter(redis: Redis) -> None:
    limiter = Limiter(redis, "host", interval=INTERVAL)
    since = time.time()
    await limiter.pause(0.3)
    await limiter.pause(0.01)
    assert_paced(await released(limiter, 1), since + 0.3, 0)


async def test_a_pause_beyond_the_callers_patience_is_told_and_not_waited_for(redis: Redis) -> None:
    limiter = Limiter(redis, "host", interval=INTERVAL, sleep=never)
    await limiter.pause(600)
    with pytest.raises(Paused) as paused:
        await limiter.slot(patience=120)
    assert 590 < paused.value.seconds <= 600
    assert not await redis.exists(limit_key("host"))


async def test_a_cancelled_waiter_leaves_the_others_their_slots(redis: Redis) -> None:
    sleeper = Sleeper()
    limiter = Limiter(redis, "host", interval=0.05, sleep=sleeper)
    since = time.time()
    await limiter.slot()
    first, second = (asyncio.create_task(released(limiter, 1)) for _ in range(2))
    await sleeper.begun(2)
    first.cancel()
    assert_paced(await second, since + 0.05, 0)
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_every_key_expires(redis: Redis) -> None:
    limiter = Limiter(redis, "host", interval=INTERVAL)
    await limiter.slot()
    await limiter.pause(5)
    assert 0 < await redis.pttl(limit_key("host")) <= 61_000
    assert 5_000 < await redis.pttl(pause_key("host")) <= 65_000


@pytest.mark.parametrize("end", [Valkey.stop, Valkey.kill])
async def test_the_pace_survives_a_restart_of_the_server(
    server: Valkey, redis: Redis, end: Callable[[Valkey], None]
) -> None:
    sleeper = Sleeper()
    limiter = Limiter(redis, "host", interval=0.1, sleep=sleeper)
    since = time.time()
    waiting = asyncio.create_task(released(limiter, 5))
    await sleeper.begun(4)
    end(server)
    server.start()
    assert_paced(await waiting, since, 0.1)


async def test_a_server_that_forgot_everything_gives_no_slot_twice(redis: Redis) -> None:
    sleeper = Sleeper()
    limiter = Limiter(redis, "host", interval=0.2, sleep=sleeper)
    await limiter.slot()
    before = asyncio.create_task(released(limiter, 3))
    await sleeper.begun(3)
    await redis.flushall()
    since = time.time()
    times = await released(limiter, 3) + await before
    assert_paced(sorted(times), since, 0.2)


async def test_nothing_is_sent_while_redis_is_away(
    server: Valkey, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    tries = asyncio.Semaphore(0)
    again = asyncio.Event()

    async def retry(seconds: float) -> None:
        assert seconds == 1.0
        tries.release()
        await again.wait()
        again.clear()

    limiter = Limiter(redis, "host", interval=INTERVAL, sleep=retry)
    server.stop()
    with caplog.at_level(logging.INFO, logger="worker.ratelimit"):
        waiting = asyncio.create_task(limiter.slot())
        for _ in range(3):
            await tries.acquire()
            assert not waiting.done()
            again.set()
        await tries.acquire()
        server.start()
        again.set()
        await waiting
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def never(seconds: float) -> None:
    raise AssertionError(f"waited for {seconds} seconds")
