"""What TMDB says of a film: its facts, its people, its genres and its countries."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Table, bindparam, delete, select

from api.db.availability import OfferRow
from api.db.chunks import in_chunks
from api.db.connection import Connection
from api.db.engine import upsert
from api.db.tables import countries, film_countries, film_genres, film_people, films, genres, people
from api.db.text import fold, search_text

PERSON_MAX_AGE = timedelta(days=30)


class Genre(msgspec.Struct, frozen=True):
    id: int
    name: str


class Country(msgspec.Struct, frozen=True):
    code: str
    name: str


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """A person's part in a film; `role` is director, creator or cast, `position` counts from 0 within it."""

    person_id: int
    name: str
    profile_path: str | None
    role: str
    position: int
    character: str | None


class Details(msgspec.Struct, kw_only=True):
    """A TMDB title with its offers in the countries asked for.

    `rating` is None without votes, `runtime_minutes` None where unknown; `links` holds TMDB's watch page by country.
    """

    media_type: str
    tmdb_id: int
    imdb_id: str | None
    title: str
    original_title: str | None
    release_date: date | None
    year: int | None
    runtime_minutes: int | None
    overview: str | None
    poster_path: str | None
    original_language: str | None
    rating: float | None
    votes: int
    popularity: float
    genres: list[Genre]
    countries: list[Country]
    people: list[Credit]
    offers: list[OfferRow]
    links: dict[str, str]


async def store(db: Connection, film_id: int, details: Details, now: datetime) -> None:
    """Take over what TMDB says of a film; of what did not change only the check's time is written."""
    await _store_facts(db, film_id, details, now)
    await _store_people(db, film_id, details, now)
    await upsert(db, genres, [{"id": genre.id, "name": genre.name} for genre in details.genres], ("id",))
    await upsert(db, countries, [{"code": land.code, "name": land.name} for land in details.countries], ("code",))
    await _link(db, film_genres, film_id, [{"genre_id": genre.id} for genre in details.genres])
    await _link(db, film_countries, film_id, [{"country": land.code} for land in details.countries])


async def forget(db: Connection, film_ids: Sequence[int]) -> None:
    """Drop what TMDB said of these films: their titles are others now, or TMDB has them no more."""
    nothing: dict[str, Any] = dict.fromkeys(_facts_of(None))
    for chunk in in_chunks(film_ids):
        titles = (await db.execute(select(films.c.id, films.c.title).where(films.c.id.in_(chunk)))).all()
        await db.execute(films.update().where(films.c.id.in_(chunk)).values(**nothing, details_checked_at=None))
        plain = films.update().where(films.c.id == bindparam("film")).values(search_title=bindparam("text"))
        if titles:
            await db.execute(plain, [{"film": id_, "text": search_text(title, None)} for id_, title in titles])
        for table in (film_people, film_genres, film_countries):
            await db.execute(delete(table).where(table.c.film_id.in_(chunk)))


def _facts_of(details: Details | None) -> dict[str, Any]:
    return {
        "original_title": details and details.original_title,
        "release_date": details and details.release_date,
        "runtime_minutes": details and details.runtime_minutes,
        "overview": details and details.overview,
        "poster_path": details and details.poster_path,
        "original_language": details and details.original_language,
        "tmdb_rating": details and details.rating,
        "tmdb_votes": details and details.votes,
        "tmdb_popularity": details and details.popularity,
    }


async def _title(db: Connection, film_id: int) -> str:
    """The film's name on Letterboxd, as it is now."""
    return str((await db.execute(select(films.c.title).where(films.c.id == film_id))).scalar_one())


async def _store_facts(db: Connection, film_id: int, details: Details, now: datetime) -> None:
    facts = _facts_of(details)
    facts["search_title"] = search_text(await _title(db, film_id), details.original_title)
    columns = [films.c[name] for name in facts]
    known = (await db.execute(select(*columns).where(films.c.id == film_id))).one()
    changed = {"updated_at": now, **facts} if tuple(facts.values()) != tuple(known) else {}
    await db.execute(films.update().where(films.c.id == film_id).values(**changed, details_checked_at=now))


async def _store_people(db: Connection, film_id: int, details: Details, now: datetime) -> None:
    """Take over directors, creators and cast; a person is written when new, changed, or not confirmed for long."""
    credits = {(credit.person_id, credit.role): credit for credit in details.people}
    wanted = {credit.person_id: credit for credit in credits.values()}
    known = {row.id: row for row in await db.execute(select(people).where(people.c.id.in_(wanted)))}
    rows = [
        {
            "id": credit.person_id,
            "name": credit.name,
            "search_name": fold(credit.name),
            "profile_path": credit.profile_path,
            "checked_at": now,
        }
        for credit in wanted.values()
        if not _still_true(known.get(credit.person_id), credit, now)
    ]
    await upsert(db, people, rows, ("id",))
    await _link(db, film_people, film_id, [_part(credit) for credit in credits.values()])


def _still_true(row: Any, credit: Credit, now: datetime) -> bool:
    return (
        row is not None
        and (row.name, row.profile_path) == (credit.name, credit.profile_path)
        and row.checked_at > now - PERSON_MAX_AGE
    )


def _part(credit: Credit) -> dict[str, Any]:
    return {
        "person_id": credit.person_id,
        "role": credit.role,
        "position": credit.position,
        "character": credit.character,
    }


async def _link(db: Connection, table: Table, film_id: int, rows: list[dict[str, Any]]) -> None:
    """Make the film's rows of a linking table equal to `rows`."""
    names = list(rows[0]) if rows else []
    columns = [table.c[name] for name in names] or [table.c.film_id]
    known = {tuple(row) for row in await db.execute(select(*columns).where(table.c.film_id == film_id))}
    if known == {tuple(row.values()) for row in rows}:
        return
    await db.execute(delete(table).where(table.c.film_id == film_id))
    if rows:
        await db.execute(table.insert(), [{"film_id": film_id, **row} for row in rows])
