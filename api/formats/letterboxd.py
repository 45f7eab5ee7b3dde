"""Films as Letterboxd's importer takes them (https://letterboxd.com/about/importing-data/)."""

from collections.abc import Iterable
from typing import Any

from api.formats.table import Cell

HEADER = ("LetterboxdURI", "tmdbID", "imdbID", "Title", "Year")
NEEDED = frozenset({"lid", "url", "title", "year", "media_type", "tmdb_id", "imdb_id"})
"""What an item must tell of itself to be one of these films."""


def is_film(fields: Iterable[str]) -> bool:
    return set(fields) >= NEEDED


def row(film: dict[str, Any]) -> list[Cell]:
    """A film's row. TMDB counts films and series apart, and the importer knows only the numbers of films."""
    lid, is_movie = film.get("lid"), film.get("media_type") == "movie"
    uri = f"https://boxd.it/{lid}" if lid else film.get("url")
    number = film.get("tmdb_id") if is_movie else None
    return [_or_empty(each) for each in (uri, number, film.get("imdb_id"), film.get("title"), film.get("year"))]


def _or_empty(value: Any) -> Any:
    return "" if value is None else value
