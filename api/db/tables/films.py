"""Films as Letterboxd and TMDB describe them."""

from sqlalchemy import Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text

from api.db.tables.base import id_column, metadata, reference
from api.db.types import UtcDateTime

films = Table(
    "films",
    metadata,
    id_column(),
    Column("lid", String, unique=True),
    Column("letterboxd_id", Integer, unique=True),
    Column("slug", String, nullable=False, unique=True),
    Column("title", String, nullable=False),
    Column("sort_title", String, nullable=False, index=True),
    Column("search_title", String, nullable=False),
    Column("original_title", String),
    Column("year", Integer, index=True),
    Column("release_date", Date),
    Column("runtime_minutes", Integer),
    Column("overview", Text),
    Column("poster_path", String),
    Column("original_language", String),
    Column("tmdb_rating", Float),
    Column("tmdb_votes", Integer),
    Column("tmdb_popularity", Float),
    Column("letterboxd_average", Float),
    Column("letterboxd_ratings", Integer),
    Column("letterboxd_fans", Integer),
    Column("details_checked_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

Index(
    "ix_films_looked_through",
    *(
        films.c[name]
        for name in (
            "id",
            "year",
            "runtime_minutes",
            "sort_title",
            "original_language",
            "letterboxd_average",
            "tmdb_rating",
            "tmdb_popularity",
        )
    ),
)
"""All that lists are filtered and sorted by, side by side: a row of films is long, and most of it is text to show."""

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("search_name", String, index=True),
    Column("profile_path", String),
    Column("checked_at", UtcDateTime, nullable=False),
)

film_people = Table(
    "film_people",
    metadata,
    reference("film_id", "films.id", primary_key=True),
    reference("person_id", "people.id", primary_key=True, index=True),
    Column("role", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("character", String),
)

genres = Table(
    "genres",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
)

film_genres = Table(
    "film_genres",
    metadata,
    reference("film_id", "films.id", primary_key=True),
    reference("genre_id", "genres.id", primary_key=True, index=True),
)

countries = Table(
    "countries",
    metadata,
    Column("code", String(2), primary_key=True),
    Column("name", String, nullable=False),
)

film_countries = Table(
    "film_countries",
    metadata,
    reference("film_id", "films.id", primary_key=True),
    Column("country", ForeignKey("countries.code", ondelete="CASCADE"), primary_key=True),
)
