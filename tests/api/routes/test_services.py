from typing import Any

import httpx
import pytest

from api.db import members, tables
from api.db.engine import Database
from tests.factories import MemberRow, ProviderRow, add

NETFLIX, MUBI, WITH_ADS = 8, 11, 1796


@pytest.fixture(autouse=True)
async def providers(database: Database) -> None:
    """Alice is known, bob is in the settings alone, carol in the database alone."""
    async with database.write() as db:
        await add(db, tables.members, MemberRow.build(id=1, username="alice"), MemberRow.build(id=3, username="carol"))
        await add(
            db,
            tables.providers,
            ProviderRow.build(id=NETFLIX, name="Netflix", logo_path="/n.jpg"),
            ProviderRow.build(id=MUBI, name="mubi", logo_path=None),
            ProviderRow.build(id=WITH_ADS, name="Netflix Standard with Ads"),
        )


async def choose(
    client: httpx.AsyncClient, country: str, *providers: int, member: str = "alice"
) -> list[tuple[str, int]]:
    """Set a country's services; the (country, provider) of all."""
    body = {"country": country, "provider_ids": list(providers)}
    answer = await client.put(f"/api/v1/members/{member}/services", json=body)
    assert answer.status_code == 200, answer.text
    return pairs(answer)


async def chosen(client: httpx.AsyncClient, member: str = "alice", query: str = "") -> list[tuple[str, int]]:
    answer = await client.get(f"/api/v1/members/{member}/services?{query}")
    assert answer.status_code == 200, answer.text
    return pairs(answer)


def pairs(answer: httpx.Response) -> list[tuple[str, int]]:
    return [(each["country"], each["provider_id"]) for each in answer.json()["items"]]


async def test_a_member_without_services_has_none(client: httpx.AsyncClient) -> None:
    assert [await chosen(client, name) for name in ("alice", "bob", "carol")] == [[], [], []]


async def test_services_are_set_for_one_country_at_a_time(client: httpx.AsyncClient) -> None:
    assert await choose(client, "DE", NETFLIX) == [("DE", NETFLIX)]
    assert await choose(client, "gb", NETFLIX, MUBI, MUBI) == [("GB", MUBI), ("GB", NETFLIX), ("DE", NETFLIX)]
    assert await choose(client, "GB", MUBI) == [("GB", MUBI), ("DE", NETFLIX)]
    assert await choose(client, "GB") == [("DE", NETFLIX)]
    assert await chosen(client, "ALICE") == [("DE", NETFLIX)]
    assert await chosen(client, query="country=GB") == []


async def test_a_service_is_shown_with_its_name_and_logo(client: httpx.AsyncClient) -> None:
    await choose(client, "GB", NETFLIX)
    assert (await client.get("/api/v1/members/alice/services")).json() == {
        "items": [
            {
                "country": "GB",
                "provider_id": NETFLIX,
                "provider": "Netflix",
                "logo_url": "https://images.test/t/p/w92/n.jpg",
                "brand": "netflix",
            }
        ]
    }


async def test_a_brand_stands_for_all_its_providers(client: httpx.AsyncClient) -> None:
    body = {"country": "GB", "brands": ["netflix"], "provider_ids": [MUBI]}
    answer = await client.put("/api/v1/members/alice/services", json=body)
    assert pairs(answer) == [("GB", MUBI), ("GB", NETFLIX), ("GB", WITH_ADS)]
    assert [each["brand"] for each in answer.json()["items"]] == ["mubi", "netflix", "netflix"]
    assert await choose(client, "GB", WITH_ADS) == [("GB", WITH_ADS)]


async def test_one_members_services_are_not_anothers(client: httpx.AsyncClient) -> None:
    await choose(client, "GB", NETFLIX)
    await choose(client, "GB", MUBI, member="carol")
    assert await chosen(client) == [("GB", NETFLIX)]
    assert await chosen(client, "carol") == [("GB", MUBI)]


async def test_a_configured_member_can_have_services_before_anything_was_read(
    client: httpx.AsyncClient, database: Database
) -> None:
    assert await choose(client, "GB", NETFLIX, member="Bob") == [("GB", NETFLIX)]
    async with database.read() as db:
        assert "bob" in await members.ids(db, ["bob"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"country": "GB", "provider_ids": [NETFLIX, 99]}, "provider_ids"),
        ({"country": "GB", "provider_ids": [-1]}, "provider_ids[0]"),
        ({"country": "FR", "provider_ids": [NETFLIX]}, "country"),
        ({"country": "GB"}, "provider_ids"),
        ({"country": "GB", "brands": ["mubi", "nobody"]}, "brands[1]"),
        ({"country": "GB", "brands": [""]}, "brands[0]"),
        ({"country": "GB", "provider_ids": [], "offers": []}, "offers"),
    ],
)
async def test_what_cannot_be_set_changes_nothing(client: httpx.AsyncClient, body: Any, field: str) -> None:
    await choose(client, "GB", MUBI)
    answer = await client.put("/api/v1/members/alice/services", json=body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await chosen(client) == [("GB", MUBI)]


async def test_nobody_elses_services_are_kept(client: httpx.AsyncClient) -> None:
    body = {"country": "GB", "provider_ids": [NETFLIX]}
    assert (await client.put("/api/v1/members/nobody/services", json=body)).status_code == 404
    assert (await client.get("/api/v1/members/nobody/services")).status_code == 404
    assert (await client.get("/api/v1/members/alice/services?country=FR")).status_code == 400


async def test_more_brands_than_there_can_be_are_refused(client: httpx.AsyncClient) -> None:
    answer = await client.put("/api/v1/members/alice/services", json={"country": "GB", "brands": ["netflix"] * 101})
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"] == [{"field": "brands", "message": "must have at most 100 items"}]
