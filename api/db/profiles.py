"""Profiles: who members are, as their own pages say."""

from collections.abc import Sequence

import msgspec

from api.db.connection import Connection
from api.db.tables import favorites, members

COUNTS = ("films_watched", "lists", "following", "followers")


class ProfileNews(msgspec.Struct, frozen=True, kw_only=True):
    """What a profile says now; a count is None where it does not say it."""

    display_name: str
    bio: str | None
    avatar_url: str | None
    films_watched: int | None
    lists: int | None
    following: int | None
    followers: int | None


async def store(db: Connection, member_id: int, news: ProfileNews, *, favorites: Sequence[int]) -> None:
    """Take over a profile with the member's favourite films, in their order; a count that is not told stays."""
    values = msgspec.structs.asdict(news)
    told = {name: value for name, value in values.items() if value is not None or name not in COUNTS}
    await db.execute(members.update().where(members.c.id == member_id).values(told))
    await _love(db, member_id, list(dict.fromkeys(favorites)))


async def _love(db: Connection, member_id: int, film_ids: Sequence[int]) -> None:
    await db.execute(favorites.delete().where(favorites.c.member_id == member_id))
    rows = [
        {"member_id": member_id, "film_id": film_id, "position": position}
        for position, film_id in enumerate(film_ids, start=1)
    ]
    if rows:
        await db.execute(favorites.insert(), rows)
