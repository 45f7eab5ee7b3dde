"""A page of films as one would write it with FastAPI, pydantic and aiosqlite: the measure for ours.

Run as a process: `python -m tests.benchmarks.rival PORT DATABASE`. It does what `GET /api/v1/films` does for the
filters that the benchmark asks for: the page with its offers, the count, the order.
"""

import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

import aiosqlite
import uvicorn
from fastapi import FastAPI, Query
from pydantic import BaseModel

IMAGES = "https://image.tmdb.org/t/p"
COLUMNS = (
    "f.id, f.slug, f.lid, f.title, f.original_title, f.year, m.media_type, m.tmdb_id, m.imdb_id, m.state, "
    "m.confidence, m.message, f.runtime_minutes, coalesce(f.letterboxd_average, f.tmdb_rating / 2), f.tmdb_popularity, "
    "f.overview, f.poster_path, "
    "(SELECT CASE WHEN count(*) = ? THEN min(c.checked_at) END FROM availability_checks c "
    "WHERE c.film_id = f.id AND c.country IN ({marks}))"
)
SORTED = {"title": "f.sort_title", "year": "f.year IS NULL, f.year, f.sort_title"}
OFFERS = (
    "SELECT a.film_id, a.country, a.provider_id, p.name, p.logo_path, a.offer, a.opened_at FROM availability a "
    "JOIN providers p ON p.id = a.provider_id WHERE a.film_id IN ({films}) AND a.country IN ({countries}) "
    "AND a.closed_at IS NULL ORDER BY a.country, a.offer, a.priority, p.name, a.id"
)


class Offer(BaseModel):
    country: str
    provider_id: int
    provider: str
    logo_url: str | None
    offer: str
    since: datetime


class Film(BaseModel):
    slug: str
    lid: str | None
    title: str
    original_title: str | None
    year: int | None
    url: str
    media_type: str | None
    tmdb_id: int | None
    imdb_id: str | None
    match: str
    match_confidence: str | None
    match_message: str | None
    runtime_minutes: int | None
    average_rating: float | None
    popularity: float | None
    overview: str | None
    poster_url: str | None
    checked_at: datetime | None
    offers: list[Offer]


class Page(BaseModel):
    items: list[Film]
    page: int
    page_size: int
    total: int
    total_pages: int
    has_next: bool
    has_previous: bool


def create_app(path: str) -> FastAPI:
    connections: list[aiosqlite.Connection] = []

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with aiosqlite.connect(path) as connection:
            connections.append(connection)
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/api/v1/films")
    async def list_films(
        country: Annotated[list[str], Query()] = ["GB", "US", "DE"],  # noqa: B006
        member: str | None = None,
        provider: Annotated[list[int], Query()] = [],  # noqa: B006
        year_min: int | None = None,
        runtime_max: int | None = None,
        sort_by: str = "title",
        page: Annotated[int, Query(ge=1)] = 1,
        page_size: Annotated[int, Query(ge=1, le=100)] = 50,
    ) -> Page:
        where, values = conditions(country, member, provider, year_min, runtime_max)
        db = connections[0]
        tables = "FROM films f LEFT JOIN film_matches m ON m.film_id = f.id"
        async with db.execute(f"SELECT count(*) {tables} WHERE {where}", values) as cursor:
            [total] = await cursor.fetchone() or (0,)
        query = (
            f"SELECT {COLUMNS.format(marks=marks(country))} {tables} WHERE {where} "
            f"ORDER BY {SORTED[sort_by]}, f.id LIMIT ? OFFSET ?"
        )
        window = [page_size, (page - 1) * page_size]
        async with db.execute(query, [len(country), *country, *values, *window]) as cursor:
            rows = list(await cursor.fetchall())
        offers = await offers_of(db, [row[0] for row in rows], country)
        total_pages = -(-total // page_size)
        return Page(
            items=[film(row, offers[row[0]]) for row in rows],
            page=page,
            page_size=page_size,
            total=total,
            total_pages=total_pages,
            has_next=page < total_pages,
            has_previous=page > 1 and total > 0,
        )

    return app


def conditions(
    country: list[str], member: str | None, provider: list[int], year_min: int | None, runtime_max: int | None
) -> tuple[str, list[Any]]:
    parts, values = ["1 = 1"], list[Any]()
    if member is not None:
        parts.append(
            "f.id IN (SELECT w.film_id FROM watchlist_entries w JOIN members b ON b.id = w.member_id "
            "WHERE b.username = ? AND w.removed_at IS NULL)"
        )
        values.append(member)
    if provider:
        parts.append(
            "EXISTS (SELECT 1 FROM availability a WHERE a.film_id = f.id AND a.closed_at IS NULL "
            f"AND a.country IN ({marks(country)}) AND a.provider_id IN ({marks(provider)}))"
        )
        values += [*country, *provider]
    if year_min is not None:
        parts.append("f.year >= ?")
        values.append(year_min)
    if runtime_max is not None:
        parts.append("f.runtime_minutes <= ?")
        values.append(runtime_max)
    return " AND ".join(parts), values


async def offers_of(db: aiosqlite.Connection, films: list[int], country: list[str]) -> defaultdict[int, list[Offer]]:
    found: defaultdict[int, list[Offer]] = defaultdict(list)
    query = OFFERS.format(films=marks(films), countries=marks(country))
    async with db.execute(query, [*films, *country]) as cursor:
        for film_id, code, number, name, logo, kind, since in await cursor.fetchall():
            logo_url = logo and f"{IMAGES}/w92{logo}"
            found[film_id].append(
                Offer(country=code, provider_id=number, provider=name, logo_url=logo_url, offer=kind, since=since + "Z")
            )
    return found


def film(row: Any, offers: list[Offer]) -> Film:
    return Film(
        slug=row[1],
        lid=row[2],
        title=row[3],
        original_title=row[4],
        year=row[5],
        url=f"https://letterboxd.com/film/{row[1]}/",
        media_type=row[6],
        tmdb_id=row[7],
        imdb_id=row[8],
        match=row[9] or "pending",
        match_confidence=row[10],
        match_message=row[11],
        runtime_minutes=row[12],
        average_rating=row[13],
        popularity=row[14],
        overview=row[15],
        poster_url=row[16] and f"{IMAGES}/w342{row[16]}",
        checked_at=row[17] and row[17] + "Z",
        offers=offers,
    )


def marks(values: list[Any]) -> str:
    return ", ".join("?" * len(values))


if __name__ == "__main__":
    uvicorn.run(create_app(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
