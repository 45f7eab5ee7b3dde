"""A library as large as one likes, made up and the same every time: films, members, and where everything streams."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from api.db import tables
from api.db.engine import Database
from api.db.migrate import upgrade
from api.db.text import search_text, sort_key

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
COUNTRIES = ("GB", "US", "DE")
MEMBERS = tuple(f"member{number}" for number in range(1, 9))
PROVIDERS = tuple(range(1, 41))
GENRES = tuple(range(1, 20))
OFFERS = ("flatrate", "free", "ads", "rent", "buy")
TEXT = (
    "amber brass cinder delta ember fable garden harbor island jasper kindle lantern meadow north opal paper quiet "
    "river silver thunder under velvet winter yellow zephyr anchor bridge copper dawn eleven forest glass hollow iron"
)
WORDS = tuple(TEXT.split())
ROWS = 5000


async def fill(url: str, films: int, seed: int = 1) -> None:
    """Make the database and put the library into it; every member wants an eighth of the films or more."""
    await upgrade(url)
    database = Database(url)
    try:
        for table, rows in _content(films, random.Random(seed)):
            for start in range(0, len(rows), ROWS):
                async with database.write() as db:
                    await db.execute(table.insert(), rows[start : start + ROWS])
        async with database.write() as db:
            await db.exec_driver_sql("ANALYZE")
    finally:
        await database.close()


def url_of(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'marquee.db'}"


def _content(films: int, dice: random.Random) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    ids = range(1, films + 1)
    yield tables.members, [{"username": name, "created_at": NOW} for name in MEMBERS]
    yield tables.providers, [_provider(each) for each in PROVIDERS]
    yield tables.genres, [{"id": each, "name": f"Genre {each}"} for each in GENRES]
    yield (
        tables.people,
        [{"id": each, "name": f"Person {each}", "checked_at": NOW} for each in range(1, films // 4 + 2)],
    )
    yield tables.countries, [{"code": each, "name": each} for each in COUNTRIES]
    yield tables.films, [_film(each, dice) for each in ids]
    yield tables.film_matches, [_match(each) for each in ids]
    yield tables.film_genres, [{"film_id": each, "genre_id": genre} for each in ids for genre in dice.sample(GENRES, 2)]
    yield (
        tables.film_people,
        [
            {"film_id": each, "person_id": dice.randint(1, films // 4 + 1), "role": "director", "position": 0}
            for each in ids
        ],
    )
    yield tables.film_countries, [{"film_id": each, "country": dice.choice(COUNTRIES)} for each in ids]
    yield tables.availability_checks, [_check(each, country, dice) for each in ids for country in COUNTRIES]
    yield tables.availability, [offer for each in ids for offer in _offers(each, dice)]
    yield tables.watchlist_entries, [entry for member in range(1, 9) for entry in _entries(member, films, dice)]


def _provider(number: int) -> dict[str, Any]:
    return {"id": number, "name": f"Provider {number}", "logo_path": f"/logo{number}.jpg", "checked_at": NOW}


def _film(number: int, dice: random.Random) -> dict[str, Any]:
    title = " ".join(dice.sample(WORDS, 3)).title() + f" {number}"
    return {
        "id": number,
        "lid": f"l{number:x}",
        "slug": f"film-{number}",
        "title": title,
        "sort_title": sort_key(title),
        "search_title": search_text(title, None),
        "year": dice.randint(1920, 2026),
        "runtime_minutes": dice.randint(60, 200),
        "overview": " ".join(dice.choices(WORDS, k=40)),
        "poster_path": f"/poster{number}.jpg",
        "original_language": dice.choice(("en", "fr", "de", "ja")),
        "tmdb_rating": round(dice.uniform(3, 9), 1),
        "tmdb_votes": dice.randint(1, 20000),
        "tmdb_popularity": round(dice.expovariate(0.1), 3),
        "created_at": NOW,
        "updated_at": NOW,
    }


def _directed(number: int, person: int) -> dict[str, Any]:
    return {"film_id": number, "person_id": person, "role": "director", "position": 0}


def _match(number: int) -> dict[str, Any]:
    return {
        "film_id": number,
        "state": "found",
        "media_type": "movie",
        "tmdb_id": number,
        "imdb_id": f"tt{number:07}",
        "method": "search",
        "confidence": "proven",
    }


def _check(number: int, country: str, dice: random.Random) -> dict[str, Any]:
    at = NOW - timedelta(minutes=dice.randint(0, 1440))
    return {"film_id": number, "country": country, "checked_at": at, "link": f"https://example.org/{number}/{country}"}


def _offers(number: int, dice: random.Random) -> Iterator[dict[str, Any]]:
    for country in COUNTRIES:
        for provider in dice.sample(PROVIDERS, dice.choice((0, 0, 1, 2, 3))):
            yield {
                "film_id": number,
                "country": country,
                "provider_id": provider,
                "offer": dice.choice(OFFERS),
                "priority": provider,
                "opened_at": NOW - timedelta(days=dice.randint(0, 400)),
            }


def _entries(member: int, films: int, dice: random.Random) -> list[dict[str, Any]]:
    chosen = dice.sample(range(1, films + 1), max(1, films * dice.randint(1, 4) // 8))
    return [
        {
            "member_id": member,
            "film_id": film,
            "position": position,
            "first_seen_at": NOW - timedelta(days=dice.randint(0, 400)),
            "provenance": "letterboxd",
        }
        for position, film in enumerate(chosen, start=1)
    ]
