"""What a film's own answer tells beyond a list's: its other names, its makers, its genres, and who wants to see it."""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Select, func, select

from api.db.connection import Connection
from api.db.tables import film_genres, film_people, films, genres, members, people, watchlist_entries


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """`directors` of a series are its creators; `members` have the film on their watchlist now, by name."""

    original_title: str | None
    release_date: date | None
    directors: list[str]
    genres: list[str]
    members: list[str]


async def of_film(db: Connection, film_id: int) -> Facts:
    film, part, entry = films.c, film_people.c, watchlist_entries.c
    original_title, release_date = (
        await db.execute(select(film.original_title, film.release_date).where(film.id == film_id))
    ).one()
    makers = (
        select(people.c.name)
        .join(film_people)
        .where(part.film_id == film_id, part.role.in_(("director", "creator")))
        .order_by(part.role.desc(), part.position)
    )
    kinds = select(genres.c.name).join(film_genres).where(film_genres.c.film_id == film_id).order_by(genres.c.name)
    wanting = (
        select(members.c.username)
        .join(watchlist_entries)
        .where(entry.film_id == film_id, entry.removed_at.is_(None))
        .order_by(func.lower(members.c.username))
    )
    return Facts(
        original_title=original_title,
        release_date=release_date,
        directors=list(dict.fromkeys(await _names(db, makers))),
        genres=await _names(db, kinds),
        members=await _names(db, wanting),
    )


async def _names(db: Connection, query: Select[Any]) -> list[str]:
    return [row[0] for row in await db.execute(query)]
