"""What a member watched, rated and liked, as the API lists it: two queries, whatever the size of a page."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, or_, select

from api.db.connection import Connection
from api.db.film_filters import LISTED, FilmFilters, FilterShape, conditions, shape_of
from api.db.links import Links
from api.db.paging import Paging, page_of
from api.db.statements import rows, value
from api.db.tables import film_matches, films, members, ratings
from api.schemas.pages import Page
from api.schemas.ratings import RatedFilm

SortBy = Literal["rating", "title", "year", "rated_at"]
KEYS: dict[SortBy, ColumnElement[Any]] = {
    "rating": ratings.c.rating,
    "title": films.c.sort_title,
    "year": films.c.year,
    "rated_at": ratings.c.rated_at,
}
HOLDS = or_(ratings.c.watched, ratings.c.liked)


class OpinionFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which opinions a list shows; stars from `rating_min` to `rating_max`, given or changed since `rated_since`."""

    rating_min: float | None = None
    rating_max: float | None = None
    liked: bool | None = None
    rated_since: datetime | None = None


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What decides how the queries read; `given` are the opinion's filters that there are."""

    films: FilterShape
    given: frozenset[str]
    by: SortBy
    descending: bool
    links: Links


async def listing(
    db: Connection,
    username: str,
    wanted: FilmFilters,
    filters: OpinionFilters,
    *,
    sort_by: SortBy,
    descending: bool,
    paging: Paging,
    links: Links,
) -> Page[RatedFilm]:
    """The films that this member watched or likes; alike ones by title, and what has no value comes last."""
    film_shape, values = shape_of(wanted)
    theirs = {f"their_{name}": each for name, each in asdict(filters).items() if each is not None}
    shape = Shape(films=film_shape, given=frozenset(theirs), by=sort_by, descending=descending, links=links)
    values |= theirs | {"username": username}
    total = await value(db, _count_query, shape, values)
    values |= {"page_rows": paging.rows(total), "page_offset": paging.offset}
    found = await rows(db, _page_query, shape, values) if values["page_rows"] else []
    return page_of([RatedFilm(*row) for row in found], total, paging)


async def has_any(db: Connection, username: str) -> bool:
    """Whether anything is known of what this member watched or likes."""
    query = select(ratings.c.film_id).join(members).where(members.c.username == username, HOLDS).limit(1)
    return (await db.execute(query)).first() is not None


def _count_query(shape: Shape) -> Select[Any]:
    return _chosen(shape, func.count())


def _page_query(shape: Shape) -> Select[Any]:
    key = KEYS[shape.by]
    order = key.is_(None), key.desc() if shape.descending else key, films.c.sort_title, films.c.id
    limit, offset = bindparam("page_rows", type_=Integer), bindparam("page_offset", type_=Integer)
    return _chosen(shape, *_columns(shape.links)).order_by(*order).limit(limit).offset(offset)


def _chosen(shape: Shape, *columns: ColumnElement[Any]) -> Select[Any]:
    theirs = select(members.c.id).where(members.c.username == bindparam("username")).scalar_subquery()
    return (
        select(*columns)
        .select_from(LISTED.join(ratings, ratings.c.film_id == films.c.id))
        .where(ratings.c.member_id == theirs, HOLDS)
        .where(*_of_the_opinion(shape.given), *conditions(shape.films, of_member=False))
    )


def _of_the_opinion(given: frozenset[str]) -> list[ColumnElement[bool]]:
    table = ratings.c
    asked: dict[str, ColumnElement[bool]] = {
        "their_rating_min": table.rating >= bindparam("their_rating_min", type_=table.rating.type),
        "their_rating_max": table.rating <= bindparam("their_rating_max", type_=table.rating.type),
        "their_liked": table.liked == bindparam("their_liked", type_=table.liked.type),
        "their_rated_since": table.rated_at >= bindparam("their_rated_since", type_=table.rated_at.type),
    }
    return [condition for name, condition in asked.items() if name in given]


def _columns(links: Links) -> list[ColumnElement[Any]]:
    film, match, table = films.c, film_matches.c, ratings.c
    return [
        film.slug,
        film.lid,
        film.title,
        film.year,
        links.poster(film.poster_path),
        links.film(film.slug),
        match.media_type,
        match.tmdb_id,
        match.imdb_id,
        table.rating,
        table.liked,
        table.watched,
        table.watched_on,
        table.rated_at,
    ]
