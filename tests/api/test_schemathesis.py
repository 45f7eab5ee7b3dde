"""The API keeps what its OpenAPI document promises, whatever it is sent: schemathesis makes the requests."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import anyio
import pytest

from api.app import create_app
from api.db import tables
from api.db.engine import Database
from api.openapi import openapi_document
from api.queue import WORKERS, open_queue
from api.settings import Settings
from tests.api.test_secrets import NOWHERE
from tests.drivers.marquee import Marquee, running
from tests.drivers.valkey import Valkey
from tests.factories import (
    NOW,
    AvailabilityRow,
    CheckRow,
    EntryRow,
    EventRow,
    FilmRow,
    MatchRow,
    MemberRow,
    ProviderRow,
    RefreshRow,
    add,
)
from worker.demo.lists import token

KEY = "key-of-this-test"
MEMBERS, COUNTRIES = ("alice", "bob"), ("GB", "DE")
PROVIDERS = (8, 9)
PARTS = 3
CHOOSING = ("getWatchlistForPrograms", "setPrices", "setServices", "startTmdbSync")
"""Operations whose body names one of two things, which its schema cannot say: some that fit it are refused.

So is a filter of films that is text within a body. And a list that is rightly away while a film of it waits for its
match, as those do that other operations take back.
"""
EXAMPLES = 15
CASES = 2000
"""So many requests are made in all, or more."""
HOOKS = """
from itertools import count

import schemathesis

numbers = count()


@schemathesis.hook
def before_call(context, case, kwargs):
    number = next(numbers)
    filtered = "/films", "/watchlist", "/pick", "/ratings"
    if isinstance(case.query, dict) and any(each in case.path for each in filtered):
        agree(case.query)
    case.headers = {**(case.headers or {}), "X-Forwarded-For": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"}


@schemathesis.hook
def filter_body(context, body):
    rows = body.get("decisions") if isinstance(body, dict) else None
    lids = [row.get("lid") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return all(lids.count(lid) == 1 for lid in lids)


def number(query, name):
    try:
        return float(query[name])
    except (KeyError, TypeError, ValueError):
        return None


def agree(query):
    # What contradicts the rest is taken out.
    if number(query, "decade") is not None:
        query.pop("year_min", None)
        query.pop("year_max", None)
    for name in ("year", "runtime", "rating"):
        smallest, largest = number(query, f"{name}_min"), number(query, f"{name}_max")
        if None not in (smallest, largest) and smallest > largest:
            del query[f"{name}_max"]
    if "flavour" in query:
        query.pop("fields", None)
        query.pop("format", None)
    members = query.get("member")
    if not members:
        query.pop("match", None)
    if query.get("sort_by") == "position" and (not isinstance(members, list) or len(set(members)) > 1):
        del query["sort_by"]
"""
"""Each request comes from an address of its own, so that wrong keys are not too many. What a schema cannot say is kept
to: no row contradicts another, nothing begins after its end, and a position is one on the list of
one member.
"""
Json = dict[str, Any]


def document() -> Json:
    """The API's document, with what is known to this Marquee alone; a table has one row, that contradicts no other."""
    app = create_app(Settings(letterboxd_username=MEMBERS, tmdb_api_key="none", country=COUNTRIES, api_key=KEY))
    found = openapi_document(app)
    for item in found["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", []):
                _name(parameter["schema"], parameter["name"])
    for component in found["components"]["schemas"].values():
        if component["title"] in ("RefreshRequest", "ServicesChoice"):
            for name, field in component["properties"].items():
                _name(field, name)
    table = found["paths"]["/api/v1/matches/decisions"]["post"]["requestBody"]["content"]["text/csv"]["schema"]
    table["pattern"] = table["pattern"].replace(")*$", ")?$")
    return found


def _name(schema: Json, name: str) -> None:
    known: dict[str, tuple[Any, ...]] = {"country": COUNTRIES, "member": MEMBERS, "provider_ids": PROVIDERS}
    known["exclude_seen_by"] = MEMBERS
    if name in known:
        schema.get("items", schema)["enum"] = [*known[name]]


@pytest.fixture
async def marquee(tmp_path: Path, valkey: Valkey) -> AsyncIterator[Marquee]:
    """An API that knows some films, and all of those on a list: one of which it does not know all is a 503."""
    usual = {
        "LETTERBOXD_USERNAME": ",".join(MEMBERS),
        "COUNTRY": ",".join(COUNTRIES),
        "API_KEY": KEY,
        "TMDB_SYNC_ENABLED": "true",
        "TMDB_V4_ACCESS_TOKEN": token(),
    }
    async with running(tmp_path, redis_url=valkey.url, upstream=NOWHERE, workers=0, **usual) as marquee:
        await _fill(marquee.settings["DATABASE_URL"])
        queue = open_queue(valkey.url)
        await queue.zadd(WORKERS, {"a worker that never ends": time.time() + 3600})
        await queue.aclose(close_connection_pool=True)
        yield marquee


async def _fill(url: str) -> None:
    database = Database(url)
    films = [FilmRow.build(slug="the-third-man", title="The Third Man", year=1949), *FilmRow.batch(30)]
    members = [MemberRow.build(username=name, display_name=name) | {"last_full_read_at": NOW} for name in MEMBERS]
    member = members[0]
    opinion = {"rating": 4.0, "liked": True, "watched": True, "provenance": "films", "updated_at": NOW}
    providers = [ProviderRow.build(id=each) for each in PROVIDERS]
    stays = [AvailabilityRow.build(film_id=film["id"], provider_id=8) for film in films[:10]]
    async with database.write() as db:
        await add(db, tables.films, *films)
        await add(db, tables.film_matches, *(MatchRow.build(film_id=film["id"]) for film in films))
        await add(db, tables.members, *members)
        await add(
            db,
            tables.watchlist_entries,
            *(EntryRow.build(member_id=member["id"], film_id=film["id"]) for film in films),
        )
        opinions = ({"member_id": each["id"], "film_id": films[0]["id"], **opinion} for each in members)
        await add(db, tables.ratings, *opinions)
        await add(db, tables.providers, *providers)
        await add(db, tables.availability, *stays)
        await add(db, tables.events, *(EventRow.build(availability_id=stay["id"]) for stay in stays))
        checks = (CheckRow.build(film_id=film["id"], country=country) for film in films for country in COUNTRIES)
        await add(db, tables.availability_checks, *checks)
        await add(db, tables.refreshes, RefreshRow.build(id=1))
    await database.close()


def operation_ids() -> list[str]:
    return sorted(operation["operationId"] for item in document()["paths"].values() for operation in item.values())


@pytest.mark.parametrize("part", range(PARTS))
async def test_the_api_keeps_what_its_document_promises(marquee: Marquee, tmp_path: Path, part: int) -> None:
    """Every check, over a part of the operations each, so that several processes share the work."""
    ids = [each for each in operation_ids() if each not in CHOOSING]
    assert await generated(marquee, tmp_path, ids[part::PARTS]) >= CASES / PARTS


async def test_what_a_body_must_choose_is_refused_in_order(marquee: Marquee, tmp_path: Path) -> None:
    """Every check but that whatever fits the schema is taken."""
    assert set(CHOOSING) <= set(operation_ids())
    assert await generated(marquee, tmp_path, CHOOSING, "--exclude-checks=positive_data_acceptance") > 100


async def generated(marquee: Marquee, tmp_path: Path, chosen: Iterable[str], *options: str) -> int:
    """How many requests schemathesis made of these operations; what it finds fails the test."""
    described = document()
    tmp_path.joinpath("openapi.json").write_text(json.dumps(described))
    tmp_path.joinpath("hooks.py").write_text(HOOKS)
    command = [sys.executable, "-m", "schemathesis.cli", "run", "openapi.json", "--url", marquee.settings["API_URL"]]
    command += ["--header", f"X-Api-Key: {KEY}", "--phases", "examples,coverage,fuzzing", "--checks", "all"]
    command += ["--max-examples", str(EXAMPLES), "--generation-deterministic", "--no-color", "--continue-on-failure"]
    command += options
    command += [f"--include-operation-id={each}" for each in chosen]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(tmp_path)}
    result = await anyio.run_process(command, cwd=tmp_path, check=False, env=environment, stderr=subprocess.STDOUT)
    report = result.stdout.decode()
    assert result.returncode == 0, report
    assert "Traceback" not in tmp_path.joinpath("api.log").read_text()
    made = re.search(r"(\d[\d,]*) generated", report)
    assert made, report
    return int(made[1].replace(",", ""))
