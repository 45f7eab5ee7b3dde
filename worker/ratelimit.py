"""One rate limit per outside host, shared through Redis by every worker (GCRA, with the server's clock)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError
from redis.exceptions import TimeoutError as RedisTimeoutError

from api.queue import limit_key, pause_key
from worker.counting import HostCounts

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[object]]

AWAY = (RedisConnectionError, RedisTimeoutError, ReadOnlyError, OSError)
RETRY_AFTER = 1.0
MICROSECONDS = 1_000_000

# Times are microseconds since the epoch. KEYS: limit (tat: the theoretical arrival time of the next slot; born: since
# when this is remembered), pause (until when nobody asks). ARGV: interval, tolerance (how far ahead of an even pace a
# burst may be), patience, and the slot that the caller holds with its born, or 0. Returns the slot (-1: none, the
# pause is longer than the caller's patience), its born, and how long to wait for it.
# A held slot is lost when a pause began meanwhile, or when the server forgot what it was: it is booked anew.
BOOK = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local known = redis.call('HMGET', KEYS[1], 'tat', 'born')
local pause = tonumber(redis.call('GET', KEYS[2]) or 0)
local interval, tolerance, patience = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local slot, born = tonumber(ARGV[4]), tonumber(known[2] or now)
if pause - now > patience then
  return {-1, 0, pause - now}
end
if slot == 0 or pause > slot or tonumber(ARGV[5]) ~= born then
  local start = math.max(tonumber(known[1] or 0), now, pause)
  slot = math.max(start - tolerance, now, pause)
  redis.call('HSET', KEYS[1], 'tat', string.format('%.0f', start + interval), 'born', string.format('%.0f', born))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((start + interval - now) / 1000) + 60000))
end
return {slot, born, math.max(slot - now, 0)}
"""

# KEYS: pause. ARGV: how long from now, in microseconds. A pause is never made shorter.
PAUSE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local till = now + ARGV[1]
if till > tonumber(redis.call('GET', KEYS[1]) or 0) then
  redis.call('SET', KEYS[1], string.format('%.0f', till),
    'PX', string.format('%.0f', math.ceil(ARGV[1] / 1000) + 60000))
end
"""


class Paused(Exception):
    """The host is left alone for longer than the caller would wait; `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"paused for {seconds:.0f} more seconds")
        self.seconds = seconds


class Limiter:
    """The pace at which all workers together ask one outside host: a slot every `interval` seconds.

    After a quiet time, up to `burst` slots may be taken at once. While Redis is away nothing is sent: without it
    nobody knows what the other workers send, so callers wait until it is back. A waiter may be cancelled; the
    slot that it had booked stays unused. `counts` are told how long callers waited for their slots.
    """

    def __init__(
        self,
        redis: Redis,
        host: str,
        *,
        interval: float,
        burst: int = 1,
        counts: HostCounts | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._host = host
        self._counts = counts or HostCounts()
        self._sleep = sleep
        self._interval = round(interval * MICROSECONDS)
        self._tolerance = self._interval * (burst - 1)
        self._book = redis.register_script(BOOK)
        self._pause = redis.register_script(PAUSE)
        self._away = False

    async def slot(self, patience: float = 86_400.0) -> None:
        """Book the next slot and sleep until it comes; a pause that begins meanwhile holds for this caller too.

        Raises Paused at once where a pause has more than `patience` seconds to go.
        """
        held = born = 0
        waited = 0.0
        while True:
            held, born, wait = await self._booked(held, born, round(patience * MICROSECONDS))
            if held < 0:
                raise Paused(wait)
            if wait <= 0:
                break
            await self._sleep(wait)
            waited += wait
        if waited:
            self._counts.wait(waited)

    async def pause(self, seconds: float) -> None:
        """Make every caller of every worker wait for `seconds` from now; an earlier, longer pause stays."""
        if seconds > 0:
            await self._run(self._pause, [pause_key(self._host)], [round(seconds * MICROSECONDS)])

    async def _booked(self, held: int, born: int, patience: int) -> tuple[int, int, float]:
        """The slot, its birth, and the seconds until it."""
        keys = [limit_key(self._host), pause_key(self._host)]
        answer = await self._run(self._book, keys, [self._interval, self._tolerance, patience, held, born])
        return int(answer[0]), int(answer[1]), int(answer[2]) / MICROSECONDS

    async def _run(self, script: AsyncScript, keys: list[str], arguments: list[int]) -> Any:
        """What the script answers, as soon as there is a Redis to answer."""
        while True:
            try:
                answer = await script(keys=keys, args=arguments)
            except AWAY as error:
                self._note(away=True, because=type(error).__name__)
                await self._sleep(RETRY_AFTER)
            else:
                self._note(away=False)
                return answer

    def _note(self, *, away: bool, because: str = "") -> None:
        if away and not self._away:
            logger.warning("Redis is away (%s): requests to %s wait for it", because, self._host)
        if self._away and not away:
            logger.info("Redis is back: requests to %s go on", self._host)
        self._away = away
