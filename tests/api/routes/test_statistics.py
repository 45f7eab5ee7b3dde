"""A member's statistics, as the API answers them."""

import httpx

from api.db import members
from api.db.engine import Database
from api.db.tables import films, ratings
from tests.drivers.database import statements
from tests.factories import NOW, FilmRow, add


async def watch(database: Database, first: int, last: int) -> None:
    """Let alice have watched the films of these numbers."""
    async with database.write() as db:
        alice = (await members.ensure(db, ["alice"]))["alice"]
        for number in range(first, last):
            await add(db, films, FilmRow.build(id=number, slug=f"film-{number}", year=1900 + number))
            row = {"member_id": alice, "film_id": number, "rating": 4.0, "provenance": "films", "updated_at": NOW}
            await add(db, ratings, row)


async def ask(client: httpx.AsyncClient) -> httpx.Response:
    return await client.get("/api/v1/members/Alice/statistics")


async def test_statistics_follow_what_was_watched(client: httpx.AsyncClient, database: Database) -> None:
    unread = await ask(client)
    assert (unread.status_code, unread.json()["code"]) == (503, "not_read_yet")
    await watch(database, 1, 4)
    answer = await ask(client)
    assert (answer.json()["totals"]["watched"], answer.json()["histogram"][7]) == (3, {"rating": 4.0, "films": 3})
    again = await client.get("/api/v1/members/Alice/statistics", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_nobodys_statistics_are_absent(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/members/nobody/statistics")).status_code == 404


async def test_they_take_the_same_number_of_queries_however_many_films(
    client: httpx.AsyncClient, database: Database
) -> None:
    counts = []
    for first, last in ((1, 2), (2, 60)):
        await watch(database, first, last)
        with statements() as sent:
            await ask(client)
        counts.append(len(sent))
    assert counts[0] == counts[1] > 0
