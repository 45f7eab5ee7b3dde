"""The watchlist: the page at `/`, and the part of it that htmx asks for."""

import asyncio
from typing import Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from web.cards import card, chips
from web.client import ApiProblem, MarqueeApi
from web.countries import country_name
from web.notices import run_notice, source_notice
from web.pages.requests import PageRequest, reloads_films, root_of, wants_films
from web.progress import Progress, bar_of
from web.settings import Settings
from web.shapes import Film, Listing, Member, Provider, Run, Source
from web.view import OFFERS, SORTS, View
from web.words import Clock

NOT_STORED = {"vary": "HX-Request", "cache-control": "no-store"}


class Snapshot(msgspec.Struct, kw_only=True):
    """What the API knows of one member's watchlist at one time; `streaming` counts films on a subscription."""

    members: list[Member]
    member: Member | None
    films: Listing[Film]
    providers: list[Provider] = []
    source: Source | None = None
    run: Run | None = None
    streaming: int = 0


@get("/", name="watchlist")
async def show_watchlist(
    request: PageRequest,
    api: NamedDependency[MarqueeApi],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
) -> Template | Redirect:
    """The watchlist that the address names; its films alone where htmx asks for them."""
    view = View.of(request.query_params)
    snapshot = await snapshot_of(api, view, settings.country[0])
    last = max(1, snapshot.films.total_pages)
    if view.page > last:
        return Redirect(root_of(request) + "/" + view.address(page=last), status_code=303)
    context = context_of(snapshot, view, settings, clock)
    if not wants_films(request):
        return Template("watchlist.html", context=context, headers=NOT_STORED)
    if reloads_films(request):
        return Template("fragments/films.html", context=context | {"announce": False}, headers=NOT_STORED)
    address = {"hx-push-url": root_of(request) + "/" + view.address()}
    return Template("fragments/films.html", context=context, headers=NOT_STORED | address)


async def snapshot_of(api: MarqueeApi, view: View, country: str) -> Snapshot:
    """Everything that the page of `view` shows."""
    members, run = await asyncio.gather(api.members(), api.newest_run())
    member = _member(members, view.member)
    if member is None:
        return Snapshot(members=members, member=None, films=Listing[Film](items=[], total=0), run=run)
    name = member.username
    on_subscription = View(offer="flatrate").api_query(country) | {"page_size": 1}
    films, providers, source, streaming = await asyncio.gather(
        api.watchlist(name, view.api_query(country)),
        api.providers(name, country),
        api.watchlist_source(name),
        api.watchlist(name, on_subscription),
    )
    return Snapshot(
        members=members,
        member=member,
        films=films,
        providers=providers,
        source=source,
        run=run,
        streaming=streaming.total,
    )


def context_of(snapshot: Snapshot, view: View, settings: Settings, clock: Clock) -> dict[str, Any]:
    """The names that the templates of the page use."""
    country = settings.country[0]
    member, run, source = snapshot.member, snapshot.run, snapshot.source
    notices = [run_notice(run, source)]
    if member:
        notices.insert(0, source_notice(source, member, clock, settings.letterboxd_base_url))
    first, rest = chips(snapshot.providers, view)
    return {
        "snapshot": snapshot,
        "member": member,
        "members": snapshot.members,
        "view": view,
        "cards": [card(film, country) for film in snapshot.films.items],
        "films": snapshot.films,
        "country": country_name(country),
        "chips": first,
        "more_chips": rest,
        "sorts": SORTS,
        "offers": OFFERS,
        "notices": [notice for notice in notices if notice],
        "updated": clock.past(source.good_at) if source and source.good_at else None,
        "emptiness": emptiness(snapshot, view),
        "letterboxd": settings.letterboxd_base_url,
        "bar": bar_of(run, Progress.shown(run), clock) if run else None,
        "announce": True,
        "flash": None,
    }


def emptiness(snapshot: Snapshot, view: View) -> str:
    """Why there is no film to show: first, unread, filter, empty or nothing; "" where there is one."""
    if snapshot.films.items:
        return ""
    if view.filtered and snapshot.member and snapshot.member.watchlist:
        return "filter"
    if snapshot.run and snapshot.run.active:
        return "first"
    if snapshot.source is None or snapshot.source.state == "never":
        return "unread"
    return "empty" if snapshot.source.state in ("ok", "stale") else "nothing"


def _member(members: list[Member], name: str) -> Member | None:
    """The member of this name, the owner where none is named; raises ApiProblem where nobody has the name."""
    if not name:
        return next((member for member in members if member.owner), members[0] if members else None)
    found = next((member for member in members if member.username == name), None)
    if found is None:
        raise ApiProblem(404, f"Marquee does not follow a member named {name}.")
    return found
