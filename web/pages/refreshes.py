"""Starting, watching and cancelling a refresh."""

from http import HTTPStatus
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template
from msgspec.structs import replace

from web.client import ApiAway, ApiError, ApiProblem, MarqueeApi
from web.pages.errors import answer, cannot_start
from web.pages.films import context_of
from web.pages.requests import NOT_STORED, PageRequest, from_htmx, root_of
from web.progress import Progress, bar_address, bar_of, concerns, member_named, newest_address
from web.settings import Settings
from web.shapes import Run
from web.snapshot import snapshot_of
from web.view import View, beside
from web.words import Clock

FILMS_CHANGED = {"hx-trigger": "films-changed"}


@post("/refresh", status_code=HTTPStatus.OK)
async def start_refresh(
    request: PageRequest,
    api: NamedDependency[MarqueeApi],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
) -> Template | Redirect:
    """Start a refresh, or join the one that runs; `force` in the form asks whoever wants to be left alone too."""
    try:
        run = await api.start_run(force=(await request.form()).get("force") == "true")
    except ApiProblem as problem:
        if from_htmx(request):
            return answer(request, cannot_start(problem))
        return await _page_with(request, api, settings, clock, problem)
    if not from_htmx(request):
        return _back(request)
    return bar_answer(run, Progress.shown(run), clock, announcement="Refresh started.")


@get("/refreshes/newest/bar")
async def newest_bar(
    request: PageRequest, api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template | Response[None]:
    """The bar of a refresh that a page does not know of yet; no content while there is none.

    A page without a bar asks this now and then, so that it notices the nightly refresh. It never fails: a page
    that is left alone has nothing to complain about.
    """
    try:
        run = await api.newest_run()
    except ApiError:
        run = None
    member = member_named(request.query_params)
    if run is None or not concerns(run, member) or run.standing == request.query_params.get("seen"):
        return Response(None, status_code=HTTPStatus.NO_CONTENT, headers=NOT_STORED)
    return bar_answer(
        run, Progress(page_of=member), clock, announcement="", headers={} if run.active else FILMS_CHANGED
    )


@get("/refreshes/{run_id:int}/bar")
async def refresh_bar(
    request: PageRequest, run_id: FromPath[int], api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template:
    """The bar of a running refresh, which asks for the next one; of an ended one a bar that asks no more.

    It never fails, since a bar that is not replaced would ask for ever: without an API it waits for it.
    """
    shown = Progress.of(request.query_params)
    try:
        run = await api.run(run_id)
    except ApiError as error:
        context = {"address": bar_address(run_id, shown), "away": isinstance(error, ApiAway)}
        return Template("fragments/bar_waiting.html", context=context, headers=NOT_STORED)
    if run is None:
        newest = newest_address(None, shown.page_of)
        context = {"bar": None, "newest": newest, "announcement": "", "view": View(), "portrayed": shown.page_of}
        return Template("fragments/bar.html", context=context, headers=NOT_STORED | FILMS_CHANGED)
    headers = FILMS_CHANGED if shown.films_due(run) else {}
    return bar_answer(run, shown.next(run), clock, announcement=shown.announcement(run), headers=headers)


@post("/refreshes/{run_id:int}/cancel", status_code=HTTPStatus.OK)
async def cancel_refresh(
    request: PageRequest, run_id: FromPath[int], api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template | Redirect:
    """Ask a refresh to stop; it does within a second or so, and the bar says when."""
    try:
        run = await api.cancel_run(run_id)
    except ApiProblem as problem:
        ended = await api.run(run_id) if problem.status in (HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND) else None
        if ended is None:
            raise
        run = ended
    member = member_named(request.query_params)
    if not from_htmx(request):
        return _back(request, stopping=run.id)
    if not run.active:
        last = Progress(page_of=member)
        return bar_answer(run, last, clock, announcement=last.announcement(run), headers=FILMS_CHANGED)
    shown = replace(Progress.shown(run, member), stopping=1)
    return bar_answer(run, shown, clock, announcement="Cancelling the refresh.")


def bar_answer(
    run: Run,
    shown: Progress,
    clock: Clock,
    *,
    announcement: str,
    headers: dict[str, str] | None = None,
) -> Template:
    """The bar of this run as a fragment; `shown` says of what, and on whose page."""
    context = {
        "bar": bar_of(run, shown, clock),
        "newest": newest_address(run, shown.page_of),
        "portrayed": shown.page_of,
        "announcement": announcement,
        "view": View(),
    }
    return Template("fragments/bar.html", context=context, headers=NOT_STORED | (headers or {}))


def _back(request: PageRequest, stopping: int = 0) -> Redirect:
    """To the view that the form was sent from, with the run that it asked to stop; or to the member's page."""
    if member := member_named(request.query_params):
        return Redirect(root_of(request) + f"/members/{member}" + beside("", "stopping", stopping), status_code=303)
    address = beside(View.of(request.query_params).address(), "stopping", stopping)
    return Redirect(root_of(request) + "/" + address, status_code=303)


async def _page_with(
    request: PageRequest, api: MarqueeApi, settings: Settings, clock: Clock, problem: ApiProblem
) -> Template:
    """The page that the form was sent from, saying why it did not help."""
    view = View.of(request.query_params)
    snapshot = await snapshot_of(api, view, settings.country[0])
    said = cannot_start(problem)
    context: dict[str, Any] = context_of(snapshot, view, settings, clock) | {"flash": said}
    return Template("watchlist.html", context=context, headers=NOT_STORED, status_code=said.status)
