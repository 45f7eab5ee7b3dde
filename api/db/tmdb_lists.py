"""Lists on TMDB: which there are, what each shall be, and what the last sync left there."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, func, select

from api.db.connection import Connection
from api.db.paging import Paging, page_of
from api.db.tables import members, tmdb_lists
from api.errors import NotFound
from api.schemas.pages import Page
from api.schemas.tmdb_lists import TmdbList, UnmatchedFilm

Key = tuple[str, int]
NAMES = {"top_rated": "{}'s Top Rated Movies", "watchlist": "{}'s Watchlist"}
DESCRIPTIONS = {
    "top_rated": "The films that {} rated and likes on Letterboxd. Kept in step by Marquee.",
    "watchlist": "The films that {} wants to see, from Letterboxd. Kept in step by Marquee.",
    "films": "Films that {} chose. Kept in step by Marquee.",
}


class ListOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is to be: at most so many films of this kind, in this order. `filters` are those of `query`."""

    kind: str
    name: str
    description: str | None
    public: bool
    query: str | None
    filters: dict[str, Any] | None
    mode: str
    most: int
    sort_by: str
    sort_order: str


ORDER = ListOrder.__struct_fields__


class Title(msgspec.Struct, frozen=True):
    """A title on TMDB, as people know it."""

    media_type: str
    tmdb_id: int
    title: str
    year: int | None

    @property
    def key(self) -> Key:
        return self.media_type, self.tmdb_id


class Refusal(msgspec.Struct, frozen=True):
    """A title that TMDB did not take, why, and when."""

    title: Title
    message: str
    at: datetime


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A list as the last sync left it; `content` is None where that is not known."""

    id: int
    tmdb_id: int | None
    details_due: bool
    content: list[Title] | None
    refused: list[Refusal]
    seen_updated_at: str | None
    read_at: datetime | None


class Outcome(msgspec.Struct, kw_only=True):
    """What a sync leaves of a list."""

    state: str
    message: str | None
    not_matched: list[UnmatchedFilm]
    content: list[Title]
    refused: list[Refusal]
    seen_updated_at: str | None
    read_at: datetime | None


def name_of(kind: str, username: str) -> str:
    """What a list of this kind is called where nobody gave it a name."""
    return NAMES[kind].format(username)


def description_of(order: ListOrder, username: str) -> str:
    """What is said of a list on TMDB."""
    return order.description if order.description is not None else DESCRIPTIONS[order.kind].format(username)


async def keep(db: Connection, member_id: int, order: ListOrder, now: datetime) -> Kept:
    """The list of this member, kind and name, from now on as ordered."""
    values: dict[str, Any] = {name: getattr(order, name) for name in ORDER}
    row = (await db.execute(select(tmdb_lists).where(_is(member_id, order)))).one_or_none()
    if row is None:
        fresh = {"member_id": member_id, "details_due": False, "state": "waiting", "refused": [], "not_matched": []}
        inserted = tmdb_lists.insert().values(**values, **fresh, created_at=now).returning(tmdb_lists)
        return _kept((await db.execute(inserted)).one())
    is_new = (row.description, row.public) != (order.description, order.public)
    values["details_due"] = row.details_due or (is_new and row.tmdb_id is not None)
    updated = tmdb_lists.update().where(tmdb_lists.c.id == row.id).values(**values).returning(tmdb_lists)
    return _kept((await db.execute(updated)).one())


async def find(db: Connection, member_id: int, order: ListOrder) -> Kept | None:
    """The list of this member, kind and name as it is; None where there is none."""
    row = (await db.execute(select(tmdb_lists).where(_is(member_id, order)))).one_or_none()
    return None if row is None else _kept(row)


async def orders_of(db: Connection, member_ids: Sequence[int]) -> list[tuple[int, ListOrder]]:
    """What each list of these members is to be, with the id of its member."""
    rows = await db.execute(
        select(tmdb_lists)
        .where(tmdb_lists.c.member_id.in_(member_ids))
        .order_by(tmdb_lists.c.member_id, tmdb_lists.c.id)
    )
    return [(row.member_id, ListOrder(**{name: getattr(row, name) for name in ORDER})) for row in rows]


async def used_ids(db: Connection) -> Collection[int]:
    """The numbers that the lists have on TMDB."""
    query = select(tmdb_lists.c.tmdb_id).where(tmdb_lists.c.tmdb_id.is_not(None))
    return set((await db.execute(query)).scalars())


async def place(db: Connection, list_id: int, tmdb_id: int) -> None:
    """Note which list on TMDB it is, of which nothing is known yet."""
    unknown: dict[str, Any] = {"content": None, "seen_updated_at": None, "refused": []}
    values = {**unknown, "tmdb_id": tmdb_id, "details_due": True}
    await db.execute(tmdb_lists.update().where(tmdb_lists.c.id == list_id).values(values))


async def described(db: Connection, list_id: int) -> None:
    """Note that description and visibility are on TMDB as they shall be."""
    await db.execute(tmdb_lists.update().where(tmdb_lists.c.id == list_id).values(details_due=False))


async def distrust(db: Connection, list_id: int) -> None:
    """Forget what is on the list, since it is being changed."""
    await db.execute(tmdb_lists.update().where(tmdb_lists.c.id == list_id).values(seen_updated_at=None))


async def settle(db: Connection, list_id: int, outcome: Outcome, now: datetime) -> None:
    """Take down what a sync that went to its end left."""
    values = {**msgspec.to_builtins(outcome), "read_at": outcome.read_at, "last_synced_at": now}
    await db.execute(tmdb_lists.update().where(tmdb_lists.c.id == list_id).values(values))


async def note(db: Connection, list_id: int, state: str, message: str | None) -> None:
    """Take down how a sync ended that changed nothing, or did not go to its end."""
    await db.execute(tmdb_lists.update().where(tmdb_lists.c.id == list_id).values(state=state, message=message))


async def forget(db: Connection, list_id: int) -> None:
    """Keep this list no more; on TMDB it stays. Raises NotFound."""
    gone = await db.execute(tmdb_lists.delete().where(tmdb_lists.c.id == list_id).returning(tmdb_lists.c.id))
    if gone.one_or_none() is None:
        raise NotFound("TMDB list", list_id)


async def listing(db: Connection, paging: Paging, pages: str, *, descending: bool) -> Page[TmdbList]:
    """The lists by member, kind and name; their addresses begin with `pages`."""
    table = tmdb_lists.c
    keys = members.c.username, table.kind, table.name, table.id
    order = [key.desc() if descending else key for key in keys]
    total = (await db.execute(select(func.count()).select_from(tmdb_lists))).scalar_one()
    rows = await db.execute(
        select(tmdb_lists, members.c.username)
        .join(members)
        .order_by(*order)
        .offset(paging.offset)
        .limit(paging.rows(total))
    )
    return page_of([_shown(row, pages) for row in rows], total, paging)


def page_at(pages: str, tmdb_id: int | None) -> str | None:
    """The address of a list for people."""
    return None if tmdb_id is None else f"{pages}/list/{tmdb_id}"


def _is(member_id: int, order: ListOrder) -> ColumnElement[bool]:
    table = tmdb_lists.c
    return (table.member_id == member_id) & (table.kind == order.kind) & (table.name == order.name)


def _kept(row: Row[Any]) -> Kept:
    return msgspec.convert({name: getattr(row, name) for name in Kept.__struct_fields__}, Kept)


def _shown(row: Row[Any], pages: str) -> TmdbList:
    return TmdbList(
        id=row.id,
        member=row.username,
        kind=row.kind,
        name=row.name,
        description=row.description,
        public=row.public,
        query=row.query,
        tmdb_id=row.tmdb_id,
        url=page_at(pages, row.tmdb_id),
        mode=row.mode,
        limit=row.most,
        sort_by=row.sort_by,
        sort_order=row.sort_order,
        state=row.state,
        message=row.message,
        items=None if row.content is None else len(row.content),
        not_matched=msgspec.convert(row.not_matched, list[UnmatchedFilm]),
        last_synced_at=row.last_synced_at,
    )
