"""What is told, and what is not."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from api.db import tables
from api.db.digests import NEWS_FOR
from tests.drivers.receiver import Receiver
from tests.factories import AvailabilityRow, EntryRow, EventRow, RefreshRow
from tests.worker.sync.newsroom import MUBI, NETFLIX, Newsroom
from worker.notify import Notifier

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


async def test_what_arrived_is_told_once_in_one_digest(newsroom: Newsroom, receiver: Receiver) -> None:
    await newsroom.event()
    await newsroom.event(provider_id=NETFLIX)
    assert await newsroom.tell() == "1 film arrived"
    assert await newsroom.tell() is None
    await newsroom.send_all()
    await newsroom.send_all()
    assert receiver.received == [("1 film arrived", "On MUBI:\n- Heat (1995)\n\nOn Netflix:\n- Heat (1995)")]
    delivery = await newsroom.delivery()
    assert (delivery.status, delivery.attempts, delivery.reason, delivery.test) == ("sent", 1, None, False)
    assert delivery.sent_at is not None


async def test_an_event_knows_the_digest_that_told_it(newsroom: Newsroom) -> None:
    told, untold = await newsroom.event(), await newsroom.event(offer="rent")
    await newsroom.tell()
    async with newsroom.database.read() as db:
        rows = (await db.execute(select(tables.events))).all()
    digests = {row.id: row.digest_id for row in rows}
    assert digests[told] is not None
    assert digests[untold] is None
    assert all(row.weighed_at for row in rows)


async def test_what_has_not_settled_waits(newsroom: Newsroom) -> None:
    newsroom.rule(notify_kinds=("arrived", "left"))
    closed = datetime.now(UTC)
    await newsroom.event("left", settles_in=timedelta(hours=48), closed_at=closed)
    assert await newsroom.tell() is None
    await newsroom.event("left", age=timedelta(hours=49), settles_in=timedelta(hours=48), closed_at=closed)
    assert await newsroom.tell() == "Heat left MUBI"


async def test_an_arrival_that_is_away_for_a_moment_is_told_when_it_is_back(newsroom: Newsroom) -> None:
    arrived = await newsroom.event(age=timedelta(hours=1))
    departure = await newsroom.leaves(arrived)
    assert await newsroom.tell() is None
    await newsroom.comes_back(departure)
    assert await newsroom.tell() == "Heat arrived on MUBI"
    assert await newsroom.tell() is None


async def test_an_arrival_that_is_gone_for_good_is_never_told(newsroom: Newsroom) -> None:
    await newsroom.leaves(await newsroom.event(age=timedelta(hours=1)))
    await newsroom.settle()
    assert await newsroom.tell() is None
    assert await newsroom.unweighed() == 0


async def test_a_refresh_that_runs_is_waited_for(newsroom: Newsroom) -> None:
    await newsroom.add(tables.refreshes, RefreshRow.build(id=1, status="running"))
    await newsroom.event(refresh_id=1)
    assert await newsroom.tell() is None
    async with newsroom.database.write() as db:
        await db.execute(tables.refreshes.update().values(status="partial"))
    assert await newsroom.tell() == "Heat arrived on MUBI"


async def test_what_is_old_or_was_a_mistake_or_is_gone_again_is_not_told(newsroom: Newsroom) -> None:
    await newsroom.event(age=NEWS_FOR + timedelta(hours=1))
    await newsroom.event(withdrawn=True, closed_at=datetime.now(UTC))
    await newsroom.event(closed_at=datetime.now(UTC))
    assert await newsroom.tell() is None


async def test_kinds_and_offers_and_countries_are_as_the_settings_say(newsroom: Newsroom) -> None:
    await newsroom.event("left", closed_at=datetime.now(UTC))
    await newsroom.event(offer="rent")
    await newsroom.event(country="DE")
    assert await newsroom.tell() is None
    newsroom.rule(notify_kinds=("left",), notify_offers=("buy",), country=("DE",))
    await newsroom.event("left", offer="buy", country="DE", closed_at=datetime.now(UTC))
    assert await newsroom.tell() == "Heat left MUBI"


async def test_only_what_a_followed_member_lists_is_told(newsroom: Newsroom) -> None:
    await newsroom.add(tables.watchlist_entries, EntryRow.build(member_id=2, film_id=2))
    await newsroom.event(film_id=2)
    assert await newsroom.tell() is None
    newsroom.rule(letterboxd_username=("alice", "bob"))
    await newsroom.event(film_id=2)
    assert await newsroom.tell() == "Ran arrived on MUBI"
    await newsroom.event(film_id=2)
    async with newsroom.database.write() as db:
        await db.execute(tables.watchlist_entries.update().values(removed_at=datetime.now(UTC)))
    assert await newsroom.tell() is None


async def test_services_of_a_member_decide(newsroom: Newsroom) -> None:
    newsroom.rule(country=("GB", "DE"), notify_offers=("flatrate", "rent"))
    await newsroom.chooses(1, NETFLIX)
    await newsroom.event()
    await newsroom.event(provider_id=NETFLIX, country="DE")
    assert await newsroom.tell() is None
    await newsroom.event(provider_id=NETFLIX, offer="rent")
    assert await newsroom.tell() == "Heat arrived on Netflix"


async def test_each_member_has_own_services(newsroom: Newsroom, receiver: Receiver) -> None:
    newsroom.rule(letterboxd_username=("alice", "bob"))
    await newsroom.add(tables.watchlist_entries, EntryRow.build(member_id=2, film_id=1))
    await newsroom.chooses(1, NETFLIX)
    await newsroom.chooses(2, MUBI)
    await newsroom.event()
    await newsroom.tell()
    await newsroom.send_all()
    assert receiver.received == [("Heat arrived on MUBI", "On MUBI:\n- Heat (1995), listed by bob")]


async def test_providers_of_the_settings_stand_for_services(newsroom: Newsroom) -> None:
    newsroom.rule(notify_providers=(MUBI,))
    await newsroom.chooses(1, NETFLIX)
    await newsroom.event(provider_id=NETFLIX)
    assert await newsroom.tell() is None
    await newsroom.event()
    assert await newsroom.tell() == "Heat arrived on MUBI"


async def test_switching_news_on_tells_nothing_of_before(newsroom: Newsroom) -> None:
    notifier, newsroom.notifier = newsroom.notifier, Notifier()
    newsroom.rule(notify_kinds=("arrived", "left"))
    await newsroom.event()
    await newsroom.event("left", settles_in=timedelta(hours=48), closed_at=datetime.now(UTC))
    assert await newsroom.tell() is None
    newsroom.notifier = notifier
    await newsroom.settle()
    assert await newsroom.tell() is None
    assert await newsroom.deliveries() == []


async def test_more_events_than_one_statement_takes(newsroom: Newsroom) -> None:
    stay = AvailabilityRow.build(film_id=1, provider_id=MUBI)
    events = [EventRow.build(availability_id=stay["id"], at=datetime.now(UTC)) for _ in range(1200)]
    await newsroom.add(tables.availability, stay)
    await newsroom.add(tables.events, *events)
    assert await newsroom.tell() == "Heat arrived on MUBI"
