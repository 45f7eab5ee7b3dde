"""Members: the Letterboxd accounts that Marquee follows, and their watchlists."""

from typing import Annotated, Literal

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec.structs import replace

from api import unread
from api.answers import FOLLOWS, FROM_DATA
from api.db import films, members
from api.db.engine import Database
from api.db.film_filters import FilmFilters
from api.db.films import Order, View
from api.db.links import Links
from api.db.paging import Paging, cut
from api.dependencies import SortOrder, known_member
from api.film_parameters import FILTERS, ExcludeSeenBy, Seed, WatchlistSortBy, without_seen
from api.film_views import view_of
from api.problems import documented
from api.schemas.films import WatchlistEntry
from api.schemas.members import Member
from api.schemas.pages import FilmPage, Page
from api.settings import Settings
from api.unread import BEING_READ

MemberSortBy = Annotated[Literal["position", "username"], QueryParameter(description="What to sort by.")]


@get("/", operation_id="listMembers", summary="List members", responses=documented())
async def list_members(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    paging: NamedDependency[Paging],
    sort_by: MemberSortBy = "position",
    sort_order: SortOrder = "asc",
) -> Page[Member]:
    """The members. Their position is the place in the settings, the owner's being the first; others follow by name."""
    async with database.read() as db:
        found = await members.listing(db, settings.letterboxd_username, links)
    if sort_by == "username":
        found.sort(key=lambda member: member.username)
    return cut(found if sort_order == "asc" else found[::-1], paging)


@get(
    "/{username:str}/watchlist",
    operation_id="getWatchlist",
    summary="Get a member's watchlist",
    dependencies=FILTERS | view_of(WatchlistEntry),
    responses=documented(404) | BEING_READ,
)
async def get_watchlist(
    username: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    filters: NamedDependency[FilmFilters],
    paging: NamedDependency[Paging],
    view: NamedDependency[View],
    exclude_seen_by: ExcludeSeenBy = None,
    sort_by: WatchlistSortBy = "position",
    sort_order: SortOrder = "asc",
    seed: Seed = 1,
) -> FilmPage[WatchlistEntry]:
    """The films on a member's watchlist now, in the member's own order unless asked otherwise.

    Where nothing of it was ever read, the answer is the refresh that reads it (202), or says why there is none.
    """
    async with database.read() as db:
        name = await known_member(db, username, settings)
        theirs = replace(filters, services_of=filters.services_of and name)
        chosen = await without_seen(db, theirs, exclude_seen_by, settings)
        order = Order(sort_by, sort_order == "desc", seed)
        found = await films.watchlist(db, name, chosen, order, paging, links, view)
        if not found.total and not await members.wants_anything(db, name):
            await unread.explain(db, name, "watchlist", settings)
        return found


members_router = Router(
    "/members",
    route_handlers=[list_members, get_watchlist],
    tags=["members"],
    opt={FOLLOWS: FROM_DATA},
)
