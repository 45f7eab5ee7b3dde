"""Films: every film that Marquee knows, with its offers."""

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.answers import FOLLOWS, FROM_DATA
from api.db import films
from api.db.engine import Database
from api.db.film_filters import FilmFilters
from api.db.films import Order, View
from api.db.links import Links
from api.db.paging import Paging
from api.dependencies import SortOrder
from api.errors import Invalid
from api.film_parameters import FILTERS, ExcludeSeenBy, FilmSortBy, Match, Members, Seed, of_members, without_seen
from api.film_views import view_of
from api.problems import documented
from api.schemas.films import Film, FilmDetails
from api.schemas.pages import FilmPage
from api.settings import Settings


@get(
    "/",
    operation_id="listFilms",
    summary="List films",
    dependencies=FILTERS | view_of(Film),
    responses=documented(),
)
async def list_films(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    filters: NamedDependency[FilmFilters],
    paging: NamedDependency[Paging],
    view: NamedDependency[View],
    member: Members = None,
    match: Match = "any",
    exclude_seen_by: ExcludeSeenBy = None,
    sort_by: FilmSortBy = "title",
    sort_order: SortOrder = "asc",
    seed: Seed = 1,
) -> FilmPage[Film]:
    """Films, with what is open now in the countries shown; with `member`, the films on that member's watchlist."""
    async with database.read() as db:
        chosen = await of_members(db, filters, member, match, settings)
        chosen = await without_seen(db, chosen, exclude_seen_by, settings)
        if sort_by == "position" and len(chosen.members) != 1:
            raise Invalid([("sort_by", "is position, which needs one member")])
        return await films.listing(db, chosen, Order(sort_by, sort_order == "desc", seed), paging, links, view)


@get("/{slug:str}", operation_id="getFilm", summary="Get a film", responses=documented(404))
async def get_film(
    slug: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
) -> FilmDetails:
    """One film by its Letterboxd slug, with its offers in every configured country, and who has it on a watchlist."""
    async with database.read() as db:
        return await films.by_slug(db, slug, settings.country, links)


films_router = Router("/films", route_handlers=[list_films, get_film], tags=["films"], opt={FOLLOWS: FROM_DATA})
