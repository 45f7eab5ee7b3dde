from typing import Any

import httpx
import pytest

from api.db import tables
from api.db.engine import Database
from tests.factories import ProviderRow, add

NETFLIX, WITH_ADS, MUBI = 8, 1796, 11
PATH = "/api/v1/services/prices"


@pytest.fixture(autouse=True)
async def providers(database: Database) -> None:
    async with database.write() as db:
        await add(
            db,
            tables.providers,
            ProviderRow.build(id=NETFLIX, name="Netflix"),
            ProviderRow.build(id=WITH_ADS, name="Netflix Standard with Ads"),
            ProviderRow.build(id=MUBI, name="MUBI"),
        )


def wish(*prices: Any, country: str = "GB", currency: str = "GBP") -> dict[str, Any]:
    return {"country": country, "currency": currency, "prices": list(prices)}


async def put(client: httpx.AsyncClient, body: Any) -> list[tuple[Any, ...]]:
    answer = await client.put(PATH, json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json() == (await client.get(PATH)).json()
    return [tuple(each[name] for name in ("country", "brand", "price")) for each in answer.json()["items"]]


async def test_prices_are_of_brands_or_of_their_providers(client: httpx.AsyncClient) -> None:
    assert (await client.get(PATH)).json() == {"items": []}
    body = wish({"brand": "netflix", "price": 12.99}, {"provider_id": WITH_ADS, "price": 5.99}, currency="gbp")
    answer = await client.put(PATH, json=body)
    assert answer.json()["items"] == [
        {
            "country": "GB",
            "brand": "netflix",
            "provider_id": None,
            "name": "Netflix",
            "price": 12.99,
            "currency": "GBP",
        },
        {
            "country": "GB",
            "brand": "netflix",
            "provider_id": WITH_ADS,
            "name": "Netflix Standard with Ads",
            "price": 5.99,
            "currency": "GBP",
        },
    ]


async def test_a_countrys_prices_take_the_place_of_its_former_ones(client: httpx.AsyncClient) -> None:
    await put(client, wish({"brand": "netflix", "price": 13}, country="de", currency="EUR"))
    await put(client, wish({"brand": "netflix", "price": 12}, {"brand": "mubi", "price": 10}))
    assert await put(client, wish({"brand": "mubi", "price": 0.125})) == [("GB", "mubi", 0.125), ("DE", "netflix", 13)]
    assert await put(client, wish()) == [("DE", "netflix", 13)]
    assert (await client.get(f"{PATH}?country=GB")).json() == {"items": []}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (wish({"brand": "nobody", "price": 1}), "prices[0].brand"),
        (wish({"provider_id": 99, "price": 1}), "prices[0].provider_id"),
        (wish({"price": 1}), "prices[0]"),
        (wish({"brand": "mubi", "provider_id": MUBI, "price": 1}), "prices[0]"),
        (wish({"brand": "mubi", "price": 1}, {"brand": "mubi", "price": 2}), "prices[1]"),
        (wish({"brand": "mubi", "price": -1}), "prices[0].price"),
        (wish({"brand": "mubi", "price": 1_000_001}), "prices[0].price"),
        (wish({"brand": "mubi", "price": 1.2345}), "prices[0].price"),
        (wish(currency="XXX"), "currency"),
        (wish(currency="pounds"), "currency"),
        (wish(country="FR"), "country"),
    ],
)
async def test_what_cannot_be_a_price_changes_nothing(client: httpx.AsyncClient, body: Any, field: str) -> None:
    before = await put(client, wish({"brand": "mubi", "price": 10}))
    answer = await client.put(PATH, json=body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await put(client, wish({"brand": "mubi", "price": 10})) == before
