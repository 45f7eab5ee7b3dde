"""The dashboard and the documentation of the metrics speak of what a scrape holds, and of all of it."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from api.app import create_app
from api.db import members, tables
from api.queue import beat, open_queue
from api.settings import Settings
from tests.drivers.database import fresh_database
from tests.drivers.prometheus import Scraped, scrape
from tests.drivers.valkey import Valkey
from tests.factories import RefreshRow, add

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = DOCS.joinpath("metrics.md").read_text(encoding="utf-8")
DASHBOARD: dict[str, Any] = json.loads(DOCS.joinpath("grafana-dashboard.json").read_text(encoding="utf-8"))
PROMETHEUS_OWN = {"up"}
TARGETS = [target for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]
EXPRESSIONS = [target["expr"] for target in TARGETS]
ALERTS = re.findall(r"^ +expr: (.+)$", TEXT, re.MULTILINE)
LABELS_OF_PROMETHEUS = {"instance", "job"}


@pytest.fixture
async def scraped(tmp_path: Path, valkey: Valkey) -> AsyncIterator[Scraped]:
    """Everything is up, and there was a refresh."""
    settings = Settings(
        letterboxd_username=("alice",),
        tmdb_api_key="secret",
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}",
        redis_url=valkey.url,
    )
    queue = open_queue(valkey.url)
    await beat(queue, "one")
    await queue.aclose(close_connection_pool=True)
    app, now = create_app(settings), datetime.now(UTC)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=cast(Any, app)), base_url="http://api.test")
    async with fresh_database(tmp_path) as database, app.lifespan(), client:
        async with database.write() as db:
            await members.ensure(db, ["alice"])
            await add(db, tables.refreshes, RefreshRow.build() | {"started_at": now, "finished_at": now})
        await client.get("/health/live")
        yield await scrape(client)


def names_in(expression: str) -> set[str]:
    """The series that a query asks for: what is left without functions, labels, ranges and numbers."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(by|without)\s*\([^)]*\)", " ", expression)
    words = re.findall(r"\b[a-zA-Z_:]\w*\b(?!\s*\()", bare)
    return set(words) - {"or", "and", "unless"}


def labels_in(target: dict[str, Any]) -> set[str]:
    matched = re.findall(r'(\w+)\s*[=!]~?\s*"', target["expr"])
    grouped = ", ".join(re.findall(r"\bby\s*\(([^)]*)\)", target["expr"]))
    shown = re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])
    return {*matched, *re.findall(r"\w+", grouped), *shown}


def test_queries_are_understood() -> None:
    assert names_in('sum by (a) (rate(x_total{b="c"}[5m])) / y_total > 0 or time() - z') == {"x_total", "y_total", "z"}


async def test_every_query_asks_for_series_that_there_are(scraped: Scraped) -> None:
    assert EXPRESSIONS
    assert ALERTS
    for expression in [*EXPRESSIONS, *ALERTS]:
        names = names_in(expression) - PROMETHEUS_OWN
        assert names, expression
        assert names <= scraped.names, expression


async def test_the_dashboard_uses_only_labels_that_there_are(scraped: Scraped) -> None:
    for target in TARGETS:
        known = set.union(*(scraped.labels(name) for name in names_in(target["expr"]))) | LABELS_OF_PROMETHEUS
        assert labels_in(target) <= known, target["expr"]


async def test_the_dashboard_shows_every_family(scraped: Scraped) -> None:
    asked = set.union(*map(names_in, EXPRESSIONS))
    unseen = [name for name in scraped.families if not any(each.startswith(name) for each in asked)]
    assert unseen == []


async def test_every_family_is_described_with_its_labels(scraped: Scraped) -> None:
    rows = re.findall(r"^\| (`marquee_.+?`) \| *(.*?) *\| .+ \|$", TEXT, re.MULTILINE)
    described = {
        name.removesuffix("_total"): set(re.findall(r"`(\w+)`", labels))
        for names, labels in rows
        for name in re.findall(r"`(\w+)`", names)
    }
    assert described == {
        family.name: {label for sample in family.samples for label in sample.labels} - {"le"}
        for family in scraped.families.values()
    }


def test_grafana_can_import_the_dashboard() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    variables = {variable["name"]: variable["type"] for variable in DASHBOARD["templating"]["list"]}
    assert variables == {"datasource": "datasource", "instance": "query"}
    sources = [part["datasource"] for part in [*TARGETS, *DASHBOARD["panels"]] if "datasource" in part]
    assert {source["uid"] for source in sources} == {"${datasource}"}
