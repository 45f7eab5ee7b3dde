from typing import Any

import httpx
import pytest

from api.db import plan as facts_of
from api.db import tables
from api.db.engine import Database
from tests.drivers.database import statements
from tests.factories import NOW, AvailabilityRow, CheckRow, EntryRow, FilmRow, MemberRow, ProviderRow, add

NETFLIX, WITH_ADS, MUBI, ARTE, SHOP = 8, 1796, 11, 234, 2
OFFERS = {
    1: [(NETFLIX, "flatrate"), (WITH_ADS, "flatrate")],
    2: [(NETFLIX, "flatrate"), (MUBI, "flatrate")],
    3: [(WITH_ADS, "flatrate"), (SHOP, "rent")],
    4: [(MUBI, "flatrate")],
    5: [(MUBI, "flatrate"), (ARTE, "free")],
    6: [(SHOP, "buy")],
}
"""Film 7 is nowhere, film 8 was never looked up; film 9 is on bob's watchlist alone."""


@pytest.fixture(autouse=True)
async def world(database: Database) -> None:
    async with database.write() as db:
        members = [MemberRow.build(id=1, username="alice"), MemberRow.build(id=2, username="bob")]
        await add(db, tables.members, *members)
        await add(db, tables.films, *(FilmRow.build(id=number, title=f"Film {number}") for number in range(1, 10)))
        entries = [EntryRow.build(member_id=1, film_id=number) for number in range(1, 9)]
        entries += [EntryRow.build(member_id=2, film_id=9), EntryRow.build(member_id=2, film_id=1, removed_at=NOW)]
        await add(db, tables.watchlist_entries, *entries)
        names = {NETFLIX: "Netflix", WITH_ADS: "Netflix Standard with Ads", MUBI: "MUBI", ARTE: "Arte", SHOP: "Shop"}
        await add(db, tables.providers, *(ProviderRow.build(id=each, name=name) for each, name in names.items()))
        offers = [
            AvailabilityRow.build(film_id=film_id, provider_id=provider_id, offer=kind)
            for film_id, kinds in OFFERS.items()
            for provider_id, kind in kinds
        ]
        offers += [
            AvailabilityRow.build(film_id=9, provider_id=ARTE, offer="free"),
            AvailabilityRow.build(film_id=7, provider_id=MUBI, closed_at=NOW),
            AvailabilityRow.build(film_id=8, provider_id=MUBI, country="DE"),
        ]
        await add(db, tables.availability, *offers)
        await add(db, tables.availability_checks, *(CheckRow.build(film_id=each) for each in (1, 2, 3, 4, 5, 6, 7, 9)))


async def plan(client: httpx.AsyncClient, query: str = "") -> Any:
    answer = await client.get(f"/api/v1/plan?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def choose(client: httpx.AsyncClient, *providers: int, member: str = "alice") -> None:
    body = {"country": "GB", "provider_ids": list(providers)}
    assert (await client.put(f"/api/v1/members/{member}/services", json=body)).status_code == 200


async def price(client: httpx.AsyncClient, *prices: dict[str, Any]) -> None:
    body = {"country": "GB", "currency": "GBP", "prices": list(prices)}
    assert (await client.put("/api/v1/services/prices", json=body)).status_code == 200


def slugs(films: list[Any]) -> list[str]:
    return [each["slug"] for each in films]


async def test_every_film_is_in_one_of_the_counts(client: httpx.AsyncClient) -> None:
    assert (await plan(client))["films"] == {"total": 8, "shown": 5, "elsewhere": 1, "nowhere": 1, "unknown": 1}


async def test_each_service_says_what_it_shows_and_what_only_it_shows(client: httpx.AsyncClient) -> None:
    services = (await plan(client))["services"]
    shown = [(each["brand"], each["films"], each["only"], slugs(each["only_films"])) for each in services]
    assert shown == [("mubi", 3, 1, ["film-4"]), ("netflix", 3, 2, ["film-1", "film-3"]), ("arte", 1, 0, [])]
    assert services[1]["provider_ids"] == [NETFLIX, WITH_ADS]
    assert services[0]["only_films"] == [{"slug": "film-4", "title": "Film 4", "year": 1995}]


async def test_the_best_sets_end_where_one_shows_everything(client: httpx.AsyncClient) -> None:
    sets = (await plan(client, "max=5"))["sets"]
    found = [(each["size"], each["brands"], each["films"], each["adds"], each["method"]) for each in sets]
    assert found == [(1, ["mubi"], 3, 3, "exact"), (2, ["mubi", "netflix"], 5, 2, "exact")]
    assert len((await plan(client, "max=1"))["sets"]) == 1


async def test_what_counts_as_shown_is_for_the_caller_to_say(client: httpx.AsyncClient) -> None:
    rented = await plan(client, "offer=rent&offer=buy")
    assert [(each["brand"], each["films"]) for each in rented["services"]] == [("shop", 2)]
    assert rented["films"] == {"total": 8, "shown": 2, "elsewhere": 4, "nowhere": 1, "unknown": 1}


async def test_the_watchlists_of_several_members_count_together(client: httpx.AsyncClient) -> None:
    both = await plan(client, "member=bob&member=ALICE&member=bob")
    assert both["members"] == ["bob", "alice"]
    assert both["films"]["total"] == 9
    assert [(each["brand"], each["only"]) for each in both["services"]] == [("mubi", 1), ("netflix", 2), ("arte", 1)]
    assert (await plan(client, "member=bob"))["films"]["total"] == 1


async def test_another_country_is_another_plan(client: httpx.AsyncClient) -> None:
    german = await plan(client, "country=de")
    assert (german["country"], german["films"]["shown"], german["films"]["unknown"]) == ("DE", 1, 7)


async def test_cancelling_loses_what_no_other_service_held_shows(client: httpx.AsyncClient) -> None:
    assert (await plan(client))["held"] == {"films": 0, "price": None, "price_per_film": None, "services": []}
    await choose(client, NETFLIX, MUBI, ARTE)
    answer = await plan(client)
    held = answer["held"]
    assert held["films"] == 4
    assert [(each["brand"], each["films"], each["lost"], slugs(each["lost_films"])) for each in held["services"]] == [
        ("arte", 1, 0, []),
        ("mubi", 3, 1, ["film-4"]),
        ("netflix", 2, 1, ["film-1"]),
    ]
    assert [each["held"] for each in answer["services"]] == [True, True, True]


async def test_who_holds_a_tier_holds_what_that_tier_shows(client: httpx.AsyncClient) -> None:
    await choose(client, WITH_ADS)
    [netflix] = (await plan(client))["held"]["services"]
    assert (netflix["provider_ids"], slugs(netflix["lost_films"])) == ([WITH_ADS], ["film-1", "film-3"])


async def test_prices_make_costs(client: httpx.AsyncClient) -> None:
    await choose(client, WITH_ADS)
    await price(
        client,
        {"brand": "netflix", "price": 12.99},
        {"provider_id": WITH_ADS, "price": 5.99},
        {"provider_id": MUBI, "price": 11.99},
    )
    answer = await plan(client)
    assert answer["currency"] == "GBP"
    costs = {each["brand"]: (each["price"], each["price_per_film"]) for each in answer["services"]}
    assert costs == {"mubi": (11.99, 3.997), "netflix": (12.99, 4.33), "arte": (None, None)}
    assert [(each["price"], each["price_per_film"]) for each in answer["sets"]] == [(11.99, 3.997), (24.98, 4.996)]
    assert (answer["held"]["price"], answer["held"]["price_per_film"]) == (5.99, 2.995)


async def test_of_services_that_show_as_much_the_cheaper_one_is_the_best(client: httpx.AsyncClient) -> None:
    await price(client, {"brand": "netflix", "price": 5}, {"brand": "mubi", "price": 6})
    assert (await plan(client))["sets"][0]["brands"] == ["netflix"]


@pytest.mark.parametrize(
    "query", ["member=nobody", "country=FR", "max=0", "max=6", "offer=steal", "member=a%20b", "colour=red"]
)
async def test_what_cannot_be_planned_is_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/api/v1/plan?{query}")).status_code == 400


async def test_nothing_known_is_a_plan_of_nothing(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await db.execute(tables.watchlist_entries.delete())
    nothing = await plan(client)
    assert (nothing["films"]["total"], nothing["services"], nothing["sets"]) == (0, [], [])


async def test_however_much_there_is_the_queries_are_as_many(database: Database) -> None:
    """In a transaction that may write, every statement goes the way on which it is counted."""
    async with database.write() as db:
        with statements() as few:
            await facts_of.facts(db, ["alice"], "GB", ["flatrate"])
        await add(db, tables.films, *(FilmRow.build(id=number) for number in range(100, 160)))
        entries = [EntryRow.build(id=number, member_id=1, film_id=number) for number in range(100, 160)]
        await add(db, tables.watchlist_entries, *entries)
        await add(db, tables.providers, *(ProviderRow.build(id=number) for number in range(500, 530)))
        rows = [AvailabilityRow.build(film_id=100, provider_id=number) for number in range(500, 530)]
        await add(db, tables.availability, *rows)
        with statements() as many:
            found = await facts_of.facts(db, ["alice", "bob"], "GB", ["flatrate"])
    assert len(found.shows) == 33
    assert len(many) == len(few) == 5
