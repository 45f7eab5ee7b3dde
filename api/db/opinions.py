"""What a member watched, rated and liked, as the API lists it: two queries, whatever the size of a page."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, func, or_, select

from api.db.connection import Connection
from api.db.links import Links
from api.db.paging import Paging, page_of
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


class OpinionFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which opinions a list shows; stars from `rating_min` to `rating_max`, given or changed since `rated_since`."""

    rating_min: float | None = None
    rating_max: float | None = None
    liked: bool | None = None
    rated_since: datetime | None = None


async def listing(
    db: Connection,
    username: str,
    filters: OpinionFilters,
    *,
    sort_by: SortBy,
    descending: bool,
    paging: Paging,
    links: Links,
) -> Page[RatedFilm]:
    """The films that this member watched or likes; alike ones by title, and what has no value comes last."""
    chosen = _chosen(username, filters)
    total = (await db.execute(chosen.with_only_columns(func.count()).order_by(None))).scalar_one()
    key = KEYS[sort_by]
    order = key.is_(None), key.desc() if descending else key, films.c.sort_title, films.c.id
    rows = await db.execute(
        chosen.with_only_columns(*_columns(links)).order_by(*order).offset(paging.offset).limit(paging.rows(total))
    )
    return page_of([RatedFilm(*row) for row in rows], total, paging)


def _chosen(username: str, filters: OpinionFilters) -> Select[Any]:
    table = ratings.c
    query = (
        select(films.c.id)
        .select_from(ratings)
        .join(members, members.c.id == table.member_id)
        .join(films, films.c.id == table.film_id)
        .outerjoin(film_matches, film_matches.c.film_id == films.c.id)
        .where(members.c.username == username, or_(table.watched, table.liked))
    )
    if filters.rating_min is not None:
        query = query.where(table.rating >= filters.rating_min)
    if filters.rating_max is not None:
        query = query.where(table.rating <= filters.rating_max)
    if filters.liked is not None:
        query = query.where(table.liked.is_(filters.liked))
    if filters.rated_since is not None:
        query = query.where(table.rated_at >= filters.rated_since)
    return query


def _columns(links: Links) -> list[ColumnElement[Any]]:
    film, match, table = films.c, film_matches.c, ratings.c
    return [
        film.slug,
        film.title,
        film.year,
        links.poster(film.poster_path),
        links.film(film.slug),
        match.media_type,
        match.tmdb_id,
        table.rating,
        table.liked,
        table.watched,
        table.watched_on,
        table.rated_at,
    ]
