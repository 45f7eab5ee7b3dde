"""Feeds of what changed, and where they are."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from api.answers import FOLLOWS, FROM_DATA, FROM_DATA_AND_TIME
from api.auth import FEED, TOKEN, feed_token
from api.conditional import ConditionalResponse
from api.db import events
from api.db.engine import Database
from api.db.events import EventFilters
from api.db.links import Links
from api.db.paging import Paging, cut
from api.dependencies import SortOrder, known_member_filter
from api.feeds.entries import Feed, Place, feed_of, plain
from api.feeds.formats import FORMATS, Format
from api.problems import documented
from api.schemas.feeds import FeedLink
from api.schemas.pages import Page
from api.settings import Settings

AnyRequest = Request[Any, Any, Any]

PATH = "/feeds"
NEWEST = Paging(page_size=100)
KEPT = "private, max-age=300"
PAGE_HEADER = "X-Marquee-Page"
"""The address of the page that passes a feed through to its reader."""
GATHERING = timedelta(minutes=1)
"""For so long after the newest event, another may be told with the same time."""

SortBy = Annotated[Literal["name"], QueryParameter(description="What to sort by.")]
Token = Annotated[str | None, QueryParameter(max_length=200, description="The feed's token, where API_KEY is set.")]


@get("/", operation_id="listFeeds", summary="List feeds", responses=documented())
async def list_feeds(
    request: AnyRequest,
    settings: NamedDependency[Settings],
    paging: NamedDependency[Paging],
    sort_by: SortBy = "name",
    sort_order: SortOrder = "asc",
) -> Page[FeedLink]:
    """The feeds of what changed, with the addresses to subscribe to; watchlists for Radarr are in the list of lists."""
    base = str(request.base_url).rstrip("/")
    found = [link_to(each.name, f"{PATH}/{each.name}", each.title, each.media_type, base, settings) for each in FORMATS]
    found.sort(key=lambda link: link.name, reverse=sort_order == "desc")
    return cut(found, paging)


def link_to(name: str, path: str, title: str, media_type: str, base: str, settings: Settings) -> FeedLink:
    """Where the feed of this name is; `base` is how the host was asked."""
    query = f"?{TOKEN}={feed_token(settings.api_key, name)}" if settings.api_key else ""
    return FeedLink(name, title, media_type.partition(";")[0], f"{base}{path}{query}", f"{path}{query}")


def feed_route(form: Format) -> HTTPRouteHandler:
    """The route of the feed of changes in one format."""

    @get(
        f"/{form.name}",
        operation_id=form.operation_id,
        summary=form.title,
        responses=documented(),
        media_type=form.media_type,
        opt={FEED: form.name},
    )
    async def get_changes(
        request: AnyRequest,
        database: NamedDependency[Database],
        settings: NamedDependency[Settings],
        links: NamedDependency[Links],
        event_filters: NamedDependency[EventFilters],
        token: Token = None,
    ) -> ConditionalResponse:
        """The newest 100 events that the filters let through, those of the list of events."""
        async with database.read() as db:
            await known_member_filter(db, event_filters.member, settings)
            found = await events.listing(db, event_filters, NEWEST, links)
        feed = feed_of(found.items, event_filters, place_of(request), ZoneInfo(settings.refresh_timezone))
        return ConditionalResponse(
            form.render(feed), headers={"Content-Type": form.media_type} | _kept(feed, event_filters)
        )

    return get_changes


def place_of(request: AnyRequest) -> Place:
    """Where the feed is read: at the page where that passes it through, else here."""
    query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    filters = sorted(each for each in query if each[0] != TOKEN)
    path = request.scope["path"]
    page = _page(request.headers.get(PAGE_HEADER, ""))
    return Place(
        address=plain(_with(f"{page or str(request.base_url).rstrip('/')}{path}", query)),
        identity=_with(path.rpartition("/")[2], filters),
        page=page,
    )


def _page(address: str) -> str | None:
    """`address` where a link can lead there, else None."""
    try:
        parts = urlsplit(plain(address))
    except ValueError:
        return None
    leads_there = parts.scheme in ("http", "https") and parts.netloc
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if leads_there else None


def _with(address: str, query: list[tuple[str, str]]) -> str:
    return f"{address}?{urlencode(query)}" if query else address


def _kept(feed: Feed, filters: EventFilters) -> dict[str, str]:
    """A time of change only where it tells all: who knows no more than that must miss nothing.

    It does not while events are being told, nor where a watchlist or the services decide what is shown: they may let
    in what is older.
    """
    is_telling = feed.updated > datetime.now(UTC) - GATHERING
    if not feed.entries or is_telling or filters.member or filters.services_of:
        return {"Cache-Control": KEPT}
    return {"Cache-Control": KEPT, "Last-Modified": format_datetime(feed.updated, usegmt=True)}


feed_links_router = Router("/feeds", route_handlers=[list_feeds], tags=["feeds"], opt={FOLLOWS: FROM_DATA})
feeds_router = Router(
    PATH,
    route_handlers=[feed_route(form) for form in FORMATS],
    tags=["feeds"],
    opt={FOLLOWS: FROM_DATA_AND_TIME},
)
