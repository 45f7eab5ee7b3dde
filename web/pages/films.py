"""The watchlist: the page at `/`, and the part of it that htmx asks for."""

from typing import Any

from litestar import HttpMethod, route
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from msgspec.structs import replace

from web.cards import card
from web.chips import chips
from web.client import MarqueeApi, or_else
from web.countries import country_name
from web.notices import by_weight, source_notice
from web.pages.requests import (
    NOT_STORED,
    PageRequest,
    current_view,
    past_the_end,
    reloads_films,
    root_of,
    wants_films,
)
from web.progress import Progress, bar_of, newest_address
from web.run_notices import run_notices
from web.settings import Settings
from web.shapes import Facets
from web.snapshot import Snapshot, snapshot_of
from web.summary import emptiness, summary_of
from web.view import LENGTHS, OFFERS, SORTS, View, beside, whole
from web.words import Clock


@route("/", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="watchlist")
async def show_watchlist(
    request: PageRequest,
    api: NamedDependency[MarqueeApi],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
) -> Template | Redirect:
    """The watchlist that the address names; its films alone where htmx asks for them."""
    view = View.of(request.query_params)
    snapshot = await snapshot_of(api, view, settings.country[0])
    if elsewhere := past_the_end(request, "/", view, snapshot.films.total_pages):
        return elsewhere
    query = request.query_params
    shown = query.get("order", "") if snapshot.running else ""
    context = context_of(snapshot, view, settings, clock, order=shown, stopping=whole(query.get("stopping", "")))
    if not wants_films(request):
        if snapshot.member:
            context["facets"] = await or_else(api.facets(snapshot.member.username), Facets())
        return Template("watchlist.html", context=context, headers=NOT_STORED)
    if reloads_films(request):
        context |= {"reload": True, "announce": not snapshot.running}
        return Template("fragments/films.html", context=context, headers=NOT_STORED)
    return Template("fragments/films.html", context=context, headers=NOT_STORED | _history(request, view))


def _history(request: PageRequest, view: View) -> dict[str, str]:
    """What the browser's history does: one search that becomes another is one step of it, however it is typed."""
    address = root_of(request) + "/" + view.address()
    before = current_view(request)
    if before == view:
        return {"hx-push-url": "false"}
    if before and before.q and view.q and replace(before, q=view.q, page=view.page) == view:
        return {"hx-replace-url": address}
    return {"hx-push-url": address}


def context_of(
    snapshot: Snapshot, view: View, settings: Settings, clock: Clock, *, order: str = "", stopping: int = 0
) -> dict[str, Any]:
    """The names that the templates of the page use.

    `order` is that of the chips already on the page, `stopping` the run that was asked to stop.
    """
    country = country_name(settings.country[0])
    member, run, source = snapshot.member, snapshot.run, snapshot.source
    services = chips(snapshot.brands, view, order)
    brands = {provider_id: brand for brand in snapshot.brands for provider_id in brand.provider_ids}
    letterboxd = settings.letterboxd_base_url
    return {
        "member": member,
        "members": snapshot.members,
        "view": view,
        "cards": [card(film, settings.country[0], clock, snapshot.services, brands) for film in snapshot.films.items],
        "questions": snapshot.questions,
        "films": snapshot.films,
        "country": country,
        "chips": services.first,
        "more_chips": services.more,
        "reload_address": beside(view.address(), "order", services.order if snapshot.running else ""),
        "sorts": SORTS,
        "offers": OFFERS,
        "lengths": LENGTHS,
        "facets": Facets(),
        "pays": bool(snapshot.services) or view.mine,
        "notices": by_weight(
            run_notices(run, source, member) + (source_notice(source, member, clock, letterboxd) if member else [])
        ),
        "summary": summary_of(snapshot, country, clock),
        "emptiness": emptiness(snapshot, view),
        "letterboxd": letterboxd,
        "bar": bar_of(run, replace(Progress.shown(run), stopping=int(run.id == stopping)), clock) if run else None,
        "newest": newest_address(run),
        "announce": True,
        "reload": False,
        "flash": None,
    }
