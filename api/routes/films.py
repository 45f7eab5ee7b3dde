"""Films: every film that Marquee knows, with its offers."""

from typing import Annotated, Literal

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec.structs import replace

from api.answers import FOLLOWS, FROM_DATA
from api.db import films
from api.db.engine import Database
from api.db.films import FilmFilters, Order
from api.db.links import Links
from api.db.paging import Paging
from api.dependencies import MemberFilter, SortOrder, known_member_filter
from api.problems import documented
from api.schemas.films import Film, FilmDetails
from api.schemas.pages import Page
from api.settings import Settings

SortBy = Annotated[Literal["title", "year"], QueryParameter(description="What to sort by.")]


@get("/", operation_id="listFilms", summary="List films", responses=documented())
async def list_films(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
    filters: NamedDependency[FilmFilters],
    paging: NamedDependency[Paging],
    member: MemberFilter = None,
    sort_by: SortBy = "title",
    sort_order: SortOrder = "asc",
) -> Page[Film]:
    """Films, with what is open now in the countries shown; with `member`, the films on that member's watchlist."""
    async with database.read() as db:
        chosen = replace(filters, member=await known_member_filter(db, member, settings))
        return await films.listing(db, chosen, Order(sort_by, sort_order == "desc"), paging, links)


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
