"""A film's availability: where it can be seen, and where it could be before."""

from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.db import intervals
from api.db.engine import Database
from api.db.links import Links
from api.problems import documented
from api.schemas.availability import FilmAvailability

History = Annotated[bool, QueryParameter(description="Also the stays that have ended, and those shown by mistake.")]


@get(
    "/{slug:str}/availability",
    operation_id="getAvailability",
    summary="Get a film's availability",
    responses=documented(404),
)
async def get_availability(
    slug: FromPath[str],
    database: NamedDependency[Database],
    links: NamedDependency[Links],
    countries: NamedDependency[tuple[str, ...]],
    history: History = False,
) -> FilmAvailability:
    """Where a film can be seen, since when Marquee knows, and how long films usually stay there.

    A typical stay is told where at least five films were seen to come and to go.
    """
    async with database.read() as db:
        return await intervals.of_film(db, slug, countries, links, history=history)


availability_router = Router("/films", route_handlers=[get_availability], tags=["availability"])
