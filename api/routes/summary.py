"""The summary: one small answer for sensors and dashboards, which do not look at statuses of HTTP."""

from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated

import msgspec
from arq.connections import ArqRedis
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from sqlalchemy.exc import SQLAlchemyError

from api.brands import Brands
from api.conditional import ConditionalResponse
from api.db import summary
from api.db.engine import Database
from api.db.links import Links
from api.db.summary import Counts, Refreshed
from api.dependencies import MemberFilter, configured_country, known_member_filter
from api.errors import Unavailable
from api.headers import NOT_KEPT
from api.outlook import stale_before
from api.problems import described
from api.queue import answers
from api.schemas.summary import Status, Summary
from api.settings import Settings

LARGEST = 8000
"""Bytes: Home Assistant keeps no attributes of twice as many."""
LONGEST = 80
SECONDS = 2.0
"""For so long it is waited for Redis."""
ACTIVE = ("queued", "running")
TROUBLED = ("blocked", "rate_limited", "private", "missing", "changed", "unreachable")


@get("/", operation_id="getSummary", summary="Get a summary", responses=described(400, 401, 429))
async def get_summary(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    queue: NamedDependency[ArqRedis | None],
    links: NamedDependency[Links],
    known_brands: NamedDependency[Brands],
    member: MemberFilter = None,
    country: Annotated[
        str | None,
        QueryParameter(min_length=2, max_length=2, description="One of the settings; default: the first of them."),
    ] = None,
) -> Response[Summary]:
    """How a watchlist stands: the owner's, unless `member` names another's.

    It is answered with 200 also where the data cannot be read; then `status` is `error`. What reads it often cannot
    tell an error of HTTP from data.
    """
    region = configured_country(country or settings.country[0], settings)
    asked = (member or settings.letterboxd_username[0]).lower()
    headers = {}
    try:
        found = await _summary(database, settings, links, known_brands, asked, region)
    except (Unavailable, SQLAlchemyError):
        found, headers = _unreadable(asked, region), {"Cache-Control": NOT_KEPT}
    found.redis_up = await answers(queue, SECONDS)
    return ConditionalResponse(within(found), headers=headers)


async def _summary(
    database: Database, settings: Settings, links: Links, brands: Brands, asked: str, region: str
) -> Summary:
    now = datetime.now(UTC)
    async with database.read() as db:
        member = await known_member_filter(db, asked, settings) or asked
        values = {"member": member, "country": region}
        counts = await summary.counts(db, values)
        run = await summary.refreshed(db, values)
        news = await summary.news(db, values, now)
        by_provider = await summary.by_provider(db, values)
        tonight = await summary.tonight(db, values, links, brands)
    stale = run.good_at is None or run.good_at < stale_before(settings)
    return Summary(
        status=_status(run, counts, stale=stale),
        total=counts.total,
        available=counts.available,
        unavailable=counts.checked - counts.available,
        unknown=counts.total - counts.checked,
        on_services=counts.on_services,
        arrived_7d=news.get("arrived", 0),
        left_7d=news.get("left", 0),
        by_provider=by_provider,
        tonight=tonight,
        refreshed_at=run.good_at,
        next_refresh_at=settings.schedule.next_after(now).astimezone(UTC) if settings.schedule else None,
        stale=stale,
        refresh_state=run.status if run.status in ACTIVE else "idle",  # type: ignore[arg-type]
        refresh_progress=run.percent if run.status in ACTIVE else 100 if run.good_at else 0,
        member=member,
        region=region,
        last_error=_last_error(run),
        version=version("marquee"),
    )


def _unreadable(member: str, region: str) -> Summary:
    return Summary(
        status="error",
        member=member,
        region=region,
        last_error="Marquee’s database does not answer, or is not at this version’s revision.",
        version=version("marquee"),
    )


def _status(run: Refreshed, counts: Counts, *, stale: bool) -> Status:
    if run.status == "failed" or run.source_state in TROUBLED:
        return "error"
    if run.good_at is None and not counts.total:
        return "empty"
    return "stale" if stale else "ok"


def _last_error(run: Refreshed) -> str | None:
    if run.status == "failed":
        return _cut(run.error or "The last refresh failed.", 200)
    if run.source_state in TROUBLED:
        return _cut(run.source_message or f"The watchlist could not be read: {run.source_state}.", 200)
    return None


def within(full: Summary, largest: int = LARGEST) -> Summary:
    """The summary in so many bytes: long names are cut, and what stands last is left out until it fits."""
    full.by_provider = {_cut(name): number for name, number in full.by_provider.items()}
    for film in full.tonight:
        film.title, film.providers = _cut(film.title), [_cut(name) for name in film.providers]
        film.providers_text = _cut(film.providers_text)
    while len(msgspec.json.encode(full)) > largest and (full.tonight or full.by_provider):
        if full.tonight:
            full.tonight.pop()
        else:
            full.by_provider.popitem()
    return full


def _cut(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


summary_router = Router("/summary", route_handlers=[get_summary], tags=["summary"])
