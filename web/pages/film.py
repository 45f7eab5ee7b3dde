"""One film: where it can be watched now, and where it could be before."""

import asyncio

from litestar import HttpMethod, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from web.cards import poster_of, tint_of, web_address
from web.client import MarqueeApi
from web.film_view import places, standing, tmdb_page
from web.masthead import waiting_questions
from web.pages.films import NOT_STORED
from web.pages.requests import PageRequest
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
    member = member_of(members, request.query_params.get("member", "").strip().lower())
    services = await api.services(member.username) if member else []
    names = {each.username: each.display_name or each.username for each in members}
    context = {
        "film": film,
        "poster": poster_of(film.poster_url),
        "tint": tint_of(film.slug),
        "runtime": runtime(film.runtime_minutes) if film.runtime_minutes else "",
        "letterboxd": web_address(film.url),
        "tmdb": tmdb_page(film),
        "standing": standing(film),
        "places": places(availability, {(each.country, each.provider_id) for each in services}, clock),
        "listed_by": [names.get(name, name) for name in film.members],
        "several": len(members) > 1,
        "questions": questions,
    }
    return Template("film.html", context=context, headers=NOT_STORED)
