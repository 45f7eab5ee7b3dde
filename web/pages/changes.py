"""What changed: which films arrived on a service or left it, by day."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import HttpMethod, route
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from web.changes import days_of
from web.changes_view import KINDS, ChangesView
from web.client import MarqueeApi, or_else
from web.countries import country_name
from web.masthead import waiting_questions
from web.memory_shapes import Correction, Event, Feed
from web.pages.requests import NOT_STORED, PageRequest, from_htmx, past_the_end, root_of
from web.settings import Settings
from web.shapes import Listing
from web.snapshot import member_of
from web.words import Clock

FEED_WORDS = {"application/atom+xml": "Atom", "application/feed+json": "JSON Feed", "text/calendar": "calendar"}


class FeedLink(msgspec.Struct, frozen=True):
    """A feed of what the page shows; `path` lies below this site."""

    title: str
    short: str
    media_type: str
    path: str


@route("/changes", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="changes")
async def show_changes(
    request: PageRequest,
    api: NamedDependency[MarqueeApi],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
) -> Template | Redirect:
    """What changed, as the address narrows it; that part of the page alone where htmx asks for it."""
    view = ChangesView.of(request.query_params, settings.country)
    context = await _context(api, view, settings, clock)
    if elsewhere := past_the_end(request, "/changes", view, context["events"].total_pages):
        return elsewhere
    if from_htmx(request):
        pushed = {"hx-push-url": root_of(request) + "/changes" + view.address()}
        return Template("fragments/changes.html", context=context, headers=NOT_STORED | pushed)
    return Template("changes.html", context=context, headers=NOT_STORED)


async def _context(api: MarqueeApi, view: ChangesView, settings: Settings, clock: Clock) -> dict[str, Any]:
    """The names that the templates of the page use; raises UnknownMember."""
    members = await api.members()
    member = member_of(members, view.member)
    events, corrections, services, feeds, questions = await asyncio.gather(
        api.events(view.api_query()),
        _corrections(api, view),
        api.services(member.username) if member else _nothing(),
        _feeds(api, view),
        waiting_questions(api),
    )
    mine = {(service.country, service.provider_id) for service in services}
    shown = _of_this_page(corrections, events)
    return {
        "view": view,
        "member": member,
        "members": members,
        "days": days_of(events.items, shown, clock, mine, countries=len(settings.country)),
        "events": events,
        "kinds": KINDS,
        "countries": {code: country_name(code) for code in settings.country},
        "services": services,
        "whose": f"{member.display_name or member.username}’s" if member and len(members) > 1 else "your",
        "feeds": feeds,
        "questions": questions,
    }


async def _nothing() -> list[Any]:
    return []


async def _corrections(api: MarqueeApi, view: ChangesView) -> list[Correction]:
    """Those of any film, where the page is not narrowed to something that they are no part of."""
    return [] if view.filtered else await api.corrections()


def _of_this_page(corrections: list[Correction], events: Listing[Event]) -> list[Correction]:
    """The corrections of the time that this page of the events tells of."""
    if not events.items:
        return corrections
    newest, oldest = events.items[0].settled_at, events.items[-1].settled_at
    is_first, is_last = events.page == 1, events.page >= events.total_pages
    return [each for each in corrections if (is_first or each.at <= newest) and (is_last or each.at > oldest)]


async def _feeds(api: MarqueeApi, view: ChangesView) -> list[FeedLink]:
    """The feeds of what this page shows; none where the API gives none, since the page can do without."""
    return [_feed_link(feed, view) for feed in await or_else(api.feeds(), [])]


def _feed_link(feed: Feed, view: ChangesView) -> FeedLink:
    filters = urlencode(view.filters())
    joint = "&" if "?" in feed.path else "?"
    short = FEED_WORDS.get(feed.media_type, feed.title)
    return FeedLink(feed.title, short, feed.media_type, feed.path + (joint + filters if filters else ""))
