"""The contract between the API and the worker: job names, payloads, ids, and every Redis key of Marquee.

Redis holds nothing that cannot be rebuilt: the runs themselves are rows of the database.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Literal

import msgspec
from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import BusyLoadingError, RedisError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from api.errors import Unavailable

PREFIX = "marquee"
QUEUE = f"{PREFIX}:queue"
WORKERS = f"{PREFIX}:workers"
ARQ_HEALTH = f"{PREFIX}:arq"
TARGETS = f"{PREFIX}:targets"
COUNTED = f"{PREFIX}:counted"
HEARTBEAT_LASTS = 15
REFRESH = "refresh"
DELIVER = "deliver"
SEE_TO_FILM = "see_to_film"
KEEP_HOUSE = "keep_house"
SYNC_TMDB_LISTS = "sync_tmdb_lists"
ASK_TMDB_ACCOUNT = "ask_tmdb_account"
UPSTREAMS = ("letterboxd", "tmdb", "notify")
AccountAction = Literal["ask", "finish", "forget"]
ACCOUNT_PATIENCE = 20.0
ASK_EVERY = 0.05
OUTCOMES = ("ok", "not_found", "refused", "rate_limited", "blocked", "error")

serialize = msgspec.msgpack.encode
deserialize = msgspec.msgpack.decode

Reported = tuple[str, str, str | None]
"""A target of news as a worker reports it: the sha256 digest of its address, its name, why it cannot be used."""
Counted = tuple[str, ...]
"""What workers count of an upstream: `requests`, which also have an outcome; `retries`; `waits` and `wait_seconds`."""


class Vitals(msgspec.Struct, frozen=True, kw_only=True):
    """The jobs that are not done, the workers that live, when one last said so, and what all of them counted."""

    jobs: int
    workers: int
    last_beat: float | None
    counted: dict[Counted, float]


class AccountAnswer(msgspec.Struct, kw_only=True):
    """What a worker says of an account on TMDB; no token is ever in it but the one that a person is to approve.

    `url` is where that is done. Where something did not go well, `code` is for programs, `message` for people.
    """

    ok: bool
    url: str | None = None
    code: str | None = None
    message: str | None = None


def limit_key(host: str) -> str:
    """Where the shared rate limit of an outside host stands."""
    return f"{PREFIX}:limit:{host}"


def pause_key(host: str) -> str:
    """Until when nobody asks this outside host."""
    return f"{PREFIX}:pause:{host}"


def robots_key(host: str) -> str:
    """What this outside host's robots.txt said when it was last read."""
    return f"{PREFIX}:robots:{host}"


def open_queue(redis_url: str) -> ArqRedis:
    """The queue as the API uses it: a Redis that is away is noticed within two seconds, so that a caller is told."""
    return _queue(redis_url, timeout=2.0, retry=Retry(NoBackoff(), 1))


def open_patient_queue(redis_url: str) -> ArqRedis:
    """The queue as the worker uses it: a Redis that restarts is waited for, up to a minute."""
    return _queue(redis_url, timeout=10.0, retry=Retry(ExponentialBackoff(cap=2.0, base=0.1), 33))


def _queue(redis_url: str, *, timeout: float, retry: Retry) -> ArqRedis:
    errors = [RedisConnectionError, RedisTimeoutError, BusyLoadingError, OSError]
    pool: ConnectionPool = ConnectionPool.from_url(
        redis_url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=retry, retry_on_error=errors
    )
    return ArqRedis(pool, job_serializer=serialize, job_deserializer=deserialize, default_queue_name=QUEUE)


async def enqueue_refresh(queue: ArqRedis, refresh_id: int, attempt: str = "0") -> None:
    """Ask a worker to work at this run; asking twice for the same attempt changes nothing.

    Raises Unavailable when Redis is away, as do all that follow.
    """
    await _enqueue(queue, REFRESH, refresh_id, attempt)


async def enqueue_film(queue: ArqRedis, film_id: int, attempt: str | None = None) -> None:
    """Ask a worker to see to this film now: its title, its details, its offers.

    Without an `attempt` each call is a job of its own: a decision made while the one before is worked at must not be
    lost. Asking twice for the same attempt changes nothing.
    """
    await _enqueue(queue, SEE_TO_FILM, film_id, attempt)


async def enqueue_housekeeping(queue: ArqRedis, keeping_id: int, attempt: str = "0") -> None:
    """Hand this housekeeping to a worker; asking twice for the same attempt changes nothing."""
    await _enqueue(queue, KEEP_HOUSE, keeping_id, attempt)


async def enqueue_delivery(queue: ArqRedis, delivery_id: int, attempt: str = "0") -> None:
    """Ask a worker to send this delivery; asking twice for the same attempt changes nothing."""
    await _enqueue(queue, DELIVER, delivery_id, attempt)


async def enqueue_tmdb_sync(queue: ArqRedis, sync_id: int, attempt: str = "0") -> None:
    """Hand this sync of TMDB lists to a worker; asking twice for the same attempt changes nothing."""
    await _enqueue(queue, SYNC_TMDB_LISTS, sync_id, attempt)


async def ask_tmdb_account(queue: ArqRedis, action: AccountAction, patience: float = ACCOUNT_PATIENCE) -> AccountAnswer:
    """Have a worker do something about the account on TMDB, and wait for what it says.

    Raises Unavailable where none answers in time.
    """
    with _telling_when_away():
        job = await queue.enqueue_job(ASK_TMDB_ACCOUNT, action)
        if job is None:
            raise Unavailable("The worker", "it was asked already")
        try:
            said = await job.result(timeout=patience, poll_delay=ASK_EVERY)
        except TimeoutError:
            raise Unavailable("The worker", "it did not answer in time") from None
    return msgspec.convert(said, AccountAnswer)


async def _enqueue(queue: ArqRedis, job: str, subject_id: int, attempt: str | None) -> None:
    with _telling_when_away():
        await queue.enqueue_job(job, subject_id, _job_id=attempt and f"{job}:{subject_id}:{attempt}")


@contextmanager
def _telling_when_away() -> Iterator[None]:
    """Raises Unavailable for whatever says that Redis cannot be reached."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unavailable("Redis", str(error).rstrip(".") or type(error).__name__) from error


async def report_targets(queue: ArqRedis, targets: Sequence[Reported]) -> None:
    """Say where this worker sends news; raises Unavailable when Redis is away."""
    with _telling_when_away():
        await queue.set(TARGETS, serialize(targets), ex=HEARTBEAT_LASTS)


async def reported_targets(queue: ArqRedis) -> list[Reported] | None:
    """Where the workers send news; None while there is no worker. Raises Unavailable when Redis is away."""
    with _telling_when_away():
        report = await queue.get(TARGETS)
    return None if report is None else msgspec.msgpack.decode(report, type=list[Reported])


async def beat(queue: ArqRedis, worker: str) -> None:
    """Say that this worker lives; raises Unavailable when Redis is away."""
    now = time.time()
    with _telling_when_away():
        async with queue.pipeline() as pipe:
            pipe.zremrangebyscore(WORKERS, "-inf", now)
            pipe.zadd(WORKERS, {worker: now + HEARTBEAT_LASTS})
            await pipe.execute()


async def fall_silent(queue: ArqRedis, worker: str) -> None:
    """Say that this worker ends; where Redis is away, it is found out when its last heartbeat runs out."""
    with suppress(RedisError, OSError):
        await queue.zrem(WORKERS, worker)


async def ping(queue: ArqRedis) -> dict[str, Any]:
    """Whether Redis answers and a worker lives; raises Unavailable when Redis is away."""
    with _telling_when_away():
        return {"redis": bool(await queue.ping()), "worker": bool(await queue.zcount(WORKERS, time.time(), "+inf"))}


async def answers(queue: ArqRedis | None, seconds: float) -> bool:
    """Whether Redis is there at all: it is waited for so long, and never raises."""
    if queue is None:
        return False
    try:
        async with asyncio.timeout(seconds):
            return bool((await ping(queue))["redis"])
    except (Unavailable, TimeoutError):
        return False


async def add_counts(queue: ArqRedis, counts: Mapping[Counted, float]) -> None:
    """Add what a worker counted to what all of them did; raises Unavailable when Redis is away."""
    with _telling_when_away():
        async with queue.pipeline() as pipe:
            for counted, amount in counts.items():
                pipe.hincrbyfloat(COUNTED, ":".join(counted), amount)
            await pipe.execute()


async def vitals(queue: ArqRedis) -> Vitals:
    """How queue and workers are; raises Unavailable when Redis is away."""
    with _telling_when_away():
        async with queue.pipeline() as pipe:
            pipe.zcard(QUEUE)
            pipe.zcount(WORKERS, time.time(), "+inf")
            pipe.zrange(WORKERS, -1, -1, withscores=True)
            pipe.hgetall(COUNTED)
            jobs, workers, latest, counted = await pipe.execute()
    return Vitals(
        jobs=jobs,
        workers=workers,
        last_beat=latest[0][1] - HEARTBEAT_LASTS if latest else None,
        counted={tuple(name.decode().split(":")): float(amount) for name, amount in counted.items()},
    )


async def is_alive(redis_url: str) -> bool:
    """Whether a worker lives, for callers that need no queue; raises Unavailable when Redis is away."""
    queue = open_queue(redis_url)
    try:
        return bool((await ping(queue))["worker"])
    finally:
        await queue.aclose(close_connection_pool=True)
