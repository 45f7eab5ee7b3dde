"""A member's other pages on Letterboxd: profile, films, likes, following and followers, and the RSS feed."""

from email.utils import format_datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from worker.demo.diary import FEED_SIZE, Logged, lists_of
from worker.demo.faults import DISTORTION
from worker.demo.letterboxd import elsewhere, open_member
from worker.demo.model import Film, Member, Rating
from worker.demo.paging import Pages
from worker.demo.responses import conditional, feed, page
from worker.demo.situation import Situation

FILMS_SIZE, PEOPLE_SIZE, FAVOURITES = 72, 25, 4


@get("/{member:str}")
async def profile(member: FromPath[str], situation: NamedDependency[Situation]) -> Response[str]:
    """Who the member is, with four favourites and the counts."""
    person = situation.world.members[open_member(situation, member)]
    seen = situation.opinions(person.username)
    best = sorted(seen, key=lambda rating: -(rating.stars or 0))[:FAVOURITES]
    return page(
        "profile.html",
        person=person,
        watched=len(seen),
        favourites=[situation.world.films[rating.slug] for rating in best],
        followers=_followers(situation, person),
        wanted=len(situation.watchlists[person.username]),
        recent=elsewhere(situation, person.username),
    )


@get(["/{member:str}/films", "/{member:str}/films/page/{number:int}"])
async def films(
    member: FromPath[str], situation: NamedDependency[Situation], number: FromPath[int] = 1
) -> Response[str]:
    """What the member watched, the newest release first."""
    person = situation.world.members[open_member(situation, member)]
    return _grid(situation, person, _by_release(situation, person), "films", number)


@get(["/{member:str}/films/rated/{stars:str}", "/{member:str}/films/rated/{stars:str}/page/{number:int}"])
async def rated_films(
    member: FromPath[str], stars: FromPath[str], situation: NamedDependency[Situation], number: FromPath[int] = 1
) -> Response[str]:
    """What the member watched and rated `.5-5`, one number of stars, or `none`."""
    person = situation.world.members[open_member(situation, member)]
    chosen = [rating for rating in _by_release(situation, person) if _is_rated(rating, stars)]
    return _grid(situation, person, chosen, f"films/rated/{stars}", number)


@get(["/{member:str}/likes/films", "/{member:str}/likes/films/page/{number:int}"])
async def likes(
    member: FromPath[str], situation: NamedDependency[Situation], number: FromPath[int] = 1
) -> Response[str]:
    """What the member liked, the film liked last first."""
    person = situation.world.members[open_member(situation, member)]
    return _grid(
        situation,
        person,
        [rating for rating in situation.opinions(person.username) if rating.liked],
        "likes/films",
        number,
    )


@get(["/{member:str}/following", "/{member:str}/following/page/{number:int}"])
async def following(
    member: FromPath[str], situation: NamedDependency[Situation], number: FromPath[int] = 1
) -> Response[str]:
    """Whom the member follows."""
    person = situation.world.members[open_member(situation, member)]
    people = [situation.world.members[name] for name in person.following]
    return _people(situation, person, people, "following", number)


@get(["/{member:str}/followers", "/{member:str}/followers/page/{number:int}"])
async def followers(
    member: FromPath[str], situation: NamedDependency[Situation], number: FromPath[int] = 1
) -> Response[str]:
    """Who follows the member."""
    person = situation.world.members[open_member(situation, member)]
    return _people(situation, person, _followers(situation, person), "followers", number)


@get("/{member:str}/rss")
async def rss(
    request: Request[Any, Any, Any], member: FromPath[str], situation: NamedDependency[Situation]
) -> Response[str]:
    """The last fifty entries of the member's diary with TMDB's ids, as Letterboxd's links have them, and new lists."""
    person = situation.world.members[open_member(situation, member)]
    distortion = request.scope.get(DISTORTION)
    diary = situation.diaries[person.username][:FEED_SIZE]
    shown = diary[: len(diary) // 2] if distortion == "halved" else diary
    answer = feed(
        "rss.xml",
        person=person,
        items=sorted([*lists_of(shown), *shown], key=lambda item: item.logged, reverse=True),
        films=situation.world.films,
        stars=_stars,
        moment=format_datetime,
        namespace="https://letterboxd.com/2" if distortion == "changed" else "https://letterboxd.com",
    )
    return conditional(request, answer, shown[0].logged if shown else None)


def _grid(situation: Situation, person: Member, ratings: list[Rating], path: str, number: int) -> Response[str]:
    pages = Pages(f"/{person.username}/{path}/", number, FILMS_SIZE, len(ratings))
    shown = [(rating, situation.world.films[rating.slug]) for rating in ratings[pages.start : pages.end]]
    template = "likes.html" if path.startswith("likes") else "films.html"
    return page(template, person=person, shown=shown, total=len(ratings), pages=pages, stars=_stars)


def _people(situation: Situation, person: Member, people: list[Member], what: str, number: int) -> Response[str]:
    pages = Pages(f"/{person.username}/{what}/", number, PEOPLE_SIZE, len(people))
    shown = [(other, len(_followers(situation, other))) for other in people[pages.start : pages.end]]
    return page("people.html", person=person, shown=shown, total=len(people), pages=pages, what=what)


def _followers(situation: Situation, person: Member) -> list[Member]:
    return [other for other in situation.world.members.values() if person.username in other.following]


def _by_release(situation: Situation, person: Member) -> list[Rating]:
    def year(rating: Rating) -> int:
        film: Film = situation.world.films[rating.slug]
        return film.year or 9999

    return sorted(situation.opinions(person.username), key=year, reverse=True)


def _is_rated(rating: Rating, wanted: str) -> bool:
    if wanted == "none":
        return rating.stars is None
    least, _, most = wanted.partition("-")
    return rating.stars is not None and float(least) <= rating.stars <= float(most or least)


def _stars(rating: Rating | Logged) -> str:
    """Stars as Letterboxd prints them; empty where there is no rating."""
    full, half = divmod(int((rating.stars or 0) * 2), 2)
    return "★" * full + "½" * half


handlers = [profile, films, rated_films, likes, following, followers, rss]
