"""Answers that are kept: from where, for whom, and for how long."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar, get

from api.answers import FOLLOWS, FROM_DATA, FROM_DATA_AND_TIME, Answer, Answers, State, remembering
from api.db import tables
from api.db.engine import Database
from tests.api.conftest import Serve
from tests.factories import FilmRow, add

FILMS = "/api/v1/films"
KEY = "correct horse battery staple, at the least"


async def titles(client: httpx.AsyncClient, **headers: str) -> list[str]:
    answer = await client.get(FILMS, headers=headers)
    assert answer.status_code == 200, answer.text
    return [film["title"] for film in answer.json()["items"]]


async def add_film(database: Database, title: str) -> None:
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(title=title))


def rename_unseen(folder: Path, title: str) -> None:
    """Change the data as no part of Marquee does: without a new version."""
    with closing(sqlite3.connect(folder / "marquee.db")) as db, db:
        db.execute("UPDATE films SET title = ?", [title])


async def test_what_was_asked_before_is_not_read_again(
    client: httpx.AsyncClient, database: Database, tmp_path: Path
) -> None:
    await add_film(database, "Heat")
    assert await titles(client) == ["Heat"]
    rename_unseen(tmp_path, "Ronin")
    assert await titles(client) == ["Heat"]


async def test_a_write_makes_every_process_answer_anew(serve: Serve, database: Database) -> None:
    async with serve() as one, serve() as other:
        for client in (one, other):
            assert await titles(client) == []
        await add_film(database, "Heat")
        for client in (one, other):
            assert await titles(client) == ["Heat"]


async def test_an_answer_is_for_its_own_address_form_and_key(serve: Serve, database: Database) -> None:
    await add_film(database, "Heat")
    async with serve(api_key=KEY) as client:
        assert await titles(client, **{"x-api-key": KEY}) == ["Heat"]
        assert (await client.get(FILMS)).status_code == 401
        assert (await client.get(FILMS, headers={"x-api-key": "wrong"})).status_code == 401
        assert await titles(client, authorization=f"Bearer {KEY}") == ["Heat"]
        other = await client.get(f"{FILMS}?q=ronin", headers={"x-api-key": KEY})
        assert other.json()["items"] == []


async def test_an_answer_comes_packed_for_who_takes_that(client: httpx.AsyncClient, database: Database) -> None:
    await add_film(database, "Heat " * 500)
    for _ in range(2):
        plain = await client.get(FILMS, headers={"accept-encoding": "identity"})
        packed = await client.get(FILMS, headers={"accept-encoding": "gzip"})
        assert ("content-encoding" in plain.headers, packed.headers["content-encoding"]) == (False, "gzip")
        assert plain.json() == packed.json()
        assert plain.headers["etag"] == packed.headers["etag"]


async def test_a_kept_answer_says_all_that_a_new_one_says(client: httpx.AsyncClient, database: Database) -> None:
    await add_film(database, "Heat")
    first, again = [await client.get(FILMS) for _ in range(2)]
    assert (first.content, dict(first.headers)) == (again.content, dict(again.headers))
    known = await client.get(FILMS, headers={"if-none-match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["link"] == first.headers["link"]
    assert known.headers["cache-control"] == first.headers["cache-control"]
    assert "content-type" not in known.headers


async def test_who_knows_the_version_is_told_so_before_anything_is_read(
    client: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the answer is not kept any more."""
    await add_film(database, "Heat")
    tag = (await client.get(FILMS)).headers["etag"]
    monkeypatch.setattr(Answers, "find", lambda *_: None)
    monkeypatch.setattr("api.db.films.listing", None)
    assert (await client.get(FILMS, headers={"if-none-match": tag})).status_code == 304
    await add_film(database, "Ronin")
    assert (await client.get(FILMS, headers={"if-none-match": tag})).status_code == 500


async def test_no_tag_stands_for_what_is_not_there(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{FILMS}/heat", headers={"if-none-match": "*"})).status_code == 404


async def test_a_tag_means_nothing_after_another_start(serve: Serve, database: Database) -> None:
    await add_film(database, "Heat")
    async with serve() as client:
        tag = (await client.get(FILMS)).headers["etag"]
    async with serve(country=("DE",)) as client:
        assert (await client.get(FILMS, headers={"if-none-match": tag})).status_code == 200


async def test_an_answer_that_a_write_overtook_is_made_again(database: Database) -> None:
    """The handler reads, and before it answers there is a write: its answer may not stand for what was written."""
    asked: list[int] = []

    @get("/", opt={FOLLOWS: FROM_DATA})
    async def overtaken() -> int:
        asked.append(1)
        if len(asked) == 1:
            await add_film(database, "Heat")
        return len(asked)

    app = Litestar([overtaken], logging_config=None)
    app.state.update(database=database, answers=Answers())
    app.asgi_handler = remembering(app.asgi_handler, app.state)
    transport: Any = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        assert [(await client.get("/")).json() for _ in range(3)] == [1, 2, 2]


@pytest.mark.parametrize(("follows", "minute", "found"), [(FROM_DATA, None, True), (FROM_DATA_AND_TIME, 7, False)])
def test_what_follows_from_the_time_holds_for_its_minute(follows: str, minute: int | None, found: bool) -> None:
    answers, answer = Answers(), Answer("/films", 1, minute, [], b"body", "tag", None)
    answers.keep(("key",), answer)
    assert answers.find(("key",), State(1, 7)) is answer
    assert (answers.find(("key",), State(1, 8)) is answer) == found


def test_the_answers_asked_for_last_are_kept_and_no_more_than_there_is_room_for() -> None:
    answers, state = Answers(megabytes=1), State(1, 1)
    for name in ("first", "second", "third"):
        answers.keep((name,), Answer("/films", 1, None, [], b"x" * 400_000, "tag", None))
        answers.find(("first",), state)
    assert [name for name in ("first", "second", "third") if answers.find((name,), state)] == ["first", "third"]
    answers.keep(("huge",), Answer("/films", 1, None, [], b"x" * 2_000_000, "tag", None))
    assert answers.find(("huge",), state) is None
