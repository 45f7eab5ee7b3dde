"""What a database of Marquee says, told so that two of them can be compared."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

MEANING = {
    "films": "slug, lid, title, year, runtime_minutes, poster_path, overview",
    "film_matches": "film_id, state, media_type, tmdb_id, method, confidence",
    "watchlist_entries": "member_id, film_id, position, removed_at",
    "availability": "film_id, country, provider_id, offer, closed_at",
    "availability_checks": "film_id, country, link",
    "film_people": "film_id, person_id, role, position",
    "events": "availability_id, kind",
}


def rows(path: Path) -> dict[str, list[Any]]:
    """The rows of an SQLite database, without ids that depend on the order of work, and without times."""
    with closing(sqlite3.connect(path)) as database:
        slugs = dict(database.execute("SELECT id, slug FROM films").fetchall())
        return {table: _rows(database, table, columns.split(", "), slugs) for table, columns in MEANING.items()}


def _rows(database: sqlite3.Connection, table: str, names: list[str], slugs: dict[int, str]) -> list[Any]:
    found = database.execute(f"SELECT {', '.join(names)} FROM {table}")
    told = (
        tuple(slugs[value] if name == "film_id" else value for name, value in zip(names, row, strict=True))
        for row in found
    )
    return sorted(told, key=repr)
