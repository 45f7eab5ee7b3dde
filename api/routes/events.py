"""Events: what arrived and what left."""

from typing import Annotated, Literal

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.db import events
from api.db.engine import Database
from api.db.events import EventFilters
from api.db.links import Links
from api.db.paging import Paging
from api.dependencies import SortOrder, known_member_filter
from api.problems import documented
from api.schemas.events import Event
from api.schemas.pages import Page
from api.settings import Settings

SortBy = Annotated[Literal["settled_at"], QueryParameter(description="What to sort by.")]


@get("/", operation_id="listEvents", summary="List what arrived and left", responses=documented())
async def list_events(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    event_filters: NamedDependency[EventFilters],
    paging: NamedDependency[Paging],
    sort_by: SortBy = "settled_at",
    sort_order: SortOrder = "desc",
) -> Page[Event]:
    """What arrived and what left, in the countries shown, the newest first.

    The first look at a film makes no events. A departure is told once the film has stayed away for FLAP_HOURS; one that
    comes back before that is never told, nor is its return.
    """
    async with database.read() as db:
        await known_member_filter(db, event_filters.member, settings)
        return await events.listing(db, event_filters, paging, links, descending=sort_order == "desc")


events_router = Router("/events", route_handlers=[list_events], tags=["events"])
