"""A member's opinions in numbers, alike on both databases."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec import to_builtins

from api.db import statistics, tables
from api.db.engine import Database
from tests.factories import NOW, FilmRow, MemberRow, add

ALICE, CAROL = 1, 2
OZU, VARDA = 1, 2
DRAMA, COMEDY = 18, 35
FILMS = {1: 1953, 2: 1959, 3: 1962, 4: None, 5: 1977, 6: 1985}
OPINIONS = {1: (5.0, True, True), 2: (3.5, False, True), 3: (None, False, True), 4: (3.5, False, True)}
UNSEEN = {5: (None, True, False), 6: (4.0, False, False)}
"""(rating, liked, watched) of each film; the fifth is liked and was not watched, the sixth is neither any more."""


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Any) -> AsyncIterator[Database]:
    """Alice watched four films, of which one is without stars and one without a year; Carol loves the first."""
    on_file = f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}"
    database = Database(on_file if request.param == "sqlite" else request.getfixturevalue("postgresql_url"))
    async with database.write() as db:
        await db.run_sync(tables.metadata.create_all)
        await add(db, tables.members, *(MemberRow.build(id=i, username=n) for i, n in ((1, "alice"), (2, "carol"))))
        known = {1: NOW, 2: NOW, 5: NOW}
        films = [FilmRow.build(id=i, year=year) | {"details_checked_at": known.get(i)} for i, year in FILMS.items()]
        await add(db, tables.films, *films)
        opinions = [(ALICE, film, *said) for film, said in (OPINIONS | UNSEEN).items()]
        for member, film, stars, liked, watched in [*opinions, (CAROL, 1, 0.5, True, True)]:
            row = {"member_id": member, "film_id": film, "rating": stars, "liked": liked, "watched": watched}
            await add(db, tables.ratings, row | {"provenance": "films", "updated_at": NOW})
        await _made(db)
    yield database
    await database.close()


async def _made(db: Any) -> None:
    named = {OZU: "Yasujirō Ozu", VARDA: "Agnès Varda"}
    await add(db, tables.people, *({"id": i, "name": name, "checked_at": NOW} for i, name in named.items()))
    parts = [
        (1, OZU, "director"),
        (1, OZU, "creator"),
        (2, OZU, "director"),
        (2, VARDA, "cast"),
        (3, VARDA, "director"),
    ]
    await add(
        db,
        tables.film_people,
        *(
            {"film_id": f, "person_id": p, "role": role, "position": 0}
            for f, p, role in [*parts, (5, VARDA, "director")]
        ),
    )
    await add(db, tables.genres, {"id": DRAMA, "name": "Drama"}, {"id": COMEDY, "name": "Comedy"})
    pairs = ((1, DRAMA), (2, COMEDY), (2, DRAMA), (3, DRAMA), (6, COMEDY))
    await add(db, tables.film_genres, *({"film_id": film, "genre_id": genre} for film, genre in pairs))


async def told(database: Database, username: str = "alice") -> Any:
    async with database.read() as db:
        return to_builtins(await statistics.of_member(db, username))


async def test_the_totals_tell_what_was_watched_from_what_is_only_liked(database: Database) -> None:
    assert (await told(database))["totals"] == {
        "watched": 4,
        "rated": 3,
        "liked": 2,
        "described": 2,
        "mean_rating": 4.0,
    }


async def test_the_histogram_has_all_ten_ratings(database: Database) -> None:
    histogram = {each["rating"]: each["films"] for each in (await told(database))["histogram"]}
    assert list(histogram) == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0]
    assert {stars: films for stars, films in histogram.items() if films} == {3.5: 2, 5.0: 1}


async def test_decades_directors_and_genres_are_those_of_watched_films(database: Database) -> None:
    found = await told(database)
    assert found["decades"] == [
        {"decade": 1950, "films": 2, "mean_rating": 4.25},
        {"decade": 1960, "films": 1, "mean_rating": None},
    ]
    assert found["directors"] == [
        {"id": OZU, "name": "Yasujirō Ozu", "films": 2, "mean_rating": 4.25},
        {"id": VARDA, "name": "Agnès Varda", "films": 1, "mean_rating": None},
    ]
    assert found["genres"] == [
        {"id": DRAMA, "name": "Drama", "films": 3, "mean_rating": 4.25},
        {"id": COMEDY, "name": "Comedy", "films": 1, "mean_rating": 3.5},
    ]


async def test_of_nobody_known_there_is_nothing(database: Database) -> None:
    found = await told(database, "bob")
    assert found["totals"] == {"watched": 0, "rated": 0, "liked": 0, "described": 0, "mean_rating": None}
    assert ([each["films"] for each in found["histogram"]], found["decades"]) == ([0] * 10, [])
