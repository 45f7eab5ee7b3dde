"""What Marquee knows of every outside page family of every member, and since when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, case, or_, select

from api.db.connection import Connection
from api.db.engine import insert
from api.db.tables import members, source_states
from api.errors import NotFound
from api.schemas.sources import SourceFacts, SourceState

# What every member has, in the order in which a refresh reads it.
OF_MEMBERS = ("watchlist", "rss", "profile", "films", "likes")
# Pages that are read where they are needed, and not with every refresh.
ON_DEMAND = "film_pages"
# Letterboxd answered to the end: how long it is left alone after a refusal begins anew.
ANSWERED = ("ok", "incomplete")
# Letterboxd wants to be left alone: asking again makes that longer.
TURNED_AWAY = ("blocked", "rate_limited")


class SourceNews(msgspec.Struct, kw_only=True):
    """How one attempt at a source ended.

    `expected` and `got` count entries, None where it did not come so far; `to_the_end`: the whole list was shown.
    `sample` is how a page was built that is not understood any more, `selector` what was looked for in it: both are
    kept until a page is understood. Not every answer is such a page (`understood`): the host is well that says that it
    has none.
    """

    state: SourceState
    tried_at: datetime
    expected: int | None = None
    got: int | None = None
    to_the_end: bool = False
    message: str | None = None
    next_try_at: datetime | None = None
    selector: str | None = None
    sample: str | None = None
    understood: bool = True


async def introduce(db: Connection, member_ids: Sequence[int], source: str, now: datetime) -> None:
    """Give each of these members this source, never read so far; one that is known stays as it is."""
    rows = [{"member_id": member_id, "source": source, "state": "never", "since": now} for member_id in member_ids]
    await db.execute(insert(db, source_states).on_conflict_do_nothing(index_elements=["member_id", "source"]), rows)


async def record(db: Connection, member_id: int, source: str, news: SourceNews) -> None:
    """Take down how an attempt ended; `since` moves only when the state does."""
    table, good = source_states, news.state == "ok"
    values: dict[str, Any] = {
        "state": news.state,
        "since": case((table.c.state == news.state, table.c.since), else_=news.tried_at),
        "tried_at": news.tried_at,
        "expected": news.expected,
        "got": news.got,
        "message": news.message,
        "next_try_at": news.next_try_at,
        "failures": 0 if news.state in ANSWERED else table.c.failures + 1,
    }
    if good:
        values["good_at"] = news.tried_at
    if news.to_the_end:
        values["full_read_at"] = news.tried_at
    if news.selector is not None:
        values |= {"selector": news.selector, "sample": news.sample, "sample_at": news.tried_at}
    elif news.state in ANSWERED and news.understood:
        values |= dict.fromkeys(("selector", "sample", "sample_at"))
    await introduce(db, [member_id], source, news.tried_at)
    await db.execute(table.update().where(table.c.member_id == member_id, table.c.source == source).values(values))


async def count(db: Connection, member_id: int, source: str, *, expected: int | None, got: int) -> None:
    """Note how far the reading of a source is; how it stands is said when the reading has ended."""
    table = source_states
    values = {"expected": expected, "got": got}
    await db.execute(table.update().where(table.c.member_id == member_id, table.c.source == source).values(values))


async def remember(db: Connection, member_id: int, source: str, *, etag: str | None, last_modified: str | None) -> None:
    """Note how the answer that was read names itself, so that it need not be sent again while it is the same."""
    table = source_states
    values = {"etag": etag, "last_modified": last_modified}
    await db.execute(table.update().where(table.c.member_id == member_id, table.c.source == source).values(values))


class Standing(msgspec.Struct, kw_only=True, frozen=True):
    """How a source stands: `failures` in a row, and before when it is not to be tried again unasked.

    `expected` is how many entries were announced when it was last read, of which `got` were shown; `full_read_at`
    is when a list was last read to its end. `etag` and `last_modified` name what was read
    then, where the answer had names for it.
    """

    state: SourceState
    expected: int | None = None
    got: int | None = None
    full_read_at: datetime | None = None
    message: str | None = None
    failures: int = 0
    next_try_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None

    @property
    def hidden(self) -> int:
        """How many entries are announced and never shown, as far as a read to the end found."""
        if self.state != "incomplete" or self.full_read_at is None:
            return 0
        return max(0, (self.expected or 0) - (self.got or 0))

    def is_left_alone(self, now: datetime, *, asked: bool, force: bool = False) -> bool:
        """Whether it is not to be tried now: it rests, and nobody insists.

        Somebody who `asked` may have mended what only a person can, such as a private list. Where Letterboxd turned
        Marquee away, asking is not enough: it takes `force`.
        """
        if force or self.next_try_at is None or self.next_try_at <= now:
            return False
        return not asked or self.state in TURNED_AWAY


async def standing(db: Connection, member_id: int, source: str) -> Standing:
    """How this source stands; one that is not known was never read."""
    table = source_states.c
    columns = [table[name] for name in Standing.__struct_fields__]
    row = (await db.execute(select(*columns).where(table.member_id == member_id, table.source == source))).one_or_none()
    return Standing(**row._asdict()) if row else Standing(state="never")


async def listing(db: Connection, *, member: str | None, stale_before: datetime) -> list[SourceFacts]:
    """Every source, or those of one member; what each refresh reads is stale when it was not since `stale_before`."""
    table = source_states
    stale = (table.c.state == "ok") & (table.c.good_at < stale_before) & (table.c.source != ON_DEMAND)
    told: dict[str, ColumnElement[Any]] = {
        **table.c,
        "member": case((table.c.source == ON_DEMAND, None), else_=members.c.username),
        "state": case((stale, "stale"), else_=table.c.state),
        "has_sample": table.c.sample.is_not(None),
    }
    columns = [told[name].label(name) for name in SourceFacts.__struct_fields__]
    query = select(*columns).select_from(table.join(members)).order_by(members.c.username, table.c.source)
    if member is not None:
        query = query.where(members.c.username == member)
    return [SourceFacts(**row._asdict()) for row in await db.execute(query)]


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """How a page is built that is not understood any more, and what was looked for in it."""

    source: str
    sample_at: datetime
    selector: str | None
    sample: str


async def sample(db: Connection, source_id: int) -> Sample:
    """The sample of this source; raises NotFound where there is none."""
    columns = [source_states.c[name] for name in Sample.__struct_fields__]
    row = (await db.execute(select(*columns).where(source_states.c.id == source_id))).one_or_none()
    if row is None or row.sample is None:
        raise NotFound("sample of the source", source_id)
    return Sample(**row._asdict())


async def retries_due(db: Connection, now: datetime) -> list[str]:
    """The members of whom a source could not be read, and may be tried again now."""
    query = select(members.c.username).join(source_states).where(_is_due(now)).distinct().order_by(members.c.username)
    return list((await db.execute(query)).scalars())


async def begin_retries(db: Connection, usernames: Sequence[str], now: datetime) -> None:
    """Note that what is due of these members is tried by a run that begins now: it is not due a second time."""
    ids = select(members.c.id).where(members.c.username.in_(usernames))
    table = source_states
    await db.execute(table.update().where(table.c.member_id.in_(ids), _is_due(now)).values(next_try_at=None))


def _is_due(now: datetime) -> ColumnElement[bool]:
    return (source_states.c.next_try_at <= now) & (source_states.c.state != "ok")


async def untried_since(db: Connection, moment: datetime) -> list[str]:
    """The members whose watchlist was last tried before `moment`, or something of whom was never tried.

    What is read with every refresh is tried beside the watchlist; where it never was, Marquee did not know it before.
    """
    table = source_states.c
    never = table.source.in_(("watchlist", "films")) & table.tried_at.is_(None)
    rows = await db.execute(
        select(members.c.username)
        .join(source_states)
        .where(or_(never, (table.source == "watchlist") & (table.tried_at < moment)))
        .distinct()
    )
    return list(rows.scalars())
