"""Profiles: who members are, as their own pages say."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import select

from api.db.connection import Connection
from api.db.links import Links
from api.db.sources import OF_MEMBERS
from api.db.tables import favorites, films, members, source_states
from api.schemas.films import FilmRef
from api.schemas.profiles import MemberStats, Profile
from api.schemas.sources import SourceState

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


async def of_member(db: Connection, username: str, links: Links) -> Profile:
    """What is known of this member; of one that was never read, the name."""
    columns = members.c.id, members.c.display_name, members.c.bio, members.c.avatar_url, *(members.c[n] for n in COUNTS)
    row = (await db.execute(select(*columns).where(members.c.username == username))).one_or_none()
    known: dict[str, Any] = row._asdict() if row else {}
    states: dict[str, SourceState] = dict.fromkeys(OF_MEMBERS, "never")
    return Profile(
        username=username,
        display_name=known.get("display_name"),
        bio=known.get("bio"),
        avatar_url=known.get("avatar_url"),
        url=links.member(username),
        stats=MemberStats(**{name: known.get(name) for name in COUNTS}),
        favorites=await _favorites(db, known["id"], links) if known else [],
        sources=states | (await _states(db, known["id"]) if known else {}),
    )


async def _favorites(db: Connection, member_id: int, links: Links) -> list[FilmRef]:
    film = films.c
    rows = await db.execute(
        select(film.slug, film.title, film.year, links.poster(film.poster_path), links.film(film.slug))
        .join(favorites, favorites.c.film_id == film.id)
        .where(favorites.c.member_id == member_id)
        .order_by(favorites.c.position)
    )
    return [FilmRef(*row) for row in rows]


async def _states(db: Connection, member_id: int) -> dict[str, SourceState]:
    table = source_states.c
    rows = await db.execute(
        select(table.source, table.state).where(table.member_id == member_id, table.source.in_(OF_MEMBERS))
    )
    return dict(rows.all())
