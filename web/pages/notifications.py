"""The page of notifications: where news go, what was told, and what became of it."""

import asyncio
from http import HTTPStatus

from litestar import HttpMethod, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from web.client import ApiProblem, MarqueeApi
from web.deliveries import is_under_way, lines_of, places_of, rules_in_words
from web.masthead import waiting_questions
from web.pages.errors import Trouble, trouble
from web.pages.requests import NOT_STORED, PageRequest, root_of
from web.project import project_address
from web.words import Clock


@route("/notifications", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="notifications")
async def show_notifications(api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]) -> Template:
    """Where news go and what became of them."""
    return await _page(api, clock)


@get(["/notifications/test", "/notifications/{delivery_id:int}/retry"])
async def return_to_notifications(request: PageRequest) -> Redirect:
    """Where a form answered with a page of its own, its address leads back when it is loaded again."""
    return Redirect(root_of(request) + "/notifications", status_code=303)


@post("/notifications/test", status_code=HTTPStatus.OK)
async def send_test(
    request: PageRequest, api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template | Redirect:
    """Send a test to every target."""
    try:
        await api.send_test()
    except ApiProblem as problem:
        return await _page(api, clock, trouble(problem))
    return Redirect(root_of(request) + "/notifications", status_code=303)


@post("/notifications/{delivery_id:int}/retry", status_code=HTTPStatus.OK)
async def retry_delivery(
    request: PageRequest,
    delivery_id: FromPath[int],
    api: NamedDependency[MarqueeApi],
    clock: NamedDependency[Clock],
) -> Template | Redirect:
    """Have a delivery sent again; one that was sent meanwhile is simply shown so."""
    try:
        await api.retry_delivery(delivery_id)
    except ApiProblem as problem:
        if problem.status != HTTPStatus.CONFLICT:
            return await _page(api, clock, trouble(problem))
    return Redirect(root_of(request) + "/notifications", status_code=303)


async def _page(api: MarqueeApi, clock: Clock, said: Trouble | None = None) -> Template:
    """The page, with what went wrong where something did."""
    news, deliveries, questions = await asyncio.gather(api.notifications(), api.deliveries(), waiting_questions(api))
    context = {
        "news": news,
        "told_at": clock.past(news.last_digest.created_at) if news.last_digest else None,
        "rules": rules_in_words(news.rules),
        "places": places_of(news.targets, clock),
        "usable": any(target.ok is not False for target in news.targets),
        "guide": project_address("docs/notifications.md"),
        "deliveries": lines_of(deliveries, clock),
        "under_way": is_under_way(deliveries, clock),
        "trouble": said,
        "questions": questions,
    }
    status = said.status if said else HTTPStatus.OK
    return Template("notifications.html", context=context, headers=NOT_STORED, status_code=status)
