"""A place where news are made: a real database, and somewhere to send them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import func, select

from api.db import deliveries, tables
from api.db.engine import Database
from api.db.paging import Paging
from api.schemas.notifications import Delivery
from api.settings import Settings
from tests.drivers.receiver import Receiver
from tests.factories import AvailabilityRow, EntryRow, EventRow, FilmRow, MemberRow, ProviderRow, add
from worker.notify import Notifier
from worker.services import Services
from worker.sync import news

MUBI, NETFLIX = 11, 8
NOT_ASKED: Any = None


class Newsroom:
    """alice lists Heat; events are of its offers on MUBI or Netflix, noticed `age` ago."""

    def __init__(self, database: Database, *receivers: Receiver) -> None:
        self.database = database
        self.settings = Settings(letterboxd_username=("alice",), tmdb_api_key="key")
        self.notifier = Notifier([receiver.address for receiver in receivers])

    @property
    def services(self) -> Services:
        outside: dict[str, Any] = {"letterboxd": NOT_ASKED, "tmdb": NOT_ASKED}
        return Services(settings=self.settings, database=self.database, notifier=self.notifier, **outside)

    def rule(self, **settings: Any) -> None:
        self.settings = replace(self.settings, **settings)

    async def add(self, table: Any, *rows: Any) -> None:
        async with self.database.write() as db:
            await add(db, table, *rows)

    async def event(
        self,
        kind: str = "arrived",
        *,
        film_id: int = 1,
        provider_id: int = MUBI,
        age: timedelta = timedelta(0),
        settles_in: timedelta = timedelta(0),
        refresh_id: int | None = None,
        **offer: Any,
    ) -> int:
        now = datetime.now(UTC) - timedelta(seconds=1)
        stay = AvailabilityRow.build(film_id=film_id, provider_id=provider_id, **offer)
        event = EventRow.build(availability_id=stay["id"], kind=kind, at=now - age, settles_at=now - age + settles_in)
        await self.close(stay)
        await self.add(tables.availability, stay)
        await self.add(tables.events, event | {"refresh_id": refresh_id})
        return event["id"]

    async def leaves(self, event_id: int) -> int:
        """The interval of this event ends now, and that settles in two days; the departure's id."""
        now, table = datetime.now(UTC), tables.events
        async with self.database.write() as db:
            of_event = select(table.c.availability_id).where(table.c.id == event_id)
            stay_id = (await db.execute(of_event)).scalar_one()
            stay = tables.availability
            await db.execute(stay.update().where(stay.c.id == stay_id).values(closed_at=now))
            event = EventRow.build(availability_id=stay_id, kind="left", at=now, settles_at=now + timedelta(hours=48))
            await add(db, table, event)
        return int(event["id"])

    async def comes_back(self, departure_id: int) -> None:
        """The offer that left like this is there again before anybody was told."""
        stay, event = tables.availability, tables.events
        async with self.database.write() as db:
            theirs = select(event.c.availability_id).where(event.c.id == departure_id).scalar_subquery()
            await db.execute(stay.update().where(stay.c.id == theirs).values(closed_at=None))
            await db.execute(event.delete().where(event.c.id == departure_id))

    async def unweighed(self) -> int:
        async with self.database.read() as db:
            query = select(func.count()).select_from(tables.events).where(tables.events.c.weighed_at.is_(None))
            return int((await db.execute(query)).scalar_one())

    async def settle(self) -> None:
        """Let so much time pass that every event has settled."""
        async with self.database.write() as db:
            await db.execute(tables.events.update().values(settles_at=tables.events.c.at))

    async def close(self, stay: Any) -> None:
        """End what is offered like this now."""
        table = tables.availability
        alike = [table.c[name] == stay[name] for name in ("film_id", "country", "provider_id", "offer")]
        async with self.database.write() as db:
            await db.execute(
                table.update().where(*alike, table.c.closed_at.is_(None)).values(closed_at=datetime.now(UTC))
            )

    async def chooses(self, member_id: int, provider_id: int, country: str = "GB") -> None:
        row = {"member_id": member_id, "country": country, "provider_id": provider_id}
        await self.add(tables.services, row)

    async def tell(self) -> str | None:
        """The title of the digest that this makes."""
        digest_id = await news.tell(self.services)
        async with self.database.read() as db:
            query = select(tables.digests.c.title).where(tables.digests.c.id == digest_id)
            return (await db.execute(query)).scalar_one_or_none()

    async def send_all(self) -> None:
        now = datetime.now(UTC)
        async with self.database.read() as db:
            due = await deliveries.due(db, now)
        for delivery_id, _ in due:
            await news.deliver(self.services, delivery_id)

    async def deliveries(self) -> list[Delivery]:
        async with self.database.read() as db:
            return (await deliveries.listing(db, Paging(), descending=False)).items

    async def delivery(self) -> Delivery:
        [only] = await self.deliveries()
        return only

    async def age(self, by: timedelta) -> None:
        """Let this much time pass for every delivery."""
        table = tables.deliveries
        async with self.database.write() as db:
            for row in (await db.execute(select(table))).all():
                times = {name: getattr(row, name) for name in ("tried_at", "next_try_at")}
                older = {name: time and time - by for name, time in times.items()}
                await db.execute(table.update().where(table.c.id == row.id).values(older))


async def furnished(room: Newsroom) -> Newsroom:
    await room.add(tables.members, MemberRow.build(id=1, username="alice"), MemberRow.build(id=2, username="bob"))
    await room.add(tables.films, FilmRow.build(id=1, title="Heat"), FilmRow.build(id=2, title="Ran"))
    await room.add(tables.providers, ProviderRow.build(id=MUBI, name="MUBI"))
    await room.add(tables.providers, ProviderRow.build(id=NETFLIX, name="Netflix"))
    await room.add(tables.watchlist_entries, EntryRow.build(member_id=1, film_id=1))
    return room
