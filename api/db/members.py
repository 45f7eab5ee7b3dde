"""Members: the Letterboxd accounts that Marquee follows."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select

from api.db import sources
from api.db.connection import Connection
from api.db.engine import insert
from api.db.links import Links
from api.db.tables import members, watchlist_entries
from api.errors import NotFound
from api.schemas.members import Member


async def ensure(db: Connection, usernames: Sequence[str]) -> dict[str, int]:
    """The id of each of these members, in their order; those that Marquee did not know are added."""
    now = datetime.now(UTC)
    known = await ids(db, usernames)
    new = [{"username": username, "created_at": now} for username in usernames if username not in known]
    if new:
        await db.execute(insert(db, members).on_conflict_do_nothing(), new)
        known = await ids(db, usernames)
        for source in sources.OF_MEMBERS:
            await sources.introduce(db, list(known.values()), source, now)
    return {username: known[username] for username in usernames}


async def follow(db: Connection, username: str) -> None:
    """Add this member to those that are read beside the members of the settings."""
    member_id = (await ensure(db, [username]))[username]
    unknown = (members.c.id == member_id) & members.c.added_at.is_(None)
    await db.execute(members.update().where(unknown).values(added_at=datetime.now(UTC)))


async def forget(db: Connection, member_id: int, *, keep_data: bool) -> None:
    """Read this member no more; without `keep_data`, everything goes that was read of them."""
    mine = members.c.id == member_id
    await db.execute(members.update().where(mine).values(added_at=None) if keep_data else members.delete().where(mine))


async def followed(db: Connection, configured: Sequence[str]) -> list[str]:
    """Who is read: the members of the settings in their order, then those that were added."""
    rows = await db.execute(
        select(members.c.username).where(members.c.added_at.is_not(None)).order_by(members.c.added_at, members.c.id)
    )
    return list(dict.fromkeys([*configured, *rows.scalars()]))


async def ids(db: Connection, usernames: Sequence[str]) -> dict[str, int]:
    """The ids of those of these members that Marquee knows, by username."""
    rows = await db.execute(select(members.c.username, members.c.id).where(members.c.username.in_(usernames)))
    return dict(rows.all())


async def by_username(db: Connection, username: str) -> int:
    """The id of this member; raises NotFound."""
    known = await ids(db, [username])
    if username not in known:
        raise NotFound("member", username)
    return known[username]


async def listing(db: Connection, configured: Sequence[str], links: Links) -> list[Member]:
    """Every member with the number of films on the watchlist: those of the settings in their order, then by name.

    The first of the settings is the owner. One of them is a member before anything was read of it.
    """
    entries = (
        select(func.count())
        .where(watchlist_entries.c.member_id == members.c.id, watchlist_entries.c.removed_at.is_(None))
        .scalar_subquery()
    )
    columns = members.c.username, members.c.display_name, members.c.avatar_url, members.c.added_at
    known = {row.username: row for row in await db.execute(select(*columns, entries.label("watchlist")))}
    return [
        Member(
            username=username,
            display_name=row.display_name if row else None,
            avatar_url=row.avatar_url if row else None,
            url=links.member(username),
            owner=username == configured[0],
            followed="settings" if username in configured else "added" if row and row.added_at else None,
            watchlist=row.watchlist if row else 0,
        )
        for username in [*configured, *sorted(known.keys() - set(configured))]
        for row in [known.get(username)]
    ]


async def wants_anything(db: Connection, username: str) -> bool:
    """Whether any film is on this member's watchlist, as far as Marquee knows."""
    entry = watchlist_entries.c
    query = select(entry.id).join(members).where(members.c.username == username, entry.removed_at.is_(None)).limit(1)
    return (await db.execute(query)).first() is not None


async def fully_read(db: Connection, member_id: int, now: datetime) -> None:
    """Note that everything on this member's watchlist was read just now."""
    await db.execute(members.update().where(members.c.id == member_id).values(last_full_read_at=now))
