"""What members made of films: one row per member and film, from the source that said the last word.

A page that is read now knows all that was said before it was asked for; a feed tells when each entry was logged. So
the newer word counts, whoever said it. A film that a complete read did not show is neither watched nor liked any more:
its row stays as a mark, so that an older word does not bring it back.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, select

from api.db.chunks import in_chunks
from api.db.connection import Connection
from api.db.engine import upsert
from api.db.tables import ratings

KEY = ("member_id", "film_id")
FILMS, LIKES = "films", "likes"
PAGES = (FILMS, LIKES)
"""The sources that say what is, and not when it came to be so: `updated_at` is when they said it first."""


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """How a member stands to a film that was watched; `rating` is in stars, None where none was given.

    `rated_at` is when the member said so, None where the source does not tell, and `said_at` when the source did,
    where that is later: what was logged long ago may have been changed now.
    """

    film_id: int
    rating: float | None
    liked: bool
    watched_on: date | None
    rated_at: datetime | None
    said_at: datetime | None = None


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a page shows of a film: its stars, None without any, and a heart."""

    film_id: int
    rating: float | None
    liked: bool


async def store(db: Connection, member_id: int, fresh: Sequence[Rating], *, provenance: str, now: datetime) -> None:
    """Take over these ratings, one per film; what does not change is not written.

    A row of another source stays where it is not older: where that source does not say when the member rated, it
    knew all that was said before it was read. It learns from an older word when the film was watched.
    """
    known = await _known(db, member_id, [each.film_id for each in fresh])
    rows = []
    for each in fresh:
        row, said_at = known.get(each.film_id), each.said_at or each.rated_at
        values = _own(each, provenance)
        if row is not None and row.provenance != provenance and not (said_at and said_at > _said_at(row)):
            values = _older(each, row)
        if row is None or any(getattr(row, name) != value for name, value in values.items()):
            rows.append({**_plain(row), "member_id": member_id, **values, "updated_at": _when(row, values, now)})
    await upsert(db, ratings, rows, KEY)


async def show(
    db: Connection, member_id: int, shown: Sequence[Judgement], *, provenance: str, asked_at: datetime
) -> int:
    """Take over what a page shows that was asked for then; how many films it says something new of.

    A films page shows what was watched, a likes page what was liked: of these, one without stars need not have been
    watched, and a rating that is known stays.
    """
    known = await _known(db, member_id, [each.film_id for each in shown])
    rows, news = [], 0
    for each in shown:
        row = known.get(each.film_id)
        if row is not None and _said_at(row) > asked_at:
            continue
        values = _watched(each, row) if provenance == FILMS else _liked(each, row)
        is_new = row is None or any(getattr(row, name) != value for name, value in values.items())
        news += is_new
        if is_new or (provenance == FILMS and row is not None and row.provenance not in PAGES):
            rows.append(
                {**_plain(row), "member_id": member_id, **values, "provenance": provenance, "updated_at": asked_at}
            )
    await upsert(db, ratings, rows, KEY)
    return news


async def unwatch(db: Connection, member_id: int, shown: Collection[int], asked_at: datetime) -> int:
    """Mark as not watched what a complete read, begun then, did not show; the number of these films."""
    nothing = {"watched": False, "rating": None, "watched_on": None, "rated_at": None}
    return await _mark(db, member_id, ratings.c.watched, shown, {**nothing, "provenance": FILMS}, asked_at)


async def unlike(db: Connection, member_id: int, shown: Collection[int], asked_at: datetime) -> int:
    """Mark as not liked what a complete read, begun then, did not show; the number of these films."""
    return await _mark(db, member_id, ratings.c.liked, shown, {"liked": False, "provenance": LIKES}, asked_at)


async def watched(db: Connection, member_id: int) -> list[int]:
    """The films that this member watched, as far as Marquee knows."""
    return await _ids(db, member_id, ratings.c.watched)


async def liked(db: Connection, member_id: int) -> list[int]:
    """The films that this member likes, as far as Marquee knows."""
    return await _ids(db, member_id, ratings.c.liked)


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


def _said_at(row: Any) -> datetime:
    """When the row's source said what it says."""
    moment: datetime = row.updated_at if row.provenance in PAGES else row.rated_at or row.updated_at
    return moment


def _own(each: Rating, provenance: str) -> dict[str, Any]:
    values = msgspec.structs.asdict(each)
    del values["said_at"]
    return values | {"provenance": provenance, "watched": True}


def _older(each: Rating, row: Any) -> dict[str, Any]:
    """What a row learns from an older word: that and when the film was watched, and when it got its stars."""
    values: dict[str, Any] = {"film_id": each.film_id}
    if not row.watched and not row.liked:
        return values
    if each.watched_on and (row.watched_on is None or row.watched_on < each.watched_on):
        values |= {"watched": True, "watched_on": each.watched_on}
    if row.provenance in PAGES and row.rated_at is None and each.rating == row.rating:
        values["rated_at"] = each.rated_at
    return values


def _when(row: Any, values: dict[str, Any], now: datetime) -> datetime:
    """When the row's source said it: an older word that it learns from does not make it newer."""
    return now if "provenance" in values or row is None else row.updated_at


def _watched(each: Judgement, row: Any) -> dict[str, Any]:
    values = msgspec.structs.asdict(each) | {"watched": True}
    if row is not None and row.rating != each.rating:
        values["rated_at"] = None
    return values


def _liked(each: Judgement, row: Any) -> dict[str, Any]:
    """Without stars it is not said that the film was watched, nor that it was not."""
    if each.rating is not None:
        return _watched(each, row)
    return {"film_id": each.film_id, "liked": True}


def _plain(row: Any) -> dict[str, Any]:
    """Every column of a row, as it is or as a new one begins."""
    if row is None:
        return {
            "rating": None,
            "liked": False,
            "favorite": False,
            "watched": False,
            "watched_on": None,
            "rated_at": None,
        }
    columns: dict[str, Any] = row._asdict()
    return columns


async def _mark(
    db: Connection, member_id: int, holds: ColumnElement[bool], shown: Collection[int], values: dict[str, Any],
    asked_at: datetime,
) -> int:  # fmt: skip
    """Give these values to the rows of which this holds, which were not shown, and of which nobody said it since."""
    rows = await db.execute(select(ratings).where(ratings.c.member_id == member_id, holds))
    seen = set(shown)
    gone = [row.film_id for row in rows if row.film_id not in seen and _said_at(row) < asked_at]
    for chunk in in_chunks(gone):
        mine = (ratings.c.member_id == member_id) & ratings.c.film_id.in_(chunk)
        await db.execute(ratings.update().where(mine).values(**values, updated_at=asked_at))
    return len(gone)


async def _ids(db: Connection, member_id: int, holds: ColumnElement[bool]) -> list[int]:
    rows = await db.execute(select(ratings.c.film_id).where(ratings.c.member_id == member_id, holds))
    return list(rows.scalars())


async def _known(db: Connection, member_id: int, film_ids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for chunk in in_chunks(film_ids):
        rows = await db.execute(select(ratings).where(ratings.c.member_id == member_id, ratings.c.film_id.in_(chunk)))
        found.update({row.film_id: row for row in rows})
    return found
