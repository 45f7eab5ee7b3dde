"""One film: where it can be watched now, and where it could be before."""

import asyncio

from litestar import HttpMethod, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from web.cards import mention
from web.client import MarqueeApi, or_else
from web.film_view import QUESTIONS, ignorance, places, standing, tmdb_page, with_what_is_known
from web.links import web_address
from web.masthead import waiting_questions
from web.pages.requests import NOT_STORED, PageRequest
from web.snapshot import member_of
from web.words import Clock, runtime


@route("/films/{slug:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="film")
async def show_film(
    request: PageRequest,
    slug: FromPath[str],
    api: NamedDependency[MarqueeApi],
    clock: NamedDependency[Clock],
) -> Template:
    """A film by its Letterboxd slug, seen by the member that the address names."""
    film, availability, members, questions = await asyncio.gather(
        api.film(slug), api.availability(slug), api.members(), waiting_questions(api)
    )
    if film.match in QUESTIONS and (asked := await or_else(api.match(slug), None)):
        film = with_what_is_known(film, asked.film)
    member = member_of(members, request.query_params.get("member", "").strip().lower())
    services = await api.services(member.username) if member else []
    names = {each.username: each.display_name or each.username for each in members}
    found = places(availability, {(each.country, each.provider_id) for each in services}, clock)
    context = {
        "film": film,
        "picture": mention(film),
        "runtime": runtime(film.runtime_minutes) if film.runtime_minutes else "",
        "letterboxd": web_address(film.url),
        "tmdb": tmdb_page(film),
        "imdb": web_address(film.links.imdb),
        "standing": standing(film),
        "places": found,
        "unknown": ignorance(film, found),
        "listed_by": [names.get(name, name) for name in film.members],
        "several": len(members) > 1,
        "questions": questions,
    }
    return Template("film.html", context=context, headers=NOT_STORED)
