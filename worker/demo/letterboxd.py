"""Letterboxd's watchlist and film pages, and its robots.txt."""

from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from worker.demo.faults import DISTORTION
from worker.demo.model import Film
from worker.demo.paging import Pages
from worker.demo.refusals import refusal
from worker.demo.responses import Refused, page
from worker.demo.situation import Situation

PAGE_SIZE = 28
ELSEWHERE = 4
ROBOTS = """User-agent: *
Disallow: /*/by/*
Disallow: /*/popular/this/*
Disallow: /*/on/*
Disallow: /*/tag/*
Disallow: /*/genre/*
Disallow: /*/country/*
Disallow: /*/language/*
Disallow: /*/decade/*
Disallow: /films/year/*
Disallow: /films/*/year/*
Disallow: /films/*/size/large/*
Disallow: /*/friends/*
{more}
User-agent: CCBot
User-agent: GPTBot
Disallow: /
"""


@get("/robots.txt", media_type=MediaType.TEXT)
async def robots(situation: NamedDependency[Situation]) -> str:
    """What may be read by whom."""
    return ROBOTS.format(more="".join(f"Disallow: {path}\n" for path in situation.disallowed))


@get("/{member:str}/watchlist")
async def first_watchlist_page(
    request: Request[Any, Any, Any], member: FromPath[str], situation: NamedDependency[Situation]
) -> Response[str]:
    """The newest films of a member's watchlist."""
    return watchlist(request, situation, member, 1)


@get("/{member:str}/watchlist/page/{number:int}")
async def watchlist_page(
    request: Request[Any, Any, Any],
    member: FromPath[str],
    number: FromPath[int],
    situation: NamedDependency[Situation],
) -> Response[str]:
    """One page of a member's watchlist; empty beyond the last."""
    return watchlist(request, situation, member, number)


@get("/film/{slug:str}")
async def film_page(slug: FromPath[str], situation: NamedDependency[Situation]) -> Response[str]:
    """One film with the links that its page claims."""
    film = situation.world.film(slug)
    if film is None:
        raise Refused(refusal("missing", "letterboxd"))
    title = situation.world.titles[film.tmdb] if film.tmdb else None
    return page(
        "film.html",
        film=film,
        poster_path=title.poster_path if title else None,
        ld=linked_data(film),
        others=elsewhere(situation, film.slug),
    )


def watchlist(request: Request[Any, Any, Any], situation: Situation, member: str, number: int) -> Response[str]:
    """A member's watchlist from the `number`th page; moves that wait for it happen after it is rendered."""
    owner = open_member(situation, member)
    slugs = situation.watchlists[owner]
    distortion = request.scope.get(DISTORTION)
    pages = Pages(f"/{owner}/watchlist/", number, PAGE_SIZE, len(slugs))
    shown = [situation.world.films[slug] for slug in slugs[pages.start : pages.end]]
    answer = page(
        "watchlist.html",
        person=situation.world.members[owner],
        films=shown[: len(shown) // 2] if distortion == "halved" else shown,
        announced=len(slugs),
        pages=pages,
        markup="changed" if distortion == "changed" else situation.markup,
        elsewhere=elsewhere(situation, owner),
    )
    situation.page_served(owner, number)
    return answer


def open_member(situation: Situation, username: str) -> str:
    """The username where the member exists and shows its pages; else Letterboxd's refusal."""
    if username not in situation.world.members or username in situation.missing:
        raise Refused(refusal("missing", "letterboxd"))
    if username in situation.private:
        raise Refused(refusal("private", "letterboxd"))
    return username


def elsewhere(situation: Situation, key: str) -> list[Film]:
    """Films shown beside the page's own grid, as every real page does."""
    films = list(situation.world.films.values())
    start = sum(key.encode()) % (len(films) - ELSEWHERE)
    return films[start : start + ELSEWHERE]


def linked_data(film: Film) -> str:
    """The page's JSON-LD, which has no release where the year is unknown."""
    data: dict[str, Any] = {
        "@context": "http://schema.org",
        "@type": "Movie",
        "name": film.title,
        "url": f"https://letterboxd.com/film/{film.slug}/",
        "director": [{"@type": "Person", "name": name} for name in film.directors],
        "genre": list(film.genres),
        "aggregateRating": {"ratingValue": film.average, "ratingCount": film.rating_count, "bestRating": 5},
    }
    if film.year:
        data["releasedEvent"] = [{"@type": "PublicationEvent", "startDate": str(film.year)}]
    return msgspec.json.encode(data).decode().replace("</", "<\\/")


handlers = [robots, first_watchlist_page, watchlist_page, film_page]
