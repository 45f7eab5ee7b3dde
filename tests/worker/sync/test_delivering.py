"""How news are sent: once, as far as anybody can tell."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from api.db import deliveries, tables
from api.db.deliveries import BROKEN_OFF, HELD_FOR, WAITS
from api.db.engine import Database
from tests.drivers.receiver import TOKEN, Receiver
from tests.worker.sync.newsroom import MUBI, NETFLIX, Newsroom, furnished
from worker.notify import NOT_SET_ANY_MORE, Notifier
from worker.sync import news

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


async def test_targets_do_not_depend_on_each_other(newsroom: Newsroom, receiver: Receiver) -> None:
    with Receiver() as other:
        other.status = 500
        newsroom.notifier = Notifier([other.address, "unheard-of://x", receiver.address])
        await newsroom.event()
        await newsroom.tell()
        await newsroom.send_all()
    assert [each.status for each in await newsroom.deliveries()] == ["pending", "failed", "sent"]
    assert len(receiver.received) == 1


async def test_a_failure_is_tried_again_later_each_time_and_then_given_up(
    newsroom: Newsroom, receiver: Receiver
) -> None:
    receiver.status = 503
    await newsroom.event()
    await newsroom.tell()
    for attempt, wait in enumerate(WAITS, 1):
        await newsroom.send_all()
        delivery = await newsroom.delivery()
        assert (delivery.status, delivery.attempts) == ("pending", attempt)
        assert delivery.tried_at is not None
        assert delivery.next_try_at is not None
        assert timedelta(0) <= delivery.next_try_at - delivery.tried_at - wait < timedelta(minutes=1)
        await newsroom.send_all()
        assert len(receiver.received) == attempt
        await newsroom.age(wait)
    await newsroom.send_all()
    delivery = await newsroom.delivery()
    assert (delivery.status, delivery.attempts, delivery.next_try_at) == ("failed", 5, None)
    assert "503" in (delivery.reason or "")


async def test_what_arrives_at_the_second_attempt_is_sent(newsroom: Newsroom, receiver: Receiver) -> None:
    receiver.status = 500
    await newsroom.event()
    await newsroom.tell()
    await newsroom.send_all()
    receiver.status = 200
    await newsroom.age(WAITS[0])
    await newsroom.send_all()
    delivery = await newsroom.delivery()
    assert (delivery.status, delivery.attempts, delivery.reason) == ("sent", 2, None)


async def test_two_workers_send_one_delivery_once(newsroom: Newsroom, receiver: Receiver) -> None:
    await newsroom.event()
    await newsroom.tell()
    only = await newsroom.delivery()
    await asyncio.gather(*(news.deliver(newsroom.services, only.id) for _ in range(4)))
    assert len(receiver.received) == 1


async def test_without_an_answer_it_is_left_to_a_person(newsroom: Newsroom, receiver: Receiver) -> None:
    receiver.drop()
    await newsroom.event()
    await newsroom.tell()
    await newsroom.send_all()
    await newsroom.age(timedelta(days=1))
    await newsroom.send_all()
    delivery = await newsroom.delivery()
    assert (delivery.status, delivery.next_try_at, len(receiver.received)) == ("unknown", None, 1)


async def sending(newsroom: Newsroom, receiver: Receiver) -> asyncio.Task[None]:
    """A delivery whose message has come in and was not answered yet."""
    await newsroom.event()
    await newsroom.tell()
    return await sending_on(newsroom, receiver)


async def sending_on(newsroom: Newsroom, receiver: Receiver) -> asyncio.Task[None]:
    receiver.hold()
    task = asyncio.ensure_future(newsroom.send_all())
    await asyncio.to_thread(receiver.wait)
    return task


async def test_a_worker_that_is_stopped_while_it_sends_says_so(newsroom: Newsroom, receiver: Receiver) -> None:
    task = await sending(newsroom, receiver)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    delivery = await newsroom.delivery()
    assert (delivery.status, delivery.reason) == ("unknown", BROKEN_OFF)
    receiver.release()


async def test_what_is_being_sent_is_nobody_elses_until_its_sender_falls_silent(
    newsroom: Newsroom, receiver: Receiver
) -> None:
    task = await sending(newsroom, receiver)
    await news.give_up_broken_off(newsroom.database)
    assert (await newsroom.delivery()).status == "sending"
    await newsroom.age(HELD_FOR + timedelta(seconds=1))
    await news.give_up_broken_off(newsroom.database)
    delivery = await newsroom.delivery()
    assert (delivery.status, delivery.reason, delivery.next_try_at) == ("unknown", BROKEN_OFF, None)
    receiver.release()
    await task
    assert (await newsroom.delivery()).status == "sent"


async def test_a_person_may_have_it_sent_again(newsroom: Newsroom, receiver: Receiver) -> None:
    receiver.drop()
    await newsroom.event()
    await newsroom.tell()
    await newsroom.send_all()
    receiver.drop(False)
    async with newsroom.database.write() as db:
        await deliveries.retry(db, (await newsroom.delivery()).id, datetime.now(UTC))
    await newsroom.send_all()
    assert ((await newsroom.delivery()).status, len(receiver.received)) == ("sent", 2)


async def test_an_address_that_was_taken_out_gets_nothing(newsroom: Newsroom, receiver: Receiver) -> None:
    await newsroom.event()
    await newsroom.tell()
    newsroom.notifier = Notifier()
    await newsroom.send_all()
    delivery = await newsroom.delivery()
    assert (delivery.status, delivery.reason, receiver.received) == ("failed", NOT_SET_ANY_MORE, [])


async def test_a_test_that_fails_is_not_tried_again(newsroom: Newsroom, receiver: Receiver) -> None:
    receiver.status = 500
    [target] = await newsroom.notifier.targets()
    now = datetime.now(UTC)
    async with newsroom.database.write() as db:
        row = {"kind": "test", "title": "A test", "body": "Hello", "created_at": now}
        digest_id = (await db.execute(tables.digests.insert().values(row).returning(tables.digests.c.id))).scalar_one()
        await deliveries.add(db, digest_id, [target], now)
    await newsroom.send_all()
    delivery = await newsroom.delivery()
    assert (delivery.status, delivery.test, delivery.next_try_at) == ("failed", True, None)


async def test_no_row_holds_the_address(newsroom: Newsroom, receiver: Receiver) -> None:
    receiver.status = 500
    await newsroom.event()
    await newsroom.tell()
    await newsroom.send_all()
    async with newsroom.database.read() as db:
        rows = (await db.execute(select(tables.deliveries))).all()
    assert TOKEN not in str(rows)
    assert [len(row.target) for row in rows] == [64]


async def test_it_is_the_same_on_postgresql(postgresql_url: str, receiver: Receiver) -> None:
    database = Database(postgresql_url)
    async with database.write() as db:
        await db.run_sync(tables.metadata.create_all)
    try:
        newsroom = await furnished(Newsroom(database, receiver))
        await newsroom.chooses(1, MUBI)
        await newsroom.event()
        await newsroom.event(provider_id=NETFLIX)
        assert await newsroom.tell() == "Heat arrived on MUBI"
        assert await newsroom.tell() is None
        task = await sending_on(newsroom, receiver)
        await newsroom.age(HELD_FOR + timedelta(seconds=1))
        await news.give_up_broken_off(database)
        assert (await newsroom.delivery()).status == "unknown"
        receiver.release()
        await task
        assert (await newsroom.delivery()).status == "sent"
    finally:
        await database.close()
