"""What Marquee knows of every outside page family of every member, and since when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db.engine import insert
from api.db.tables import members, source_states
from api.schemas.sources import Source, SourceState


class SourceNews(msgspec.Struct, kw_only=True):
    """How one attempt at a source ended.

    `expected` and `got` count entries, None where it did not come so far. `sample` is how a page was built that is not
    understood any more.
    """

    state: SourceState
    tried_at: datetime
    expected: int | None = None
    got: int | None = None
    message: str | None = None
    next_try_at: datetime | None = None
    sample: str | None = None


async def introduce(db: AsyncConnection, member_ids: Sequence[int], source: str, now: datetime) -> None:
    """Give each of these members this source, never read so far; one that is known stays as it is."""
    rows = [{"member_id": member_id, "source": source, "state": "never", "since": now} for member_id in member_ids]
    await db.execute(insert(db, source_states).on_conflict_do_nothing(index_elements=["member_id", "source"]), rows)


async def record(db: AsyncConnection, member_id: int, source: str, news: SourceNews) -> None:
    """Take down how an attempt ended; `since` moves only when the state does."""
    table, good = source_states, news.state == "ok"
    values: dict[str, Any] = {
        "state": news.state,
        "since": case((table.c.state == news.state, table.c.since), else_=news.tried_at),
        "tried_at": news.tried_at,
        "expected": news.expected,
        "got": news.got,
        "message": news.message,
        "sample": news.sample,
        "next_try_at": news.next_try_at,
        "failures": 0 if good else table.c.failures + 1,
    }
    if good:
        values["good_at"] = news.tried_at
    await introduce(db, [member_id], source, news.tried_at)
    await db.execute(table.update().where(table.c.member_id == member_id, table.c.source == source).values(values))


async def count(db: AsyncConnection, member_id: int, source: str, *, expected: int | None, got: int) -> None:
    """Note how far the reading of a source is; how it stands is said when the reading has ended."""
    table = source_states
    values = {"expected": expected, "got": got}
    await db.execute(table.update().where(table.c.member_id == member_id, table.c.source == source).values(values))


class Standing(msgspec.Struct, kw_only=True, frozen=True):
    """How a source stands: `failures` in a row, and before when it is not to be tried again unasked.

    `expected` is how many entries were announced when it was last read.
    """

    state: SourceState
    expected: int | None = None
    message: str | None = None
    failures: int = 0
    next_try_at: datetime | None = None

    def is_resting(self, now: datetime) -> bool:
        return self.next_try_at is not None and self.next_try_at > now


async def standing(db: AsyncConnection, member_id: int, source: str) -> Standing:
    """How this source stands; one that is not known was never read."""
    table = source_states.c
    row = (
        await db.execute(
            select(table.state, table.expected, table.message, table.failures, table.next_try_at).where(
                table.member_id == member_id, table.source == source
            )
        )
    ).one_or_none()
    return Standing(**row._asdict()) if row else Standing(state="never")


async def listing(db: AsyncConnection, *, member: str | None, stale_before: datetime) -> list[Source]:
    """Every source, or those of one member; one whose last good read is before `stale_before` is stale."""
    table = source_states
    stale = (table.c.state == "ok") & (table.c.good_at < stale_before)
    query = (
        select(
            table.c.id,
            members.c.username,
            table.c.source,
            case((stale, "stale"), else_=table.c.state),
            table.c.since,
            table.c.tried_at,
            table.c.good_at,
            table.c.expected,
            table.c.got,
            table.c.message,
            table.c.next_try_at,
        )
        .join(members)
        .order_by(members.c.username, table.c.source)
    )
    if member is not None:
        query = query.where(members.c.username == member)
    return [Source(**dict(zip(Source.__struct_fields__, row, strict=True))) for row in await db.execute(query)]


async def retries_due(db: AsyncConnection, now: datetime) -> list[str]:
    """The members of whom a source could not be read, and may be tried again now."""
    table = source_states.c
    rows = await db.execute(
        select(members.c.username).join(source_states).where(table.next_try_at <= now, table.state != "ok").distinct()
    )
    return list(rows.scalars())


async def untried_since(db: AsyncConnection, moment: datetime) -> list[str]:
    """The members of whom a source was last tried before `moment`, or never."""
    table = source_states.c
    rows = await db.execute(
        select(members.c.username)
        .join(source_states)
        .where(or_(table.tried_at.is_(None), table.tried_at < moment))
        .distinct()
    )
    return list(rows.scalars())
