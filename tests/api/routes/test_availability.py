from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.db import tables
from api.db.engine import Database
from tests.factories import NOW, AvailabilityRow, CheckRow, EventRow, FilmRow, ProviderRow, add

HEAT = 1000
NETFLIX, MUBI, APPLE = 8, 11, 2
DAY = timedelta(days=1)
TOMORROW = datetime.now(UTC) + DAY


@pytest.fixture(autouse=True)
async def heat(database: Database) -> None:
    """Heat arrived on Netflix, left Mubi twice, was on Apple by mistake, and could always be bought there."""
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(id=HEAT, slug="heat-1995", title="Heat", year=1995))
        await add(
            db,
            tables.providers,
            ProviderRow.build(id=NETFLIX, name="Netflix", logo_path="/n.jpg"),
            ProviderRow.build(id=MUBI, name="Mubi", logo_path=None),
            ProviderRow.build(id=APPLE, name="Apple TV", logo_path=None),
        )
        await add(
            db,
            tables.availability,
            AvailabilityRow.build(id=1001, film_id=HEAT, provider_id=NETFLIX, opened_at=NOW - DAY),
            gone(1002, MUBI, opened_at=NOW - 40 * DAY, last_seen_at=NOW - 31 * DAY, closed_at=NOW - 30 * DAY),
            gone(1003, MUBI, opened_at=NOW - 9 * DAY, last_seen_at=NOW - 2 * DAY, closed_at=NOW - DAY),
            gone(1004, APPLE, opened_at=NOW - 9 * DAY, closed_at=NOW - 8 * DAY, withdrawn=True),
            AvailabilityRow.build(id=1005, film_id=HEAT, provider_id=APPLE, offer="buy", opened_at=NOW - 40 * DAY),
            AvailabilityRow.build(id=1006, film_id=HEAT, provider_id=NETFLIX, country="US"),
        )
        await add(
            db,
            tables.events,
            EventRow.build(availability_id=1001, at=NOW - DAY),
            EventRow.build(availability_id=1002, kind="left", at=NOW - 30 * DAY),
            EventRow.build(availability_id=1003, at=NOW - 9 * DAY),
            EventRow.build(availability_id=1003, kind="left", at=NOW - DAY, settles_at=TOMORROW),
        )
        await add(db, tables.availability_checks, CheckRow.build(film_id=HEAT) | {"link": "https://tmdb.test/heat"})


def gone(id_: int, provider_id: int, **values: Any) -> Any:
    return AvailabilityRow.build(id=id_, film_id=HEAT, provider_id=provider_id, **values)


async def shown(client: httpx.AsyncClient, query: str = "") -> Any:
    answer = await client.get(f"/api/v1/films/heat-1995/availability?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def british(client: httpx.AsyncClient, query: str = "history=true") -> list[Any]:
    return list((await shown(client, f"country=GB&{query}"))["countries"][0]["intervals"])


async def test_what_is_open_is_shown_with_what_is_known_of_each_country(client: httpx.AsyncClient) -> None:
    answer = await shown(client)
    assert answer["film"] == {
        "slug": "heat-1995",
        "title": "Heat",
        "year": 1995,
        "poster_url": "https://images.test/t/p/w342/poster1000.jpg",
        "url": "https://letterboxd.test/film/heat-1995/",
    }
    britain, germany = answer["countries"]
    assert germany == {"country": "DE", "checked_at": None, "link": None, "intervals": []}
    assert (britain["country"], britain["checked_at"]) == ("GB", "2026-11-20T06:00:00Z")
    assert britain["link"] == "https://tmdb.test/heat"
    assert [(stay["provider"], stay["offer"]) for stay in britain["intervals"]] == [
        ("Netflix", "flatrate"),
        ("Apple TV", "buy"),
    ]
    assert britain["intervals"][0] == {
        "provider_id": NETFLIX,
        "provider": "Netflix",
        "logo_url": "https://images.test/t/p/w92/n.jpg",
        "offer": "flatrate",
        "first_seen_at": "2026-11-19T06:00:00Z",
        "last_seen_at": "2026-11-20T06:00:00Z",
        "closed_at": None,
        "ended": None,
        "seen_from_start": False,
        "typical_stay": None,
    }


async def test_the_history_follows_the_last_ended_first(client: httpx.AsyncClient) -> None:
    stays = await british(client)
    assert [(stay["provider"], stay["closed_at"], stay["ended"]) for stay in stays] == [
        ("Netflix", None, None),
        ("Apple TV", None, None),
        ("Mubi", "2026-11-19T06:00:00Z", "left"),
        ("Apple TV", "2026-11-12T06:00:00Z", "corrected"),
        ("Mubi", "2026-10-21T06:00:00Z", "left"),
    ]
    assert stays[2]["last_seen_at"] == "2026-11-18T06:00:00Z"


async def test_what_was_there_from_the_first_look_has_no_known_arrival(client: httpx.AsyncClient) -> None:
    assert [stay["seen_from_start"] for stay in await british(client)] == [False, True, False, True, True]


async def test_countries_come_as_they_are_asked_for(client: httpx.AsyncClient) -> None:
    answer = await shown(client, "country=de&country=gb")
    assert [country["country"] for country in answer["countries"]] == ["DE", "GB"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("heat-1995/availability?country=US", 400),
        ("heat-1995/availability?history=perhaps", 400),
        ("heat-1995/availability?provider=8", 400),
        ("alien/availability", 404),
    ],
)
async def test_what_is_not_known_is_refused(client: httpx.AsyncClient, path: str, status: int) -> None:
    assert (await client.get(f"/api/v1/films/{path}")).status_code == status


async def past(database: Database, days: list[float], **values: Any) -> None:
    """Other films that came to Netflix and were gone so many days later, unless `values` say otherwise."""
    news = {"arrived": True, "settled": True} | {
        name: values.pop(name) for name in ("arrived", "settled") & values.keys()
    }
    async with database.write() as db:
        for number, length in enumerate(days):
            film = FilmRow.build()
            closed = NOW - number * DAY
            stay = AvailabilityRow.build(
                **{
                    "film_id": film["id"],
                    "provider_id": NETFLIX,
                    "opened_at": closed - length * DAY,
                    "closed_at": closed,
                    **values,
                }
            )
            left = EventRow.build(
                availability_id=stay["id"], kind="left", at=closed, settles_at=closed if news["settled"] else TOMORROW
            )
            arrived = EventRow.build(availability_id=stay["id"], at=stay["opened_at"])
            await add(db, tables.films, film)
            await add(db, tables.availability, stay)
            await add(db, tables.events, *([left, arrived] if news["arrived"] else [left]))


async def typical_stay(client: httpx.AsyncClient) -> Any:
    return (await british(client, ""))[0]["typical_stay"]


async def test_a_typical_stay_is_the_median_of_at_least_five(client: httpx.AsyncClient, database: Database) -> None:
    await past(database, [1000, 30, 31, 90.4])
    assert await typical_stay(client) is None
    await past(database, [365])
    assert await typical_stay(client) == {"days": 90, "samples": 5}
    await past(database, [400])
    assert await typical_stay(client) == {"days": 228, "samples": 6}


@pytest.mark.parametrize(
    "values",
    [
        {"withdrawn": True},
        {"closed_at": None, "settled": False},
        {"settled": False},
        {"arrived": False},
        {"country": "DE"},
        {"provider_id": MUBI},
        {"offer": "rent"},
    ],
)
async def test_a_typical_stay_is_told_by_what_was_seen_to_come_and_go_there(
    client: httpx.AsyncClient, database: Database, values: dict[str, Any]
) -> None:
    await past(database, [10, 20, 30, 40])
    await past(database, [20], **values)
    assert await typical_stay(client) is None


async def test_a_film_is_shown_with_the_offers_that_are_open(client: httpx.AsyncClient) -> None:
    film = (await client.get("/api/v1/films/heat-1995")).json()
    assert [(offer["country"], offer["provider_id"], offer["offer"]) for offer in film["offers"]] == [
        ("GB", NETFLIX, "flatrate"),
        ("GB", APPLE, "buy"),
    ]
