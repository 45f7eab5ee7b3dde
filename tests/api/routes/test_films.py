from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.db import tables
from api.db.engine import Database
from tests.factories import (
    NOW,
    AvailabilityRow,
    CheckRow,
    EntryRow,
    FilmRow,
    MatchRow,
    MemberRow,
    ProviderRow,
    add,
)

HEAT, AMELIE, ALIEN = 1, 2, 3
NETFLIX, MUBI, APPLE = 8, 11, 2


@pytest.fixture(autouse=True)
async def films(database: Database) -> None:
    """Heat streams on Netflix and can be bought; Amélie waits in the review queue; Alien left Mubi."""
    async with database.write() as db:
        await add(
            db,
            tables.films,
            FilmRow.build(id=HEAT, slug="heat-1995", title="Heat", year=1995),
            FilmRow.build(
                id=AMELIE,
                slug="amelie",
                title="Amélie",
                original_title="Le Fabuleux Destin d'Amélie Poulain",
                year=2001,
                poster_path=None,
            ),
            FilmRow.build(id=ALIEN, slug="alien", title="The Alien", year=None),
        )
        await add(
            db,
            tables.film_matches,
            MatchRow.build(film_id=HEAT, tmdb_id=949, confidence="proven"),
            MatchRow.build(film_id=AMELIE, state="review", tmdb_id=None, media_type=None, confidence=None),
        )
        await add(
            db,
            tables.providers,
            ProviderRow.build(id=NETFLIX, name="Netflix", logo_path="/n.jpg"),
            ProviderRow.build(id=MUBI, name="Mubi"),
            ProviderRow.build(id=APPLE, name="Apple TV"),
        )
        await add(
            db,
            tables.availability,
            AvailabilityRow.build(film_id=HEAT, provider_id=APPLE, offer="buy", priority=0),
            AvailabilityRow.build(film_id=HEAT, provider_id=MUBI, offer="flatrate", priority=5, country="DE"),
            AvailabilityRow.build(film_id=HEAT, provider_id=MUBI, offer="flatrate", priority=5),
            AvailabilityRow.build(film_id=HEAT, provider_id=NETFLIX, offer="flatrate", priority=3),
            AvailabilityRow.build(film_id=HEAT, provider_id=NETFLIX, offer="flatrate", priority=3, country="US"),
            AvailabilityRow.build(film_id=ALIEN, provider_id=MUBI, closed_at=NOW),
        )
        await add(
            db,
            tables.availability_checks,
            CheckRow.build(film_id=HEAT, country="GB"),
            CheckRow.build(film_id=HEAT, country="DE", checked_at=NOW - timedelta(hours=2)),
            CheckRow.build(film_id=ALIEN, country="GB"),
        )
        await add(db, tables.members, MemberRow.build(id=1, username="alice"), MemberRow.build(id=2, username="carol"))
        await add(
            db,
            tables.watchlist_entries,
            EntryRow.build(member_id=1, film_id=HEAT),
            EntryRow.build(member_id=1, film_id=ALIEN, removed_at=NOW),
            EntryRow.build(member_id=2, film_id=ALIEN),
        )


async def slugs(client: httpx.AsyncClient, query: str) -> list[str]:
    answer = await client.get(f"/api/v1/films?{query}")
    assert answer.status_code == 200, answer.text
    return [film["slug"] for film in answer.json()["items"]]


async def test_a_film_is_shown_with_its_match_its_links_and_its_open_offers(client: httpx.AsyncClient) -> None:
    film = (await client.get("/api/v1/films/heat-1995")).json()
    assert film == film | {
        "slug": "heat-1995",
        "lid": "l1",
        "title": "Heat",
        "year": 1995,
        "url": "https://letterboxd.test/film/heat-1995/",
        "media_type": "movie",
        "tmdb_id": 949,
        "imdb_id": None,
        "match": "found",
        "match_confidence": "proven",
        "match_message": None,
        "runtime_minutes": 104,
        "overview": None,
        "poster_url": "https://images.test/t/p/w342/poster1.jpg",
        "checked_at": "2026-11-20T04:00:00Z",
        "offers": [
            {
                "country": "GB",
                "provider_id": NETFLIX,
                "provider": "Netflix",
                "logo_url": "https://images.test/t/p/w92/n.jpg",
                "offer": "flatrate",
                "since": "2026-11-20T06:00:00Z",
            },
            offer("GB", MUBI, "Mubi", "flatrate"),
            offer("GB", APPLE, "Apple TV", "buy"),
            offer("DE", MUBI, "Mubi", "flatrate"),
        ],
        "original_title": None,
        "release_date": None,
        "directors": [],
        "genres": [],
        "members": ["alice"],
    }


async def test_a_film_tells_its_makers_and_its_genres(client: httpx.AsyncClient, database: Database) -> None:
    person, part = {"profile_path": None, "checked_at": NOW}, {"film_id": AMELIE, "position": 0, "character": None}
    async with database.write() as db:
        await add(db, tables.people, {"id": 1, "name": "Jean-Pierre Jeunet", **person})
        await add(db, tables.people, {"id": 2, "name": "Audrey Tautou", **person})
        await add(db, tables.film_people, {"person_id": 1, "role": "director", **part})
        await add(db, tables.film_people, {"person_id": 2, "role": "cast", **part})
        await add(db, tables.genres, {"id": 35, "name": "Comedy"})
        await add(db, tables.film_genres, {"film_id": AMELIE, "genre_id": 35})
    film = (await client.get("/api/v1/films/amelie")).json()
    assert (film["directors"], film["genres"], film["members"]) == (["Jean-Pierre Jeunet"], ["Comedy"], [])
    assert film["original_title"] == "Le Fabuleux Destin d'Amélie Poulain"


async def test_a_list_shows_each_film_as_it_is_shown_alone(client: httpx.AsyncClient) -> None:
    page = (await client.get("/api/v1/films")).json()
    alone = [(await client.get(f"/api/v1/films/{film['slug']}")).json() for film in page["items"]]
    assert page["items"] == [{name: film[name] for name in page["items"][0]} for film in alone]


async def test_a_film_that_was_not_checked_in_every_country_shown_is_unknown(client: httpx.AsyncClient) -> None:
    checked = {
        country: {
            film["slug"]: film["checked_at"]
            for film in (await client.get(f"/api/v1/films?country={country}")).json()["items"]
        }
        for country in ("GB", "DE")
    }
    assert checked["GB"]["alien"] == "2026-11-20T06:00:00Z"
    assert checked["DE"]["alien"] is None
    assert (await client.get("/api/v1/films/alien")).json()["checked_at"] is None


async def test_a_film_without_a_match_is_pending(client: httpx.AsyncClient) -> None:
    alien = (await client.get("/api/v1/films/alien")).json()
    assert (alien["match"], alien["tmdb_id"], alien["offers"]) == ("pending", None, [])


async def test_titles_are_sorted_without_articles_and_accents(client: httpx.AsyncClient) -> None:
    assert await slugs(client, "") == ["alien", "amelie", "heat-1995"]
    assert await slugs(client, "sort_order=desc") == ["heat-1995", "amelie", "alien"]


async def test_an_unknown_year_comes_last_either_way(client: httpx.AsyncClient) -> None:
    assert await slugs(client, "sort_by=year") == ["heat-1995", "amelie", "alien"]
    assert await slugs(client, "sort_by=year&sort_order=desc") == ["amelie", "heat-1995", "alien"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=review", ["amelie"]),
        ("state=pending", ["alien"]),
        ("state=pending&state=found", ["alien", "heat-1995"]),
        (f"provider={NETFLIX}", ["heat-1995"]),
        (f"provider={NETFLIX}&provider={MUBI}", ["heat-1995"]),
        ("provider=999", []),
        (f"provider={MUBI}&offer=buy", []),
        (f"provider={APPLE}&offer=buy&offer=rent", ["heat-1995"]),
        (f"provider={NETFLIX}&country=DE", []),
        (f"provider={MUBI}&country=de", ["heat-1995"]),
        ("offer=flatrate", ["heat-1995"]),
        ("offer=free", []),
        ("q=AMELIE", ["amelie"]),
        ("q=fabul poul", ["amelie"]),
        ("q=amélie", ["amelie"]),
        ("q=lie", []),
        ("q=100%25", []),
        ("q=", ["alien", "amelie", "heat-1995"]),
        ("member=alice", ["heat-1995"]),
        ("member=Carol", ["alien"]),
        ("member=bob", []),
        (f"member=alice&provider={MUBI}&q=he&state=found&offer=flatrate", ["heat-1995"]),
    ],
)
async def test_filters(client: httpx.AsyncClient, query: str, found: list[str]) -> None:
    assert await slugs(client, query) == found


async def test_a_country_shows_its_offers_alone(client: httpx.AsyncClient) -> None:
    films = (await client.get("/api/v1/films?country=DE&q=heat")).json()["items"]
    assert films[0]["offers"] == [offer("DE", MUBI, "Mubi", "flatrate")]


async def test_a_country_that_is_not_configured_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/films?country=GB&country=US")
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"field": "country", "message": "is none of the countries in the settings (GB, DE)"}
    ]


async def test_a_member_that_nobody_follows_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/films?member=mallory")
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"field": "member", "message": "is nobody whom Marquee follows"}]


async def test_pages_tell_where_they_are_and_link_to_their_neighbours(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/films?q=&page_size=1&page=2")
    page = answer.json()
    assert [film["slug"] for film in page.pop("items")] == ["amelie"]
    assert page == {
        "page": 2,
        "page_size": 1,
        "total": 3,
        "total_pages": 3,
        "has_next": True,
        "has_previous": True,
    }
    targets = {relation: link["url"] for relation, link in answer.links.items()}
    assert targets == {
        "first": "/api/v1/films?q=&page_size=1&page=1",
        "prev": "/api/v1/films?q=&page_size=1&page=1",
        "next": "/api/v1/films?q=&page_size=1&page=3",
        "last": "/api/v1/films?q=&page_size=1&page=3",
    }


async def test_limit_caps_the_list_before_it_is_cut(client: httpx.AsyncClient) -> None:
    page = (await client.get("/api/v1/films?limit=2&page_size=1&page=2")).json()
    assert [film["slug"] for film in page["items"]] == ["amelie"]
    assert (page["total"], page["has_next"]) == (2, False)
    assert await slugs(client, "limit=2") == ["alien", "amelie"]


async def test_a_page_after_the_last_is_empty_and_leads_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/films?page=9")
    assert answer.json()["items"] == []
    assert answer.links["prev"]["url"] == "/api/v1/films?page=1"
    assert "next" not in answer.links


async def test_a_film_that_is_not_there_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/films/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json() == {
        "title": "Not Found",
        "status": 404,
        "detail": "There is no film nothing.",
        "code": "not_found",
    }


def offer(country: str, provider_id: int, provider: str, kind: str) -> dict[str, Any]:
    return {
        "country": country,
        "provider_id": provider_id,
        "provider": provider,
        "logo_url": f"https://images.test/t/p/w92/logo{provider_id}.jpg",
        "offer": kind,
        "since": "2026-11-20T06:00:00Z",
    }


@pytest.fixture
async def more(database: Database) -> None:
    """Heat and Amélie with facts; Carol has seen Heat and wants it too; Alice pays for Mubi."""
    person = {"profile_path": None, "checked_at": NOW}
    async with database.write() as db:
        heat = {"runtime_minutes": 170, "letterboxd_average": 4.2, "original_language": "en", "tmdb_popularity": 9.0}
        amelie = {"runtime_minutes": 122, "tmdb_rating": 7.0, "original_language": "fr", "tmdb_popularity": 20.0}
        for film_id, facts in ((HEAT, heat), (AMELIE, amelie)):
            await db.execute(tables.films.update().where(tables.films.c.id == film_id).values(**facts))
        await add(
            db, tables.people, {"id": 1, "name": "Jean-Pierre Jéunet", "search_name": "jean pierre jeunet", **person}
        )
        await add(
            db,
            tables.film_people,
            {"film_id": AMELIE, "person_id": 1, "role": "director", "position": 0, "character": None},
        )
        await add(db, tables.genres, {"id": 35, "name": "Comedy"}, {"id": 80, "name": "Crime"})
        await add(db, tables.film_genres, {"film_id": AMELIE, "genre_id": 35}, {"film_id": HEAT, "genre_id": 80})
        await add(db, tables.countries, {"code": "FR", "name": "France"})
        await add(db, tables.film_countries, {"film_id": AMELIE, "country": "FR"})
        await add(
            db,
            tables.watchlist_entries,
            EntryRow.build(member_id=2, film_id=HEAT, position=1, added_at=NOW + timedelta(days=9)),
        )
        seen = {"rating": None, "provenance": "rss", "updated_at": NOW}
        await add(db, tables.ratings, {"member_id": 2, "film_id": HEAT, **seen})
        await add(db, tables.services, {"member_id": 1, "country": "DE", "provider_id": MUBI})


@pytest.mark.usefixtures("more")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("member=alice&member=carol", ["alien", "heat-1995"]),
        ("member=alice&member=carol&match=all", ["heat-1995"]),
        ("member=alice&member=carol&match=at_least:2", ["heat-1995"]),
        ("member=alice&member=carol&match=at_least:3", []),
        ("exclude_seen_by=carol", ["alien", "amelie"]),
        ("exclude_seen_by=alice", ["alien", "amelie", "heat-1995"]),
        ("my_services=true", ["heat-1995"]),
        ("my_services=true&country=GB", []),
        ("my_services=true&offer=rent", []),
        ("my_services=true&member=carol", []),
        ("available=true", ["heat-1995"]),
        ("available=false&country=GB", ["alien"]),
        ("available=unknown&country=GB", ["amelie"]),
        ("available=unknown", ["alien", "amelie"]),
        (f"available=false&country=GB&provider={NETFLIX}", ["alien"]),
        (f"available=false&country=GB&provider={MUBI}&offer=rent", ["alien", "heat-1995"]),
        ("genre=comedy", ["amelie"]),
        ("genre=35&genre=CRIME", ["amelie", "heat-1995"]),
        ("genre=nothing", []),
        ("director=jean-pierre jeunet", ["amelie"]),
        ("director=1", ["amelie"]),
        ("language=FR", ["amelie"]),
        ("origin=fr", ["amelie"]),
        ("year_min=1996", ["amelie"]),
        ("year_max=1995", ["heat-1995"]),
        ("decade=1990", ["heat-1995"]),
        ("runtime_min=150", ["heat-1995"]),
        ("runtime_max=122", ["alien", "amelie"]),
        ("rating_min=3.5", ["amelie", "heat-1995"]),
        ("rating_min=3.6", ["heat-1995"]),
        ("rating_min=0.5&rating_source=tmdb", ["amelie"]),
        ("added_since=2026-11-21", ["heat-1995"]),
        ("added_since=2026-11-21&member=alice", []),
        ("arrived_since=2026-11-20", ["heat-1995"]),
        ("arrived_since=2026-11-21T00:00:00Z", []),
        ("sort_by=runtime&sort_order=desc", ["heat-1995", "amelie", "alien"]),
        ("sort_by=popularity", ["heat-1995", "amelie", "alien"]),
        ("sort_by=rating", ["amelie", "heat-1995", "alien"]),
        ("sort_by=added&sort_order=desc", ["heat-1995", "alien", "amelie"]),
        ("sort_by=arrived", ["heat-1995", "alien", "amelie"]),
        ("sort_by=position&member=carol", ["heat-1995", "alien"]),
    ],
)
async def test_filters_and_orders_by_facts_members_and_services(
    client: httpx.AsyncClient, query: str, found: list[str]
) -> None:
    assert await slugs(client, query) == found


@pytest.mark.usefixtures("more")
@pytest.mark.parametrize(
    ("source", "rated"), [("tmdb", [None, 3.5, None]), ("letterboxd", [None, None, 4.2]), ("any", [None, 3.5, 4.2])]
)
async def test_a_list_tells_the_rating_that_it_is_asked_for(
    client: httpx.AsyncClient, source: str, rated: list[float | None]
) -> None:
    page = (await client.get(f"/api/v1/films?fields=average_rating&rating_source={source}")).json()
    assert [film["average_rating"] for film in page["items"]] == rated


async def test_one_seed_is_one_order(client: httpx.AsyncClient) -> None:
    orders = {tuple(await slugs(client, f"sort_by=random&seed={seed}")) for seed in range(12)}
    assert len(orders) > 1
    pages = [await slugs(client, f"sort_by=random&seed=5&page_size=1&page={page}") for page in (1, 2, 3)]
    assert [slug for page in pages for slug in page] == await slugs(client, "sort_by=random&seed=5")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("year_min=2000&year_max=1990", "year_min"),
        ("runtime_min=100&runtime_max=90", "runtime_min"),
        ("decade=1990&year_min=2001", "decade"),
        ("sort_by=position", "sort_by"),
        ("exclude_seen_by=mallory", "exclude_seen_by"),
        ("match=at_least:0", "match"),
        ("match=all", "match"),
        ("added_since=yesterday", "added_since"),
    ],
)
async def test_what_cannot_be_meant_is_refused(client: httpx.AsyncClient, query: str, field: str) -> None:
    answer = await client.get(f"/api/v1/films?{query}")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
