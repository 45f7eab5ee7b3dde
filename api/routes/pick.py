"""The pick: one film for tonight, and why."""

from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import pick
from api.answers import FOLLOWS, FROM_DATA_AND_TIME
from api.brands import Brands
from api.db import facts, films
from api.db import pick as rows
from api.db.engine import Database
from api.db.film_filters import FilmFilters
from api.db.links import Links
from api.dependencies import LARGEST_ID
from api.errors import NothingFits
from api.film_parameters import FILTERS, ExcludeSeenBy, Id, Match, Members, of_members, without_seen
from api.problems import documented
from api.schemas.pick import Pick
from api.settings import Settings

NO_FILTERS = ("seed", "match", "rating_source")


@get("/", operation_id="pickFilm", summary="Pick a film for tonight", responses=documented(404))
async def pick_film(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    known_brands: NamedDependency[Brands],
    filters: NamedDependency[FilmFilters],
    member: Members = None,
    match: Match = "any",
    exclude_seen_by: ExcludeSeenBy = None,
    seed: Annotated[
        Id | None,
        QueryParameter(ge=0, le=LARGEST_ID, description="Another number, another film; default: one for each day."),
    ] = None,
) -> Pick:
    """One film of the watchlists, under the filters of the list of films, and why it is this one.

    Unless the filters say where to look, it is one on the services of the first `member` (else of the owner); where
    there is none, one without extra payment elsewhere; where there is none either, any. Films that more members want,
    that have waited longer and that are rated better are chosen more often. A day has one film, in `REFRESH_TIMEZONE`.
    """
    now = datetime.now(UTC)
    number = now.astimezone(ZoneInfo(settings.refresh_timezone)).toordinal() if seed is None else seed
    async with database.read() as db:
        wanted = await of_members(db, filters, member, match, settings)
        wanted = await without_seen(db, wanted, exclude_seen_by, settings)
        payer = wanted.services_of or (wanted.members or settings.letterboxd_username)[0]
        found = await rows.candidates(db, wanted, payer)
        if not found:
            raise NothingFits([name for name in dict.fromkeys(request.query_params) if name not in NO_FILTERS])
        choice = pick.chosen(found, wanted, now, number)
        film = await films.by_id(db, choice.row.film_id, wanted.countries, links)
        wishes, services = await facts.wishes(db, choice.row.film_id), await rows.services_of(db, payer)
    return pick.explained(choice, film, wishes, services, wanted, known_brands)


pick_router = Router(
    "/pick", route_handlers=[pick_film], dependencies=FILTERS, tags=["films"], opt={FOLLOWS: FROM_DATA_AND_TIME}
)
