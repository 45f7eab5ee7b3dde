"""Watchlists for other programs: Radarr, StevenLu lists and Kometa read the same document."""

from typing import Annotated, Literal

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api import unread
from api.answers import FOLLOWS, FROM_DATA
from api.auth import FEED
from api.conditional import ConditionalResponse
from api.db import lists, members
from api.db.engine import Database
from api.db.links import Links
from api.db.lists import ListFilters
from api.db.paging import Paging, cut
from api.dependencies import SortOrder, configured_country, known_member
from api.problems import documented
from api.routes.feeds import KEPT, AnyRequest, Token, link_to
from api.schemas.feeds import FeedLink
from api.schemas.lists import ListedFilm
from api.schemas.pages import Page
from api.settings import Settings

PATH = "/lists"
WATCHLIST = "/{username:str}/watchlist.json"
FEED_NAME = "lists/{username}/watchlist.json"
SortBy = Annotated[Literal["position"], QueryParameter(description="What to sort by: the members’ own order.")]


@get("/", operation_id="listLists", summary="List lists for other programs", responses=documented())
async def list_lists(
    request: AnyRequest,
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    paging: NamedDependency[Paging],
    sort_by: SortBy = "position",
    sort_order: SortOrder = "asc",
) -> Page[FeedLink]:
    """The watchlists for Radarr, StevenLu and Kometa, one for each member, with their addresses."""
    async with database.read() as db:
        followed = await members.listing(db, settings.letterboxd_username, links)
    base = str(request.base_url).rstrip("/")
    found = [_link(member.username, base, settings) for member in followed]
    return cut(found if sort_order == "asc" else found[::-1], paging)


def _link(username: str, base: str, settings: Settings) -> FeedLink:
    name = FEED_NAME.format(username=username)
    return link_to(name, f"/{name}", f"The watchlist of {username}, for Radarr", "application/json", base, settings)


@get(
    WATCHLIST,
    operation_id="getWatchlistForPrograms",
    summary="Get a watchlist for Radarr, StevenLu or Kometa",
    responses=documented(404),
    opt={FEED: FEED_NAME, FOLLOWS: FROM_DATA},
)
async def get_watchlist_for_programs(
    username: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    only_unavailable: Annotated[
        bool,
        QueryParameter(description="Only films known not to stream by subscription, free or with ads in `country`."),
    ] = False,
    min_members: Annotated[
        int, QueryParameter(ge=1, le=100, description="Only films that so many members or more want to see.")
    ] = 1,
    country: Annotated[
        str | None,
        QueryParameter(
            min_length=2, max_length=2, description="Where they do not stream; default: the first of the settings."
        ),
    ] = None,
    allow_empty: Annotated[
        bool, QueryParameter(description="Answer a list without films with `[]` and not with 404.")
    ] = False,
    token: Token = None,
) -> Response[list[ListedFilm]]:
    """The movies on a member's watchlist that are found on TMDB: all of them, as the list was last read to its end.

    It is a bare array, without pages. A list that was never read to its end is 503, never `[]`: a program that keeps a
    library in step with it would delete what it has.
    """
    where = configured_country(country or settings.country[0], settings)
    filters = ListFilters(unavailable_in=where if only_unavailable else None, min_members=min_members)
    async with database.read() as db:
        name = await known_member(db, username, settings)
        await unread.demand_known(db, name, settings)
        found = await lists.watchlist(db, name, filters, links, may_be_empty=allow_empty)
    return ConditionalResponse(found, headers={"Cache-Control": KEPT})


list_links_router = Router(PATH, route_handlers=[list_lists], tags=["feeds"], opt={FOLLOWS: FROM_DATA})
lists_router = Router(PATH, route_handlers=[get_watchlist_for_programs], tags=["feeds"])
