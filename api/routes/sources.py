"""Sources: what Marquee knows of every page family of every member, and since when."""

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated, Literal

from litestar import MediaType, Router, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from api.db import sources
from api.db.engine import Database
from api.db.paging import Paging, cut
from api.db.sources import Sample
from api.dependencies import LARGEST_ID, MemberFilter, SortOrder, known_member_filter
from api.outlook import stale_before, told
from api.problems import documented
from api.schemas.pages import Page
from api.schemas.sources import Source, SourceFacts
from api.settings import Settings

SortBy = Annotated[
    Literal["member"],
    QueryParameter(description="What to sort by: the member, in the order of the settings, then the source."),
]
SourceId = Annotated[int, PathParameter(ge=0, le=LARGEST_ID)]


@get("/", operation_id="listSources", summary="List sources", responses=documented())
async def list_sources(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    paging: NamedDependency[Paging],
    member: MemberFilter = None,
    sort_by: SortBy = "member",
    sort_order: SortOrder = "asc",
) -> Page[Source]:
    """The state of every source: fresh or not, what went wrong, what Marquee does next, and what a person can do."""
    async with database.read() as db:
        name = await known_member_filter(db, member, settings)
        found = await sources.listing(db, member=name, stale_before=stale_before(settings))
    now = datetime.now(UTC)
    all_told = [told(facts, settings, now) for facts in _in_order(found, settings)]
    return cut(all_told if sort_order == "asc" else all_told[::-1], paging)


@get(
    "/{source_id:int}/sample",
    operation_id="getSourceSample",
    summary="Get the sample of a page that is not understood",
    media_type=MediaType.TEXT,
    responses=documented(404),
)
async def get_source_sample(source_id: SourceId, database: NamedDependency[Database]) -> str:
    """How the page was built that Marquee did not understand, for a bug report: without names and texts."""
    async with database.read() as db:
        return report(await sources.sample(db, source_id))


def _in_order(found: Iterable[SourceFacts], settings: Settings) -> list[SourceFacts]:
    """By member, as they stand in the settings; what serves all of them stands last."""
    ranks: dict[str | None, int] = {name: rank for rank, name in enumerate(settings.letterboxd_username)}
    ranks[None] = len(ranks) + 1
    return sorted(found, key=lambda source: ranks.get(source.member, len(ranks)))


def report(sample: Sample) -> str:
    return "\n".join(
        (
            f"Marquee {version('marquee')}",
            f"Source: {sample.source}",
            f"Read at: {sample.sample_at:%Y-%m-%dT%H:%M:%SZ}",
            f"Expected, and not found: {sample.selector or 'unknown'}",
            "",
            "The page in outline: tags, classes and names of attributes; no names of people, no texts, no numbers.",
            "",
            *sample.sample.replace("> <", ">\n<").splitlines(),
            "",
        )
    )


sources_router = Router("/sources", route_handlers=[list_sources, get_source_sample], tags=["sources"])
