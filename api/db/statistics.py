"""A member's opinions in numbers: four queries, however many films there are."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select

from api.db.connection import Connection
from api.db.film_filters import MAKERS
from api.db.statements import Row, rows
from api.db.tables import film_genres, film_people, films, genres, members, people, ratings
from api.schemas.statistics import DecadeCount, NamedCount, RatingCount, Statistics, Totals

STARS = tuple(half / 2 for half in range(1, 11))
MOST = 10
"""How many directors and genres are told."""


async def of_member(db: Connection, username: str) -> Statistics:
    """What this member watched, in numbers; of one that was never read, all are nothing."""
    values = {"username": username}
    by_stars = await rows(db, _by_stars, None, values)
    watched = {rating: count for rating, count, _, _ in by_stars}
    return Statistics(
        totals=_totals(by_stars),
        histogram=[RatingCount(rating, watched.get(rating, 0)) for rating in STARS],
        decades=[
            DecadeCount(decade, number, _rounded(mean))
            for decade, number, mean in await rows(db, _by_decade, None, values)
        ],
        directors=_named(await rows(db, _by_director, None, values)),
        genres=_named(await rows(db, _by_genre, None, values)),
    )


def _named(found: Iterable[Row]) -> list[NamedCount]:
    return [NamedCount(ident, name, number, _rounded(mean)) for ident, name, number, mean in found]


def _totals(by_stars: Iterable[Row]) -> Totals:
    """What the films of each rating come to; those without one stand beside None."""
    found = list(by_stars)
    rated = [(rating, watched) for rating, watched, _, _ in found if rating is not None]
    number = sum(watched for _, watched in rated)
    return Totals(
        watched=sum(watched for _, watched, _, _ in found),
        rated=number,
        liked=sum(liked for _, _, liked, _ in found),
        described=sum(described for _, _, _, described in found),
        mean_rating=_rounded(sum(rating * watched for rating, watched in rated) / number) if number else None,
    )


def _by_stars(_shape: None) -> Select[Any]:
    table = ratings.c
    described = table.watched & films.c.details_checked_at.is_not(None)
    return (
        select(table.rating, _number(table.watched), _number(table.liked), _number(described))
        .join(films, films.c.id == table.film_id)
        .where(table.member_id == _member(), or_(table.watched, table.liked))
        .group_by(table.rating)
    )


def _by_decade(_shape: None) -> Select[Any]:
    decade = (films.c.year - films.c.year % 10).label("decade")
    counted = (
        select(decade, ratings.c.rating)
        .join(films, films.c.id == ratings.c.film_id)
        .where(*_watched(), films.c.year.is_not(None))
        .subquery("counted")
        .c
    )
    return (
        select(counted.decade, func.count(), func.avg(counted.rating)).group_by(counted.decade).order_by(counted.decade)
    )


def _by_director(_shape: None) -> Select[Any]:
    """A person who directed and created the same film has it once."""
    part, person, number = film_people.c, people.c, func.count()
    made = (
        select(part.person_id, part.film_id)
        .where(or_(*(part.role == role for role in MAKERS)))
        .distinct()
        .subquery("made")
    )
    return (
        select(person.id, person.name, number, func.avg(ratings.c.rating))
        .join(made, made.c.person_id == person.id)
        .join(ratings, ratings.c.film_id == made.c.film_id)
        .where(*_watched())
        .group_by(person.id, person.name)
        .order_by(number.desc(), person.name, person.id)
        .limit(MOST)
    )


def _by_genre(_shape: None) -> Select[Any]:
    genre, number = genres.c, func.count()
    return (
        select(genre.id, genre.name, number, func.avg(ratings.c.rating))
        .join(film_genres, film_genres.c.genre_id == genre.id)
        .join(ratings, ratings.c.film_id == film_genres.c.film_id)
        .where(*_watched())
        .group_by(genre.id, genre.name)
        .order_by(number.desc(), genre.name, genre.id)
        .limit(MOST)
    )


def _watched() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ratings.c.member_id == _member(), ratings.c.watched


def _member() -> Any:
    username = bindparam("username", type_=members.c.username.type)
    return select(members.c.id).where(members.c.username == username).scalar_subquery()


def _number(holds: ColumnElement[bool]) -> ColumnElement[int]:
    """Of how many rows this holds."""
    return func.count(case((holds, 1)))


def _rounded(mean: float | None) -> float | None:
    return None if mean is None else round(mean, 2)
