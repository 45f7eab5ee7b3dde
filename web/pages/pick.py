"""One film for tonight: the page at `/pick`, under the filters of the watchlist that leads to it."""

import asyncio
from typing import Any

from litestar import HttpMethod, route
from litestar.di import NamedDependency
from litestar.response import Template

from web.cards import mention
from web.client import MarqueeApi
from web.masthead import waiting_questions
from web.pages.requests import NOT_STORED, PageRequest
from web.settings import Settings
from web.shapes import Pick
from web.snapshot import member_of
from web.view import View, beside, whole
from web.words import runtime

LARGEST_SEED = 2**31 - 1
TRIES = 10


@route("/pick", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="pick")
async def show_pick(
    request: PageRequest, api: NamedDependency[MarqueeApi], settings: NamedDependency[Settings]
) -> Template:
    """The film of the day under the filters that the address names; with a `seed` another, and `not` this one."""
    view, seed = View.of(request.query_params), whole(request.query_params.get("seed", ""))
    members, questions = await asyncio.gather(api.members(), waiting_questions(api))
    member = member_of(members, view.member)
    query = view.filters() | {"country": settings.country[0]}
    query |= {"member": member.username} if member else {}
    query |= {"seed": seed} if 0 < seed <= LARGEST_SEED else {}
    pick = await _unlike(api, query, request.query_params.get("not", ""))
    film = pick.film if pick else None
    context = {
        "member": member,
        "members": members,
        "view": view,
        "pick": pick,
        "film": film,
        "picture": mention(film) if film else None,
        "runtime": runtime(film.runtime_minutes) if film and film.runtime_minutes else "",
        "another": _another(view, pick) if pick else "",
        "questions": questions,
    }
    return Template("pick.html", context=context, headers=NOT_STORED)


async def _unlike(api: MarqueeApi, query: dict[str, Any], slug: str) -> Pick | None:
    """A film for tonight; where seed after seed leads to the one of this `slug`, that one after all."""
    pick = await api.pick(query)
    for _ in range(TRIES):
        if pick is None or pick.film.slug != slug or pick.reasons.candidates == 1:
            break
        pick = await api.pick(query | {"seed": _next_seed(pick)})
    return pick


def _another(view: View, pick: Pick) -> str:
    """The way to another film under the same filters, empty where there is none."""
    if pick.reasons.candidates == 1:
        return ""
    return beside(beside(view.address(page=1), "seed", _next_seed(pick)), "not", pick.film.slug)


def _next_seed(pick: Pick) -> int:
    return pick.seed % LARGEST_SEED + 1
