"""All that the answer about one film tells."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from api.db import films, tables
from api.db.engine import Database
from api.db.links import Links
from tests.drivers.database import statements
from tests.factories import NOW, AvailabilityRow, EntryRow, FilmRow, MatchRow, MemberRow, ProviderRow, add

HEAT, UNKNOWN = 1, 2
MUBI = 11
LINKS = Links(letterboxd="https://letterboxd.test", images="https://images.test")
CAST = range(100, 140)


@pytest.fixture(autouse=True)
async def heat(database: Database) -> None:
    """Heat with everything that can be known of it, and a film of which nothing is."""
    facts: dict[str, Any] = {
        "tmdb_rating": 7.9,
        "tmdb_votes": 7000,
        "letterboxd_average": 4.3,
        "letterboxd_ratings": 900,
    }
    facts |= {"letterboxd_fans": 50, "original_language": "en", "release_date": date(1995, 12, 15)}
    person = {"profile_path": None, "checked_at": NOW}
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(id=HEAT, slug="heat", title="Heat"))
        await add(db, tables.films, FilmRow.build(id=UNKNOWN, slug="unknown", title="Unknown"))
        await db.execute(tables.films.update().where(tables.films.c.id == HEAT).values(**facts))
        match = MatchRow.build(film_id=HEAT, tmdb_id=949, imdb_id="tt0113277", method="person")
        await add(db, tables.film_matches, {**match, "locked": True})
        await add(db, tables.people, *({"id": number, "name": f"Person {number}", **person} for number in CAST))
        await add(db, tables.people, {"id": 1, "name": "Michael Mann", **person})
        await add(db, tables.film_people, *(credit(number, "cast", number - CAST[0]) for number in reversed(CAST)))
        await add(db, tables.film_people, credit(1, "director", 0))
        await add(db, tables.genres, {"id": 80, "name": "Crime"}, {"id": 28, "name": "Action"})
        await add(db, tables.film_genres, *({"film_id": HEAT, "genre_id": number} for number in (80, 28)))
        await add(db, tables.countries, {"code": "US", "name": "United States"})
        await add(db, tables.film_countries, {"film_id": HEAT, "country": "US"})
        await add(db, tables.providers, ProviderRow.build(id=MUBI, name="Mubi"))
        await add(db, tables.availability, AvailabilityRow.build(film_id=HEAT, provider_id=MUBI, country="DE"))
        check = {"film_id": HEAT, "checked_at": NOW}
        await add(db, tables.availability_checks, {**check, "country": "DE", "link": "https://tmdb.test/watch"})
        await add(
            db, tables.members, *(MemberRow.build(id=id_, username=name) for id_, name in ((1, "carol"), (2, "bob")))
        )
        await add(
            db,
            tables.watchlist_entries,
            EntryRow.build(member_id=1, film_id=HEAT, added_at=NOW - timedelta(days=9)),
            EntryRow.build(member_id=2, film_id=HEAT, removed_at=NOW),
        )
        seen = {"film_id": HEAT, "provenance": "rss", "updated_at": NOW, "liked": False, "watched_on": None}
        await add(db, tables.ratings, {**seen, "member_id": 1, "rating": None})
        await add(
            db,
            tables.ratings,
            {**seen, "member_id": 2, "rating": 4.5, "liked": True, "watched_on": date(2026, 1, 2)},
        )


def credit(person_id: int, role: str, position: int) -> dict[str, object]:
    character = f"Role {position}" if role == "cast" else None
    return {"film_id": HEAT, "person_id": person_id, "role": role, "position": position, "character": character}


async def test_a_film_tells_its_people_and_at_most_thirty_of_the_cast(client: httpx.AsyncClient) -> None:
    film = (await client.get("/api/v1/films/heat")).json()
    director, *cast = film["people"]
    mann = {"person_id": 1, "name": "Michael Mann", "role": "director", "position": 0, "character": None}
    assert director == mann
    assert [each["position"] for each in cast] == [*range(30)]
    assert cast[2] == {"person_id": 102, "name": "Person 102", "role": "cast", "position": 2, "character": "Role 2"}
    assert film["directors"] == ["Michael Mann"]


async def test_a_film_tells_its_facts_ratings_and_pages(client: httpx.AsyncClient) -> None:
    film = (await client.get("/api/v1/films/heat")).json()
    assert film["genres"] == ["Action", "Crime"]
    assert film["origins"] == [{"country": "US", "name": "United States"}]
    assert (film["original_language"], film["release_date"]) == ("en", "1995-12-15")
    assert (film["match_method"], film["match_locked"]) == ("person", True)
    assert film["ratings"] == {
        "tmdb": {"stars": 3.95, "votes": 7000},
        "letterboxd": {"average": 4.3, "ratings": 900, "fans": 50},
        "members": [
            {"member": "bob", "rating": 4.5, "liked": True, "watched_on": "2026-01-02"},
            {"member": "carol", "rating": None, "liked": False, "watched_on": None},
        ],
    }
    assert film["links"] == {
        "letterboxd": "https://letterboxd.test/film/heat/",
        "tmdb": "https://www.themoviedb.org/movie/949",
        "imdb": "https://www.imdb.com/title/tt0113277/",
    }


async def test_a_film_tells_each_country_and_who_wants_it(client: httpx.AsyncClient) -> None:
    film = (await client.get("/api/v1/films/heat")).json()
    assert film["availability"] == [
        {"country": "GB", "checked_at": None, "link": None, "offers": []},
        {
            "country": "DE",
            "checked_at": "2026-11-20T06:00:00Z",
            "link": "https://tmdb.test/watch",
            "offers": film["offers"],
        },
    ]
    assert [each["provider"] for each in film["offers"]] == ["Mubi"]
    wish = {"member": "carol", "added_at": "2026-11-11T06:00:00Z", "first_seen_at": "2026-11-20T06:00:00Z"}
    assert film["watchlists"] == [wish]
    assert film["members"] == ["carol"]


async def test_a_film_of_which_nothing_is_known_says_so(client: httpx.AsyncClient) -> None:
    film = (await client.get("/api/v1/films/unknown")).json()
    assert (film["people"], film["origins"], film["watchlists"]) == ([], [], [])
    assert (film["match_method"], film["match_locked"], film["original_language"]) == (None, False, None)
    assert film["ratings"] == {
        "tmdb": {"stars": None, "votes": None},
        "letterboxd": {"average": None, "ratings": None, "fans": None},
        "members": [],
    }
    assert (film["links"]["tmdb"], film["links"]["imdb"]) == (None, None)


async def test_a_film_takes_as_many_queries_with_everything_known_as_with_nothing(database: Database) -> None:
    async with database.read() as db:
        with statements() as full:
            await films.by_slug(db, "heat", ("GB", "DE"), LINKS)
        with statements() as empty:
            await films.by_slug(db, "unknown", ("GB",), LINKS)
    assert len(full) == len(empty) == 9
