"""What a film's own answer tells beyond a list's: its makers and cast, its ratings, who wants it, and each country."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, case, func, or_, select

from api.db.connection import Connection
from api.db.film_filters import LISTED, MAKERS, ON_WATCHLIST
from api.db.links import imdb_page, title_page
from api.db.statements import among, rows
from api.db.tables import (
    availability_checks,
    countries,
    film_countries,
    film_genres,
    film_matches,
    film_people,
    films,
    genres,
    members,
    people,
    ratings,
    watchlist_entries,
)
from api.schemas.films import (
    CountryOffers,
    Credit,
    Film,
    FilmDetails,
    FilmLinks,
    FilmRatings,
    LetterboxdRating,
    MemberRating,
    Origin,
    TmdbRating,
    Wish,
)

LARGEST_CAST = 30
ROLES = {"director": 0, "creator": 1, "cast": 2}


async def details(db: Connection, film_id: int, film: Film, where: Sequence[str]) -> FilmDetails:
    """The film with all that is known of it; `where` are the countries of its offers."""
    values = {"film_id": film_id, "countries": where}
    [[released, language, stars, votes, average, number, fans, method, locked]] = await rows(db, _facts, None, values)
    credits = [Credit(*row) for row in await rows(db, _people, None, values)]
    wanted = await wishes(db, film_id)
    rated = [MemberRating(*row) for row in await rows(db, _ratings, None, values)]
    return FilmDetails(
        **msgspec.structs.asdict(film),
        release_date=released,
        directors=list(dict.fromkeys(credit.name for credit in credits if credit.role in MAKERS)),
        genres=[row[0] for row in await rows(db, _genres, None, values)],
        members=[wish.member for wish in wanted],
        original_language=language,
        origins=[Origin(*row) for row in await rows(db, _origins, None, values)],
        people=credits,
        match_method=method,
        match_locked=bool(locked),
        ratings=FilmRatings(TmdbRating(stars, votes), LetterboxdRating(average, number, fans), rated),
        availability=_by_country(film, where, await rows(db, _checks, None, values)),
        watchlists=wanted,
        links=_links(film),
    )


async def wishes(db: Connection, film_id: int) -> list[Wish]:
    """Who has the film on the watchlist now, by name."""
    return [Wish(*row) for row in await rows(db, _wishes, None, {"film_id": film_id})]


def _by_country(film: Film, where: Sequence[str], checks: Sequence[Sequence[Any]]) -> list[CountryOffers]:
    known = {country: (checked_at, link) for country, checked_at, link in checks}
    nothing = None, None
    return [
        CountryOffers(country, *known.get(country, nothing), [each for each in film.offers if each.country == country])
        for country in where
    ]


def _links(film: Film) -> FilmLinks:
    tmdb = title_page(film.media_type, film.tmdb_id) if film.media_type and film.tmdb_id else None
    return FilmLinks(film.url, tmdb, imdb_page(film.imdb_id) if film.imdb_id else None)


def _facts(_shape: None) -> Select[Any]:
    film, match = films.c, film_matches.c
    return (
        select(film.release_date, film.original_language, film.tmdb_rating / 2, film.tmdb_votes)
        .add_columns(film.letterboxd_average, film.letterboxd_ratings, film.letterboxd_fans)
        .add_columns(match.method, match.locked)
        .select_from(LISTED)
        .where(film.id == bindparam("film_id"))
    )


def _people(_shape: None) -> Select[Any]:
    part = film_people.c
    return (
        select(part.person_id, people.c.name, part.role, part.position, part.character)
        .select_from(film_people.join(people))
        .where(part.film_id == bindparam("film_id"), or_(part.role != "cast", part.position < LARGEST_CAST))
        .order_by(case(ROLES, value=part.role, else_=len(ROLES)), part.position, part.person_id)
    )


def _genres(_shape: None) -> Select[Any]:
    query = select(genres.c.name).select_from(film_genres.join(genres))
    return query.where(film_genres.c.film_id == bindparam("film_id")).order_by(genres.c.name)


def _origins(_shape: None) -> Select[Any]:
    query = select(countries.c.code, countries.c.name).select_from(film_countries.join(countries))
    return query.where(film_countries.c.film_id == bindparam("film_id")).order_by(countries.c.name)


def _wishes(_shape: None) -> Select[Any]:
    entry = watchlist_entries.c
    return (
        select(members.c.username, entry.added_at, entry.first_seen_at)
        .select_from(watchlist_entries.join(members))
        .where(entry.film_id == bindparam("film_id"), ON_WATCHLIST)
        .order_by(func.lower(members.c.username))
    )


def _ratings(_shape: None) -> Select[Any]:
    return (
        select(members.c.username, ratings.c.rating, ratings.c.liked, ratings.c.watched_on)
        .select_from(ratings.join(members))
        .where(ratings.c.film_id == bindparam("film_id"))
        .order_by(func.lower(members.c.username))
    )


def _checks(_shape: None) -> Select[Any]:
    check = availability_checks.c
    here = check.film_id == bindparam("film_id"), among(check.country, "countries")
    return select(check.country, check.checked_at, check.link).where(*here)
