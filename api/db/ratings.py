"""What members made of films: one row per member and film, from the source that knows it best."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import delete, select

from api.db.chunks import in_chunks
from api.db.connection import Connection
from api.db.engine import upsert
from api.db.tables import ratings


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """How a member stands to a film that was watched; `rating` is in stars, None where none was given.

    `rated_at` is when the member said so, None where the source does not tell.
    """

    film_id: int
    rating: float | None
    liked: bool
    watched_on: date | None
    rated_at: datetime | None


async def store(db: Connection, member_id: int, fresh: Sequence[Rating], *, provenance: str, now: datetime) -> None:
    """Take over these ratings, one per film; what does not change is not written.

    A row of another source stays where it is not older: where that source does not say when the member rated, it
    knew all that was said before it was read.
    """
    known = await _known(db, member_id, [each.film_id for each in fresh])
    rows = []
    for each in fresh:
        row = known.get(each.film_id)
        if row is not None and row.provenance != provenance and not _is_newer(each, row.rated_at or row.updated_at):
            continue
        values = msgspec.structs.asdict(each) | {"provenance": provenance}
        if row is None or any(getattr(row, name) != value for name, value in values.items()):
            rows.append({"member_id": member_id, **values, "updated_at": now})
    await upsert(db, ratings, rows, ("member_id", "film_id"))


async def remove(db: Connection, member_id: int, film_ids: Sequence[int], *, provenance: str) -> None:
    """Drop what this source said of these films; what others said stays."""
    table = ratings.c
    for chunk in in_chunks(film_ids):
        mine = (table.member_id == member_id) & table.film_id.in_(chunk) & (table.provenance == provenance)
        await db.execute(delete(ratings).where(mine))


async def move(db: Connection, film_id: int, to: int) -> None:
    """Give the ratings of one film to another that turned out to be the same; those that it has already stay."""
    table = ratings.c
    rated = select(table.member_id).where(table.film_id == to).scalar_subquery()
    await db.execute(ratings.update().where(table.film_id == film_id, table.member_id.not_in(rated)).values(film_id=to))


def _is_newer(fresh: Rating, than: datetime) -> bool:
    return fresh.rated_at is not None and fresh.rated_at > than


async def _known(db: Connection, member_id: int, film_ids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for chunk in in_chunks(film_ids):
        rows = await db.execute(select(ratings).where(ratings.c.member_id == member_id, ratings.c.film_id.in_(chunk)))
        found.update({row.film_id: row for row in rows})
    return found
