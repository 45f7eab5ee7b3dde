from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.db import tables
from api.db.engine import Database
from tests.factories import NOW, AvailabilityRow, EntryRow, EventRow, FilmRow, MemberRow, ProviderRow, add

HEAT, RONIN = 1, 2
NETFLIX, MUBI = 8, 11
HOUR = timedelta(hours=1)
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(autouse=True)
async def events(database: Database) -> None:
    """Heat came to Netflix (1) and can be bought there (2); Ronin left Mubi (3), came to it in Germany (4), and so on.

    What is not to be seen: a departure that has not settled (5), an offer shown by mistake (6), a country that is not
    in the settings any more (7).
    """
    async with database.write() as db:
        await add(db, tables.members, *(MemberRow.build(id=n, username=name) for n, name in enumerate(MEMBERS, 1)))
        await add(
            db,
            tables.films,
            FilmRow.build(id=HEAT, slug="heat-1995", title="Heat"),
            FilmRow.build(id=RONIN, slug="ronin", title="Ronin", year=None, poster_path=None),
        )
        await add(
            db,
            tables.watchlist_entries,
            EntryRow.build(member_id=2, film_id=HEAT),
            EntryRow.build(member_id=1, film_id=HEAT),
            EntryRow.build(member_id=2, film_id=RONIN),
            EntryRow.build(member_id=1, film_id=RONIN, removed_at=NOW),
        )
        await add(
            db,
            tables.providers,
            ProviderRow.build(id=NETFLIX, name="Netflix", logo_path="/n.jpg"),
            ProviderRow.build(id=MUBI, name="Mubi", logo_path=None),
        )
        await add(
            db,
            tables.availability,
            AvailabilityRow.build(id=1, film_id=HEAT, provider_id=NETFLIX),
            AvailabilityRow.build(id=2, film_id=HEAT, provider_id=NETFLIX, offer="buy"),
            AvailabilityRow.build(id=3, film_id=RONIN, provider_id=MUBI, closed_at=NOW),
            AvailabilityRow.build(id=4, film_id=RONIN, provider_id=MUBI, country="DE"),
            AvailabilityRow.build(id=5, film_id=HEAT, provider_id=MUBI, closed_at=NOW),
            AvailabilityRow.build(id=6, film_id=HEAT, provider_id=MUBI, closed_at=NOW, withdrawn=True),
            AvailabilityRow.build(id=7, film_id=HEAT, provider_id=NETFLIX, country="US"),
        )
        await add(
            db,
            tables.events,
            EventRow.build(id=1, availability_id=1, at=NOW - HOUR),
            EventRow.build(id=2, availability_id=2, at=NOW - HOUR),
            EventRow.build(id=3, availability_id=3, kind="left", at=NOW - 50 * HOUR, settles_at=NOW - 2 * HOUR),
            EventRow.build(id=4, availability_id=4, at=NOW - 3 * HOUR),
            EventRow.build(id=5, availability_id=5, kind="left", at=NOW, settles_at=TOMORROW),
            EventRow.build(id=6, availability_id=6),
            EventRow.build(id=7, availability_id=7),
        )


MEMBERS = ("alice", "bob", "carol")


async def listed(client: httpx.AsyncClient, query: str = "") -> Any:
    answer = await client.get(f"/api/v1/events?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ids(client: httpx.AsyncClient, query: str = "") -> list[int]:
    return [event["id"] for event in (await listed(client, query))["items"]]


async def pay_for(database: Database, member_id: int, country: str, *providers: int) -> None:
    rows = [{"member_id": member_id, "country": country, "provider_id": each} for each in providers]
    async with database.write() as db:
        await add(db, tables.services, *rows)


async def test_an_event_tells_the_film_the_offer_and_who_wants_to_see_it(client: httpx.AsyncClient) -> None:
    heat, left = (await listed(client))["items"][1:3]
    assert heat == {
        "id": 1,
        "kind": "arrived",
        "at": "2026-11-20T05:00:00Z",
        "settled_at": "2026-11-20T05:00:00Z",
        "film": {
            "slug": "heat-1995",
            "title": "Heat",
            "year": 1995,
            "poster_url": "https://images.test/t/p/w342/poster1.jpg",
            "url": "https://letterboxd.test/film/heat-1995/",
        },
        "country": "GB",
        "provider_id": NETFLIX,
        "provider": "Netflix",
        "logo_url": "https://images.test/t/p/w92/n.jpg",
        "offer": "flatrate",
        "members": ["alice", "bob"],
    }
    assert (left["kind"], left["at"], left["settled_at"]) == ("left", "2026-11-18T04:00:00Z", "2026-11-20T04:00:00Z")
    assert (left["film"]["year"], left["film"]["poster_url"], left["logo_url"]) == (None, None, None)
    assert left["members"] == ["bob"]


async def test_what_settled_last_comes_first_and_nothing_unsettled_or_withdrawn_is_told(
    client: httpx.AsyncClient,
) -> None:
    assert await ids(client) == [2, 1, 3, 4]
    assert await ids(client, "sort_order=asc") == [4, 3, 1, 2]
    assert (await listed(client))["total"] == 4


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=left", [3]),
        ("kind=left&kind=arrived", [2, 1, 3, 4]),
        ("country=de", [4]),
        ("country=DE&country=GB", [2, 1, 3, 4]),
        ("provider=11", [3, 4]),
        ("provider=11&provider=8", [2, 1, 3, 4]),
        ("provider=99", []),
        ("offer=buy", [2]),
        ("offer=buy&offer=rent", [2]),
        ("member=alice", [2, 1]),
        ("member=BOB&kind=arrived", [2, 1, 4]),
        ("member=carol", []),
    ],
)
async def test_events_are_chosen(client: httpx.AsyncClient, query: str, found: list[int]) -> None:
    assert await ids(client, query) == found


@pytest.mark.parametrize(
    ("since", "found"),
    [
        ("2026-11-20", [2, 1, 3, 4]),
        ("2026-11-21", []),
        ("2026-11-20T04:00:00Z", [2, 1, 3]),
        ("2026-11-20T04:00:01Z", [2, 1]),
        ("2026-11-20T06:00:00%2B02:00", [2, 1, 3]),
        ("2026-11-20T04:00:00.000001Z", [2, 1]),
    ],
)
async def test_since_is_a_date_or_a_time_and_counts_when_an_event_settled(
    client: httpx.AsyncClient, since: str, found: list[int]
) -> None:
    assert await ids(client, f"since={since}") == found


@pytest.mark.parametrize(
    "since",
    ["", "yesterday", "20261120", "2026-11-20T06:00:00", "2026-13-01", "0001-01-01T00:00:00%2B14:00", "1732082400"],
)
async def test_since_is_nothing_else(client: httpx.AsyncClient, since: str) -> None:
    answer = await client.get(f"/api/v1/events?since={since}")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["since"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=gone", "kind"),
        ("country=FR", "country"),
        ("member=nobody", "member"),
        ("offer=theatre", "offer"),
        ("provider=mubi", "provider"),
        ("services=perhaps", "services"),
        ("sort_by=title", "sort_by"),
    ],
)
async def test_what_cannot_be_chosen_is_said(client: httpx.AsyncClient, query: str, field: str) -> None:
    answer = await client.get(f"/api/v1/events?{query}")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_only_what_is_on_the_services_of_a_member(client: httpx.AsyncClient, database: Database) -> None:
    assert await ids(client, "services=true") == []
    await pay_for(database, 1, "GB", NETFLIX)
    await pay_for(database, 2, "DE", NETFLIX, MUBI)
    assert await ids(client, "services=true") == [2, 1]
    assert await ids(client, "services=true&member=alice&offer=flatrate") == [1]
    assert await ids(client, "services=true&member=bob") == [4]
    assert await ids(client, "services=false") == [2, 1, 3, 4]


async def test_events_come_in_pages(client: httpx.AsyncClient) -> None:
    page = await listed(client, "page=2&page_size=3")
    assert [event["id"] for event in page["items"]] == [4]
    assert (page["total"], page["total_pages"], page["has_next"], page["has_previous"]) == (4, 2, False, True)
    assert await ids(client, "limit=1") == [2]
    assert await ids(client, "page=9") == []
