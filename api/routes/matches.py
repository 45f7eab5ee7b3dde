"""Matches: the questions that wait for a person, and the answers to them."""

import logging
from datetime import UTC, datetime
from typing import Annotated

from arq.connections import ArqRedis
from litestar import Router, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.answers import FOLLOWS, FROM_DATA
from api.db import decisions, questions
from api.db.decisions import Choice
from api.db.engine import Database
from api.db.links import Links
from api.db.paging import Paging
from api.db.questions import QuestionFilters, QuestionOrder, SortBy
from api.dependencies import MemberFilter, SortOrder, known_member_filter
from api.errors import Invalid, Unavailable
from api.guards import demand_json
from api.problems import documented
from api.queue import enqueue_film
from api.schemas.films import MatchState
from api.schemas.matches import DecidedMatch, Decision, Match
from api.schemas.pages import Page
from api.settings import Settings

MatchSortBy = Annotated[SortBy, QueryParameter(description="What to sort by.")]
States = Annotated[
    list[MatchState] | None,
    QueryParameter(name="state", max_items=10, description="States; default: all that wait for a person."),
]
IsLocked = Annotated[
    bool, QueryParameter(description="What a person decided, in every state, instead of what waits for one.")
]
Words = Annotated[
    str | None, QueryParameter(max_length=200, description="Beginnings of words of the title or original title.")
]

NOW = "Marquee reads what TMDB says of it now."
LATER = "The queue (Valkey or Redis) does not answer, so the next refresh reads what TMDB says of it."
AGAIN_NOW = "Marquee looks for its title again now."
AGAIN_LATER = "The queue (Valkey or Redis) does not answer, so the next refresh looks for its title again."
NEVER = "Marquee does not look for it any more."

logger = logging.getLogger(__name__)


@get("/", operation_id="listMatches", summary="List matches that wait", responses=documented())
async def list_matches(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    paging: NamedDependency[Paging],
    match_state: States = None,
    locked: IsLocked = False,
    member: MemberFilter = None,
    q: Words = None,
    sort_by: MatchSortBy = "title",
    sort_order: SortOrder = "asc",
) -> Page[Match]:
    """Films on the watchlists whose TMDB title is not known, with the titles that each may be.

    `review` waits for a choice, `not_found` for a title that Marquee did not find, `error` for a source that did not
    answer. With `locked=true`, the decisions that persons made.
    """
    async with database.read() as db:
        filters = QuestionFilters(
            followed=settings.letterboxd_username,
            states=tuple(match_state or ()),
            decided=locked,
            member=await known_member_filter(db, member, settings),
            q=q,
        )
        return await questions.listing(db, filters, QuestionOrder(sort_by, sort_order == "desc"), paging, links)


@get("/", operation_id="getMatch", summary="Get a film's match", responses=documented(404))
async def get_match(slug: FromPath[str], database: NamedDependency[Database], links: NamedDependency[Links]) -> Match:
    """What Marquee takes the film for, how it knows, and what else the film may be."""
    async with database.read() as db:
        return await questions.by_slug(db, slug, links)


@put(
    "/", operation_id="decideMatch", summary="Decide a match", guards=[demand_json], responses=documented(404, 413, 415)
)
async def decide_match(
    slug: FromPath[str],
    data: JSONBody[Decision],
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    links: NamedDependency[Links],
) -> DecidedMatch:
    """Say which title a film is, by `media_type` and `tmdb_id`, or by `{"state": "not_found"}` that there is none.

    The decision is locked: nothing but another one, or `DELETE`, changes it. What was known by a former title is
    taken back as a correction. The details and offers of the new one follow within seconds, or with the next refresh
    while the queue is away.
    """
    choice = _choice(data)
    async with database.write() as db:
        film_id = await questions.film_id_of(db, slug)
        await decisions.decide(db, film_id, choice, datetime.now(UTC))
    if choice is None:
        return await _decided(database, links, film_id, queued=False, note=NEVER)
    queued = await see_to(queue, film_id)
    return await _decided(database, links, film_id, queued=queued, note=NOW if queued else LATER)


@delete(
    "/",
    operation_id="takeMatchBack",
    summary="Take a decision back",
    status_code=200,
    responses=documented(404),
)
async def take_match_back(
    slug: FromPath[str],
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    links: NamedDependency[Links],
) -> DecidedMatch:
    """Unlock a film: Marquee looks for its title again, as if nobody had decided.

    Its title, and what is known by that, stays until another one is found, or none: that is then a correction. A film
    that nobody decided is only tried again.
    """
    async with database.write() as db:
        film_id = await questions.film_id_of(db, slug)
        await decisions.take_back(db, film_id)
    queued = await see_to(queue, film_id)
    return await _decided(database, links, film_id, queued=queued, note=AGAIN_NOW if queued else AGAIN_LATER)


async def see_to(queue: ArqRedis | None, *film_ids: int) -> bool:
    """Have these films seen to within seconds; False where nobody can be asked, so that the next refresh does it."""
    if queue is None:
        return False
    try:
        for film_id in film_ids:
            await enqueue_film(queue, film_id)
    except Unavailable as error:
        logger.warning("%s", error)
        return False
    return True


async def _decided(database: Database, links: Links, film_id: int, *, queued: bool, note: str) -> DecidedMatch:
    async with database.read() as db:
        match = await questions.by_id(db, film_id, links)
        same_title = await questions.same_title(db, match, links)
    plain = {name: getattr(match, name) for name in match.__struct_fields__}
    return DecidedMatch(**plain, queued=queued, note=note, same_title=same_title)


def _choice(decision: Decision) -> Choice:
    """What a decision says; raises Invalid where it says two things, or nothing."""
    faults: list[tuple[str, str]] = []
    if not decision.locked:
        faults.append(("locked", "is always true of a decision; DELETE takes one back"))
    none = decision.state == "not_found"
    for name, value in (("media_type", decision.media_type), ("tmdb_id", decision.tmdb_id)):
        if none and value is not None:
            faults.append((name, "does not go with the state not_found"))
        if not none and value is None:
            faults.append((name, "is missing; a film that is not on TMDB has the state not_found instead"))
    if faults:
        raise Invalid(faults)
    return (decision.media_type, decision.tmdb_id) if decision.media_type and decision.tmdb_id else None


matches_router = Router("/matches", route_handlers=[list_matches], tags=["matches"], opt={FOLLOWS: FROM_DATA})
match_router = Router(
    "/films/{slug:str}/match",
    route_handlers=[get_match, decide_match, take_match_back],
    tags=["matches"],
    opt={FOLLOWS: FROM_DATA},
)
