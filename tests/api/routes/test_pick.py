"""One film for tonight."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.db import tables
from api.db.engine import Database
from tests.api.conftest import NOBODY, Serve
from tests.drivers.database import statements
from tests.factories import AvailabilityRow, CheckRow, EntryRow, FilmRow, MemberRow, ProviderRow, add

HEAT, AMELIE, ALIEN, TAMPOPO, SEEN = range(1, 6)
NETFLIX, MUBI, APPLE = 8, 11, 2
ALICE, BOB = 1, 2
AGO = datetime.now(UTC)


@pytest.fixture(autouse=True)
async def watchlists(database: Database) -> None:
    """Alice pays for Mubi in Germany, which shows Heat; Netflix shows Amélie, Apple rents Alien, nobody Tampopo."""
    offer = AvailabilityRow.build
    async with database.write() as db:
        for film_id, slug, title in (
            (HEAT, "heat", "Heat"),
            (AMELIE, "amelie", "Amélie"),
            (ALIEN, "alien", "Alien"),
            (TAMPOPO, "tampopo", "Tampopo"),
            (SEEN, "seen", "Seen"),
        ):
            await add(db, tables.films, FilmRow.build(id=film_id, slug=slug, title=title, runtime_minutes=94))
        liked = tables.films.update().where(tables.films.c.id == HEAT).values(letterboxd_average=4.26)
        await db.execute(liked)
        names = {NETFLIX: "Netflix", MUBI: "MUBI", APPLE: "Apple TV"}
        await add(db, tables.providers, *(ProviderRow.build(id=id_, name=name) for id_, name in names.items()))
        await add(
            db,
            tables.availability,
            offer(film_id=HEAT, provider_id=APPLE, offer="rent"),
            offer(film_id=HEAT, provider_id=NETFLIX, country="DE"),
            offer(film_id=HEAT, provider_id=MUBI, country="DE"),
            offer(film_id=AMELIE, provider_id=NETFLIX),
            offer(film_id=AMELIE, provider_id=MUBI),
            offer(film_id=ALIEN, provider_id=APPLE, offer="rent"),
            offer(film_id=SEEN, provider_id=MUBI, country="DE"),
        )
        checks = (CheckRow.build(film_id=TAMPOPO, country=country) for country in ("GB", "DE"))
        await add(db, tables.availability_checks, *checks)
        members = (MemberRow.build(id=ALICE, username="alice"), MemberRow.build(id=BOB, username="bob"))
        await add(db, tables.members, *members)
        await add(db, tables.services, {"member_id": ALICE, "country": "DE", "provider_id": MUBI})
        await add(
            db,
            tables.watchlist_entries,
            entry(ALICE, HEAT, days=3 * 365 + 5),
            entry(BOB, HEAT, days=2),
            entry(ALICE, AMELIE, days=70),
            entry(BOB, ALIEN, days=1),
            entry(BOB, TAMPOPO, days=0),
            EntryRow.build(member_id=ALICE, film_id=SEEN, removed_at=AGO),
        )
        seen = {"rating": None, "provenance": "rss", "updated_at": AGO}
        await add(db, tables.ratings, {"member_id": BOB, "film_id": HEAT, **seen})


def entry(member_id: int, film_id: int, *, days: int) -> Any:
    return EntryRow.build(
        member_id=member_id, film_id=film_id, added_at=AGO - timedelta(days=days, hours=1), first_seen_at=AGO
    )


async def pick(client: httpx.AsyncClient, query: str = "") -> Any:
    answer = await client.get(f"/api/v1/pick?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def picked(client: httpx.AsyncClient, query: str) -> set[str]:
    return {(await pick(client, f"{query}&seed={seed}"))["film"]["slug"] for seed in range(40)}


async def test_it_is_a_film_on_the_owners_services_and_says_why(client: httpx.AsyncClient) -> None:
    found = await pick(client)
    assert found["film"] == (await client.get("/api/v1/films?q=heat")).json()["items"][0]
    assert found["why"] == "On MUBI, 94 min, waiting for 3 years, rated 4.3, two of you want it."
    waiting_since = found["reasons"].pop("waiting_since")
    assert datetime.fromisoformat(waiting_since) == AGO - timedelta(days=3 * 365 + 5, hours=1)
    assert found["reasons"] == {
        "providers": ["MUBI"],
        "runtime_minutes": 94,
        "waiting_days": 3 * 365 + 5,
        "wanted_by": ["alice", "bob"],
        "rating": 4.26,
        "preferred": "on_services",
        "candidates": 1,
    }


@pytest.mark.parametrize(
    ("query", "slugs", "why"),
    [
        (
            "country=GB",
            {"amelie"},
            "Nothing that fits is on your services: on MUBI or Netflix, 94 min, waiting for 2 months, alice wants it.",
        ),
        (
            "q=alien",
            {"alien"},
            "Nothing that fits is known to stream without extra payment: "
            "to rent on Apple TV, 94 min, waiting for 1 day, bob wants it.",
        ),
        (
            "q=tampopo",
            {"tampopo"},
            "Nothing that fits is known to stream without extra payment: "
            "not to be seen anywhere now, 94 min, new on the watchlist, bob wants it.",
        ),
        (
            "member=bob&exclude_seen_by=bob&offer=rent",
            {"alien"},
            "To rent on Apple TV, 94 min, waiting for 1 day, bob wants it.",
        ),
        ("my_services=true", {"heat"}, "On MUBI, 94 min, waiting for 3 years, rated 4.3, two of you want it."),
        (
            f"provider={NETFLIX}&q=heat",
            {"heat"},
            "On Netflix, 94 min, waiting for 3 years, rated 4.3, two of you want it.",
        ),
        ("available=true&q=amelie", {"amelie"}, "On MUBI or Netflix, 94 min, waiting for 2 months, alice wants it."),
    ],
)
async def test_it_follows_the_filters_and_tells_where_to_watch(
    client: httpx.AsyncClient, query: str, slugs: set[str], why: str
) -> None:
    assert await picked(client, query) == slugs
    assert (await pick(client, query))["why"] == why


async def test_a_service_and_its_tier_with_ads_are_told_as_one(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await add(db, tables.providers, ProviderRow.build(id=1796, name="Netflix Standard with Ads"))
        await add(db, tables.availability, AvailabilityRow.build(film_id=AMELIE, provider_id=1796))
    found = await pick(client, "available=true&q=amelie")
    assert found["why"].startswith("On MUBI or Netflix, 94 min")
    assert found["reasons"]["providers"] == ["MUBI", "Netflix", "Netflix Standard with Ads"]


async def test_who_chose_no_services_is_not_told_that_nothing_is_on_them(client: httpx.AsyncClient) -> None:
    assert (await pick(client, "member=bob&q=heat"))["why"].startswith("On MUBI or Netflix, 94 min")


async def test_a_member_asks_for_what_is_on_that_members_services(client: httpx.AsyncClient) -> None:
    found = await pick(client, "member=bob&match=any&q=heat")
    assert found["reasons"]["preferred"] == "included"
    assert found["reasons"]["wanted_by"] == ["bob"]
    assert found["reasons"]["waiting_days"] == 2


async def test_where_the_caller_says_where_to_look_nothing_is_preferred(client: httpx.AsyncClient) -> None:
    assert await picked(client, "available=true") == {"heat", "amelie", "alien"}
    assert (await pick(client, "available=true"))["reasons"]["preferred"] == "none"


async def test_a_film_that_was_never_looked_up_is_not_said_to_be_nowhere(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.write() as db:
        await db.execute(tables.availability_checks.delete())
    found = await pick(client, "q=tampopo")
    assert "not looked up in every country yet" in found["why"]


async def test_one_seed_is_one_film_and_a_day_has_one(serve: Serve, database: Database) -> None:
    async with serve(redis_url=NOBODY, refresh_timezone="Pacific/Kiritimati") as client:
        usual = await pick(client, "available=true")
        days = {(datetime.now(UTC) + timedelta(hours=14, minutes=each)).toordinal() for each in (-1, 1)}
        assert usual["seed"] in days
        assert (await pick(client, f"available=true&seed={usual['seed']}")) == usual
        assert len(await picked(client, "available=true")) > 1


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("q=nothing", "No film on a watchlist fits the filter q."),
        (
            "q=heat&genre=crime&genre=drama&seed=3",
            "No film on a watchlist fits all of these filters: q, genre.",
        ),
    ],
)
async def test_what_leaves_nothing_is_named(client: httpx.AsyncClient, query: str, detail: str) -> None:
    answer = await client.get(f"/api/v1/pick?{query}")
    assert answer.status_code == 404
    assert (answer.json()["code"], answer.json()["detail"]) == ("nothing_fits", detail)


async def test_of_empty_watchlists_nothing_is_picked(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await db.execute(tables.watchlist_entries.delete())
    answer = await client.get("/api/v1/pick")
    assert (answer.status_code, answer.json()["detail"]) == (404, "No film is on a watchlist.")


async def test_it_takes_as_many_queries_for_one_film_as_for_many(client: httpx.AsyncClient) -> None:
    with statements() as one:
        assert (await pick(client, "q=heat"))["reasons"]["candidates"] == 1
    with statements() as many:
        assert (await pick(client, "available=true"))["reasons"]["candidates"] == 3
    assert len(one) == len(many)


@pytest.mark.parametrize("query", ["member=nobody", "seed=-1", "available=maybe", "page=2"])
async def test_what_cannot_be_is_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/api/v1/pick?{query}")).status_code == 400
