"""The controls below /_demo: JSON over HTTP, for the tests' driver and for a curious person."""

from typing import Literal

import msgspec
from litestar import Router, delete, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, JSONBody

from worker.demo.faults import Fault, Faults, SituationHolder
from worker.demo.model import Film, Offer
from worker.demo.situation import Day, Markup, Move, Situation
from worker.demo.traffic import Pace, Traffic


class Latency(msgspec.Struct):
    """Seconds before every answer of a family."""

    letterboxd: float = 0.0
    tmdb: float = 0.0
    images: float = 0.0


class Settings(msgspec.Struct):
    """What is to be different in the world; what is absent stays."""

    day: Day | None = None
    markup: Markup | None = None
    key_refused: bool | None = None
    disallowed: list[str] | None = None


class Limit(msgspec.Struct):
    """The fastest rate that a family's host accepts; null accepts every rate."""

    family: Literal["letterboxd", "tmdb", "images"]
    per_second: float | None


class Dropped(msgspec.Struct):
    """A title that TMDB no longer has."""

    media_type: Literal["movie", "tv"]
    tmdb_id: int


class Changes(msgspec.Struct):
    """What is different today from yesterday."""

    arrivals: list[Offer]
    departures: list[Offer]


class Opinion(msgspec.Struct):
    """What a member makes of a film that was watched."""

    stars: float | None = None
    liked: bool = False


class Truth(msgspec.Struct):
    """How a film is hard to match, and its TMDB title as (media type, id), null where it has none."""

    case: str
    tmdb: tuple[str, int] | None


class Watchlist(msgspec.Struct):
    """A member's films, the newest first."""

    slugs: list[str]


@post("/faults", status_code=204)
async def add_fault(data: JSONBody[Fault], faults: NamedDependency[Faults]) -> None:
    """Let something go wrong."""
    faults.waiting.append(data)


@post("/latency", status_code=204)
async def set_latency(data: JSONBody[Latency], faults: NamedDependency[Faults]) -> None:
    """Slow whole families down."""
    faults.latency = msgspec.structs.asdict(data)


@post("/limits", status_code=204)
async def set_limit(data: JSONBody[Limit], traffic: NamedDependency[Traffic]) -> None:
    """Refuse callers that are faster."""
    traffic.limit(data.family, data.per_second)


@post("/settings", status_code=204)
async def change_settings(data: JSONBody[Settings], situation: NamedDependency[Situation]) -> None:
    """Move to another day, another markup, refuse every key, or disallow paths in robots.txt."""
    for name in data.__struct_fields__:
        value = getattr(data, name)
        if value is not None:
            setattr(situation, name, value)


@post("/members/{member:str}/private", status_code=204)
async def make_private(member: FromPath[str], situation: NamedDependency[Situation]) -> None:
    """Hide the member's pages."""
    situation.private.add(member)


@post("/members/{member:str}/missing", status_code=204)
async def make_missing(member: FromPath[str], situation: NamedDependency[Situation]) -> None:
    """Let the member be gone."""
    situation.missing.add(member)


@post("/members/{member:str}/renamed/{name:str}", status_code=204)
async def rename_member(member: FromPath[str], name: FromPath[str], situation: NamedDependency[Situation]) -> None:
    """Let the member's name lead to that of another member."""
    _known(situation, member)
    _known(situation, name)
    situation.renamed[member] = name


@post("/members/{member:str}/films/{slug:str}", status_code=204)
async def judge_film(
    member: FromPath[str], slug: FromPath[str], data: JSONBody[Opinion], situation: NamedDependency[Situation]
) -> None:
    """Let the member see a film, or think otherwise of it, without logging it."""
    _known(situation, member)
    if slug not in situation.world.films:
        raise NotFoundException(f"no film {slug}")
    situation.judge(member, slug, data.stars, data.liked)


@delete("/members/{member:str}/films/{slug:str}")
async def unwatch_film(member: FromPath[str], slug: FromPath[str], situation: NamedDependency[Situation]) -> None:
    """Let the member never have seen a film."""
    _known(situation, member)
    situation.unwatch(member, slug)


@get("/members/{member:str}/watchlist")
async def read_watchlist(member: FromPath[str], situation: NamedDependency[Situation]) -> Watchlist:
    """The member's watchlist as it is now."""
    return Watchlist(_known(situation, member))


@post("/members/{member:str}/watchlist/{slug:str}", status_code=204)
async def add_film(member: FromPath[str], slug: FromPath[str], situation: NamedDependency[Situation]) -> None:
    """Put a film on top of the member's watchlist."""
    _known(situation, member)
    if slug not in situation.world.films:
        raise NotFoundException(f"no film {slug}")
    situation.add(member, slug)


@delete("/members/{member:str}/watchlist/{slug:str}")
async def remove_film(member: FromPath[str], slug: FromPath[str], situation: NamedDependency[Situation]) -> None:
    """Take a film off the member's watchlist."""
    if slug not in _known(situation, member):
        raise NotFoundException(f"{slug} is not on the watchlist of {member}")
    situation.remove(member, slug)


@post("/members/{member:str}/diary/{slug:str}", status_code=204)
async def log_film(
    member: FromPath[str], slug: FromPath[str], data: JSONBody[Opinion], situation: NamedDependency[Situation]
) -> None:
    """Let the member watch a film; it stays on the watchlist where it is on it."""
    _known(situation, member)
    if slug not in situation.world.films:
        raise NotFoundException(f"no film {slug}")
    situation.log(member, slug, data.stars, data.liked)


@post("/moves", status_code=204)
async def add_move(data: JSONBody[Move], situation: NamedDependency[Situation]) -> None:
    """Change a watchlist while it is read."""
    _known(situation, data.member)
    situation.moves.append(data)


@post("/dropped", status_code=204)
async def drop_title(data: JSONBody[Dropped], situation: NamedDependency[Situation]) -> None:
    """Let TMDB forget a title."""
    situation.dropped.add((data.media_type, data.tmdb_id))


@get("/films/{slug:str}")
async def read_film(slug: FromPath[str], situation: NamedDependency[Situation]) -> Film:
    """The facts of a film, the true TMDB id among them."""
    film = situation.world.film(slug)
    if film is None:
        raise NotFoundException(f"no film {slug}")
    return film


@get("/truth/{member:str}")
async def read_truth(member: FromPath[str], situation: NamedDependency[Situation]) -> dict[str, Truth]:
    """What each film of the member's watchlist truly is, by its slug."""
    films = (situation.world.films[slug] for slug in _known(situation, member))
    return {film.slug: Truth(film.case, film.tmdb) for film in films}


@get("/films/{slug:str}/offers")
async def read_offers(slug: FromPath[str], situation: NamedDependency[Situation]) -> list[Offer]:
    """Where the film streams on the present day."""
    film = situation.world.film(slug)
    if film is None:
        raise NotFoundException(f"no film {slug}")
    return sorted(situation.offers(film))


@get("/changes")
async def read_changes(situation: NamedDependency[Situation]) -> Changes:
    """The offers that come and go between yesterday and today."""
    return Changes(sorted(situation.world.arrivals), sorted(situation.world.departures))


@get("/requests")
async def read_requests(traffic: NamedDependency[Traffic], prefix: FromQuery[str] = "") -> dict[str, int]:
    """How often each path below `prefix` was asked for."""
    return {path: count for path, count in traffic.paths.items() if path.startswith(prefix)}


@delete("/requests")
async def forget_requests(traffic: NamedDependency[Traffic]) -> None:
    """Start counting afresh."""
    traffic.forget()


@get("/paces/{family:str}")
async def read_pace(family: FromPath[str], traffic: NamedDependency[Traffic]) -> Pace:
    """How fast a family was called."""
    return traffic.pace(family)


@post("/clear", status_code=204)
async def clear(faults: NamedDependency[Faults], traffic: NamedDependency[Traffic]) -> None:
    """End every fault, latency and limit; the world stays as it is."""
    faults.clear()
    traffic.lift_limits()


@post("/reset", status_code=204)
async def reset(
    holder: NamedDependency[SituationHolder], faults: NamedDependency[Faults], traffic: NamedDependency[Traffic]
) -> None:
    """The world as it was at first, well-behaved and with nothing counted."""
    holder.reset()
    faults.clear()
    traffic.lift_limits()
    traffic.forget()


def _known(situation: Situation, member: str) -> list[str]:
    if member not in situation.watchlists:
        raise NotFoundException(f"no member {member}")
    return situation.watchlists[member]


router = Router(
    "/_demo",
    route_handlers=[
        add_fault, set_latency, set_limit, change_settings, make_private, make_missing, rename_member, judge_film,
        unwatch_film, read_watchlist, add_film, remove_film, log_film, add_move, drop_title, read_film, read_truth,
        read_offers, read_changes, read_requests, forget_requests, read_pace, clear, reset,
    ],
)  # fmt: skip
