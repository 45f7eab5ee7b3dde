import asyncio
from contextlib import suppress

import httpx
import pytest

from api.errors import SourceError, Unavailable
from api.queue import Counted, open_queue, vitals
from tests.drivers.receiver import Receiver
from tests.drivers.valkey import Valkey
from tests.worker.test_http import Outside, page, redirect
from worker import counting
from worker.counting import Counts
from worker.notify import Notifier
from worker.ratelimit import Limiter
from worker.sources.letterboxd.answers import classify


async def handed_over(counts: Counts, valkey: Valkey) -> dict[Counted, float]:
    """What is counted in Redis once these counts are there."""
    queue = open_queue(valkey.url)
    try:
        await counts.hand_over(queue)
        return (await vitals(queue)).counted
    finally:
        await queue.aclose(close_connection_pool=True)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (page(), "ok"),
        (page(304), "ok"),
        (page(404), "not_found"),
        (page(403, text="a page of another kind " * 100), "blocked"),
        (page(cf_mitigated="challenge"), "blocked"),
        (page(403, text="Letterboxd - Forbidden"), "refused"),
        (page(429, retry_after="1000"), "rate_limited"),
        (page(500, retry_after="1000"), "error"),
        (redirect("https://elsewhere.test/"), "ok"),
    ],
)
async def test_a_request_is_counted_by_what_became_of_it(answer: httpx.Response, outcome: str, valkey: Valkey) -> None:
    counts = Counts()
    outside = Outside(answer, counts=counts.of("letterboxd"), classify=classify)
    with suppress(SourceError):
        await outside.host.get("/x/")
    assert await handed_over(counts, valkey) == {("requests", "letterboxd", outcome): 1}


async def test_what_a_host_without_words_of_its_own_refuses_is_counted_too(valkey: Valkey) -> None:
    counts = Counts()
    outside = Outside(page(400), page(404), counts=counts.of("tmdb"))
    for _ in range(2):
        await outside.host.get("/x/")
    assert await handed_over(counts, valkey) == {
        ("requests", "tmdb", "refused"): 1,
        ("requests", "tmdb", "not_found"): 1,
    }


async def test_what_is_tried_again_is_counted_each_time(valkey: Valkey) -> None:
    counts = Counts()
    answers = httpx.ConnectError("no"), page(429, retry_after="1"), redirect("/y/"), page()
    await Outside(*answers, counts=counts.of("tmdb")).host.get("/x/")
    assert await handed_over(counts, valkey) == {
        ("requests", "tmdb", "error"): 1,
        ("requests", "tmdb", "rate_limited"): 1,
        ("requests", "tmdb", "ok"): 2,
        ("retries", "tmdb"): 2,
    }


async def test_waiting_for_a_turn_is_counted_and_having_it_is_not(valkey: Valkey) -> None:
    counts, slept = Counts(), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(seconds)

    queue = open_queue(valkey.url)
    limiter = Limiter(queue, "tmdb", interval=0.05, counts=counts.of("tmdb"), sleep=sleep)
    await asyncio.gather(*(limiter.slot() for _ in range(3)))
    await queue.aclose(close_connection_pool=True)
    counted = await handed_over(counts, valkey)
    assert set(counted) == {("waits", "tmdb"), ("wait_seconds", "tmdb")}
    assert counted["waits", "tmdb"] == 2
    assert counted["wait_seconds", "tmdb"] == pytest.approx(sum(slept))


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
@pytest.mark.parametrize(("status", "outcome"), [(200, "ok"), (500, "error")])
async def test_news_are_counted_by_whether_they_were_sent(
    status: int, outcome: str, receiver: Receiver, valkey: Valkey
) -> None:
    receiver.status, counts = status, Counts()
    notifier = Notifier([receiver.address], counts.of("notify"))
    [target] = await notifier.targets()
    await notifier.send(target.digest, "Title", "Body")
    assert await handed_over(counts, valkey) == {("requests", "notify", outcome): 1}


async def test_what_several_workers_count_adds_up(valkey: Valkey) -> None:
    for _ in range(2):
        counts = Counts()
        counts.of("tmdb").wait(0.25)
        counted = await handed_over(counts, valkey)
    assert counted == {("waits", "tmdb"): 2, ("wait_seconds", "tmdb"): 0.5}


async def test_what_cannot_be_handed_over_is_kept_for_the_next_time(valkey: Valkey) -> None:
    counts = Counts()
    counts.of("tmdb").retry()
    valkey.stop()
    with pytest.raises(Unavailable):
        await handed_over(counts, valkey)
    counts.of("tmdb").retry()
    valkey.start()
    assert await handed_over(counts, valkey) == {("retries", "tmdb"): 2}


async def test_a_worker_that_ends_hands_over_the_rest(valkey: Valkey) -> None:
    counts, queue = Counts(), open_queue(valkey.url)
    counts.start(queue)
    counts.of("tmdb").retry()
    await counts.stop()
    counted = (await vitals(queue)).counted
    await queue.aclose(close_connection_pool=True)
    assert counted == {("retries", "tmdb"): 1}


async def test_a_worker_ends_although_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "LAST_WITHIN", 0.0)
    counts, queue = Counts(), open_queue("redis://127.0.0.1:1")
    counts.of("tmdb").retry()
    counts.start(queue)
    await counts.stop()
    await queue.aclose(close_connection_pool=True)
