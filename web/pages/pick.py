"""One film for tonight: the page at `/pick`, under the filters of the watchlist that leads to it."""

import asyncio

from litestar import HttpMethod, route
from litestar.di import NamedDependency
from litestar.response import Template

from web.cards import mention
from web.client import MarqueeApi
from web.masthead import waiting_questions
from web.pages.requests import NOT_STORED, PageRequest
from web.settings import Settings
from web.snapshot import member_of
from web.view import View, beside, whole
from web.words import runtime

LARGEST_SEED = 2**31 - 1


@route("/pick", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="pick")
async def show_pick(
    request: PageRequest, api: NamedDependency[MarqueeApi], settings: NamedDependency[Settings]
) -> Template:
    """The film of the day under the filters that the address names; another `seed` there is another film."""
    view, seed = View.of(request.query_params), whole(request.query_params.get("seed", ""))
    members, questions = await asyncio.gather(api.members(), waiting_questions(api))
    member = member_of(members, view.member)
    query = view.filters() | {"country": settings.country[0]}
    query |= {"member": member.username} if member else {}
    query |= {"seed": seed} if 0 < seed <= LARGEST_SEED else {}
    pick = await api.pick(query)
    film = pick.film if pick else None
    context = {
        "member": member,
        "members": members,
        "view": view,
        "pick": pick,
        "film": film,
        "picture": mention(film) if film else None,
        "runtime": runtime(film.runtime_minutes) if film and film.runtime_minutes else "",
        "another": beside(view.address(page=1), "seed", pick.seed % LARGEST_SEED + 1) if pick else "",
        "questions": questions,
    }
    return Template("pick.html", context=context, headers=NOT_STORED)
