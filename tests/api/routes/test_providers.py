import httpx
import pytest

from api.brands import Brand
from api.db import tables
from api.db.engine import Database
from tests.api.conftest import Serve
from tests.factories import NOW, AvailabilityRow, EntryRow, FilmRow, MemberRow, ProviderRow, add

NETFLIX, MUBI, WITH_ADS = 8, 11, 1796


@pytest.fixture(autouse=True)
async def offers(database: Database) -> None:
    """Netflix has films 1 and 2, one of them twice; Mubi has film 1 in Germany, and had film 3."""
    async with database.write() as db:
        await add(db, tables.members, MemberRow.build(id=1, username="alice"))
        await add(db, tables.films, *(FilmRow.build(id=film_id) for film_id in (1, 2, 3)))
        await add(db, tables.watchlist_entries, EntryRow.build(member_id=1, film_id=1))
        await add(
            db,
            tables.watchlist_entries,
            EntryRow.build(member_id=1, film_id=2, removed_at=NOW),
        )
        await add(
            db,
            tables.providers,
            ProviderRow.build(id=NETFLIX, name="Netflix", logo_path="/n.jpg"),
            ProviderRow.build(id=MUBI, name="Mubi", logo_path=None),
            ProviderRow.build(id=2, name="Nobody's"),
        )
        await add(
            db,
            tables.availability,
            AvailabilityRow.build(film_id=1, provider_id=NETFLIX),
            AvailabilityRow.build(film_id=1, provider_id=NETFLIX, offer="buy"),
            AvailabilityRow.build(film_id=2, provider_id=NETFLIX),
            AvailabilityRow.build(film_id=1, provider_id=MUBI, country="DE"),
            AvailabilityRow.build(film_id=3, provider_id=MUBI, closed_at=NOW),
            AvailabilityRow.build(film_id=3, provider_id=NETFLIX, country="US"),
        )


async def counts(client: httpx.AsyncClient, query: str = "") -> list[tuple[str, int]]:
    """(provider, films) of each, in the order of the answer."""
    answer = await client.get(f"/api/v1/providers?{query}")
    assert answer.status_code == 200, answer.text
    return [(each["provider"], each["films"]) for each in answer.json()["items"]]


async def test_providers_count_their_films_with_an_open_offer(client: httpx.AsyncClient) -> None:
    assert await counts(client) == [("Netflix", 2), ("Mubi", 1)]


async def test_providers_of_a_country(client: httpx.AsyncClient) -> None:
    assert await counts(client, "country=GB") == [("Netflix", 2)]
    assert await counts(client, "country=DE") == [("Mubi", 1)]


async def test_providers_of_what_is_on_a_watchlist(client: httpx.AsyncClient) -> None:
    assert await counts(client, "member=alice") == [("Mubi", 1), ("Netflix", 1)]
    assert await counts(client, "member=bob") == []


async def test_what_is_paid_for_anyway_counts_as_subscription_and_comes_first(
    client: httpx.AsyncClient, database: Database
) -> None:
    """A shop with every film comes after those that show something without extra payment."""
    shop, arte = 2, 12
    async with database.write() as db:
        await add(db, tables.providers, ProviderRow.build(id=arte, name="arte"))
        await add(
            db,
            tables.availability,
            *(AvailabilityRow.build(film_id=number, provider_id=shop, offer="rent") for number in (1, 2, 3)),
            *(AvailabilityRow.build(film_id=1, provider_id=arte, offer=kind) for kind in ("free", "ads")),
            AvailabilityRow.build(film_id=3, provider_id=NETFLIX, offer="buy"),
        )
    items = (await client.get("/api/v1/providers")).json()["items"]
    assert [(each["provider"], each["subscription"], each["films"]) for each in items] == [
        ("Netflix", 2, 3),
        ("arte", 1, 1),
        ("Mubi", 1, 1),
        ("Nobody's", 0, 3),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Netflix", "Mubi", "Nobody's"]),
        ("sort_by=subscription&sort_order=asc", ["Nobody's", "Mubi", "Netflix"]),
        ("sort_by=films", ["Nobody's", "Netflix", "Mubi"]),
        ("sort_by=name&sort_order=asc", ["Mubi", "Netflix", "Nobody's"]),
        ("sort_by=name", ["Nobody's", "Netflix", "Mubi"]),
    ],
)
async def test_providers_are_sorted(
    client: httpx.AsyncClient, database: Database, query: str, found: list[str]
) -> None:
    async with database.write() as db:
        rows = [AvailabilityRow.build(film_id=number, provider_id=2, offer="buy") for number in (1, 2, 3)]
        await add(db, tables.availability, *rows)
    assert [name for name, _ in await counts(client, query)] == found


async def test_a_provider_has_its_logo(client: httpx.AsyncClient) -> None:
    items = (await client.get("/api/v1/providers")).json()["items"]
    assert items[0]["logo_url"] == "https://images.test/t/p/w92/n.jpg"
    assert items[1]["logo_url"] is None


async def test_the_films_of_a_provider_are_as_many_as_its_count(client: httpx.AsyncClient) -> None:
    for provider in (await client.get("/api/v1/providers")).json()["items"]:
        films = (await client.get(f"/api/v1/films?provider={provider['provider_id']}")).json()
        assert films["total"] == provider["films"]


async def add_tier(database: Database) -> None:
    """Netflix with ads has film 1, which Netflix has as well, and film 3, to rent."""
    async with database.write() as db:
        await add(db, tables.providers, ProviderRow.build(id=WITH_ADS, name="Netflix Standard with Ads"))
        await add(
            db,
            tables.availability,
            AvailabilityRow.build(film_id=1, provider_id=WITH_ADS, offer="ads"),
            AvailabilityRow.build(film_id=3, provider_id=WITH_ADS, offer="rent"),
        )


async def test_films_are_counted_by_kind_of_offer(client: httpx.AsyncClient) -> None:
    netflix = (await client.get("/api/v1/providers")).json()["items"][0]
    assert netflix["offers"] == {"flatrate": 2, "free": 0, "ads": 0, "rent": 0, "buy": 1}


async def test_a_provider_names_its_brand(client: httpx.AsyncClient, database: Database) -> None:
    await add_tier(database)
    items = (await client.get("/api/v1/providers?sort_by=name&sort_order=asc")).json()["items"]
    assert [(each["provider_id"], each["brand"]) for each in items] == [
        (MUBI, "mubi"),
        (NETFLIX, "netflix"),
        (WITH_ADS, "netflix"),
    ]


async def test_a_brand_counts_a_film_of_several_providers_once(client: httpx.AsyncClient, database: Database) -> None:
    await add_tier(database)
    netflix, mubi = (await client.get("/api/v1/brands")).json()["items"]
    assert netflix == {
        "brand": "netflix",
        "name": "Netflix",
        "logo_url": "https://images.test/t/p/w92/n.jpg",
        "provider_ids": [NETFLIX, WITH_ADS],
        "films": 3,
        "subscription": 2,
        "offers": {"flatrate": 2, "free": 0, "ads": 1, "rent": 1, "buy": 1},
    }
    assert (mubi["brand"], mubi["films"]) == ("mubi", 1)


async def test_the_films_of_a_brand_are_as_many_as_its_count(client: httpx.AsyncClient, database: Database) -> None:
    await add_tier(database)
    for brand in (await client.get("/api/v1/brands")).json()["items"]:
        query = {"provider": brand["provider_ids"]}
        assert (await client.get("/api/v1/films", params=query)).json()["total"] == brand["films"]


async def test_brands_of_what_is_on_a_watchlist_in_a_country(client: httpx.AsyncClient, database: Database) -> None:
    await add_tier(database)
    answer = await client.get("/api/v1/brands?member=alice&country=GB")
    assert [(each["brand"], each["films"]) for each in answer.json()["items"]] == [("netflix", 1)]
    assert (await client.get("/api/v1/brands?member=nobody")).status_code == 400


async def test_brands_of_the_settings_win(database: Database, serve: Serve) -> None:
    await add_tier(database)
    own = (Brand("cheap", "Cheap and cheerful", (WITH_ADS, MUBI)),)
    async with serve(brands=own) as client:
        items = (await client.get("/api/v1/brands?sort_by=name&sort_order=asc")).json()["items"]
    assert [(each["name"], each["provider_ids"], each["films"]) for each in items] == [
        ("Cheap and cheerful", [WITH_ADS, MUBI], 2),
        ("Netflix", [NETFLIX], 2),
    ]
