"""Films and watchlists as the API shows them: a constant number of queries, whatever the size of a page."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import msgspec
from msgspec.structs import asdict
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    Subquery,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy import cast as sql_cast

from api.db import facets, facts
from api.db.connection import Connection
from api.db.film_filters import (
    ADDED_AT,
    IS_OPEN,
    LISTED,
    MATCH_STATE,
    RATINGS,
    FilmFilters,
    FilterShape,
    RatingSource,
    entries_of,
    fitting,
    let_through,
    shape_of,
)
from api.db.links import Links
from api.db.paging import Paging, page_of
from api.db.statements import Build, among, rows, value
from api.db.tables import (
    availability,
    availability_checks,
    film_matches,
    films,
    providers,
    ratings,
    watchlist_entries,
)
from api.errors import NotFound
from api.schemas.films import Film, FilmDetails, Offer, WatchlistEntry
from api.schemas.pages import FilmPage

SortBy = Literal["position", "title", "year", "runtime", "rating", "popularity", "added", "arrived", "random"]

OFFER_ORDER = {"flatrate": 0, "free": 1, "ads": 2, "rent": 3, "buy": 4}
PRIME = 2**31 - 1
SIZES = (1, 10, 50, 100)
"""Of how many films the offers are asked for at once."""
NEVER_NULL = ("title", "random")
KEY = "key_"
"""How the names of the columns begin that a list is sorted by."""
OFFERS = len(Film.__struct_fields__)
"""Where in a row of a film the offers belong, as its last field: entries of a watchlist go on after them."""


class Order(msgspec.Struct, frozen=True):
    """How a list is sorted; films alike keep one order over all pages, and what has no value comes last.

    One `seed` is one random order.
    """

    by: SortBy
    descending: bool = False
    seed: int = 1


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What of a list is told: these fields of each film, all where none is named, and the facets or not."""

    fields: tuple[str, ...] = ()
    facets: bool = False


WHOLE = View()


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What decides how the queries of one list read; `of_member`: it is a watchlist."""

    filters: FilterShape
    by: SortBy
    descending: bool
    links: Links
    of_member: bool


async def listing(
    db: Connection, filters: FilmFilters, order: Order, paging: Paging, links: Links, view: View = WHOLE
) -> FilmPage[Film]:
    """The films that the filters let through."""
    found, total = await _page(db, filters, order, paging, links, view)
    counted = await facets.under(db, filters, links) if view.facets else msgspec.UNSET
    return FilmPage(**asdict(page_of(found, total, paging)), facets=counted)


async def watchlist(
    db: Connection,
    username: str,
    filters: FilmFilters,
    order: Order,
    paging: Paging,
    links: Links,
    view: View = WHOLE,
) -> FilmPage[WatchlistEntry]:
    """The films that are on this member's watchlist now, as far as the filters let them through."""
    found, total = await _page(db, filters, order, paging, links, view, username)
    counted = await facets.under(db, filters, links, username) if view.facets else msgspec.UNSET
    return FilmPage(**asdict(page_of(found, total, paging)), facets=counted)


async def by_slug(db: Connection, slug: str, countries: Sequence[str], links: Links) -> FilmDetails:
    """The film with this slug; raises NotFound."""
    found = await _alone(db, _by_slug_query, {"slug": slug}, countries, links)
    if not found:
        raise NotFound("film", slug)
    return await facts.details(db, *found, countries)


async def by_id(db: Connection, film_id: int, countries: Sequence[str], links: Links) -> Film:
    """The film with this id, which there is, as lists show it."""
    found = await _alone(db, _by_id_query, {"film_id": film_id}, countries, links)
    if not found:
        raise NotFound("film", film_id)
    return found[1]


async def _alone(
    db: Connection, query: Build[Links], values: dict[str, Any], countries: Sequence[str], links: Links
) -> tuple[int, Film] | None:
    """The id of the only film that the query finds, and the film."""
    found = await rows(db, query, links, values | {"countries": countries, "number_of_countries": len(countries)})
    if not found:
        return None
    [row] = found
    offers = await _offers(db, [row[0]], countries, links)
    return row[0], Film(*(*row[1:], offers[row[0]]))


async def _page(
    db: Connection,
    filters: FilmFilters,
    order: Order,
    paging: Paging,
    links: Links,
    view: View,
    username: str | None = None,
) -> tuple[list[Any], int]:
    """The films, or entries of a watchlist, of one page as far as the view tells of them, and how many are in all."""
    filter_shape, values = shape_of(filters)
    shape = Shape(
        filters=filter_shape, by=order.by, descending=order.descending, links=links, of_member=username is not None
    )
    values |= {"username": username, "page_rows": paging.most, "page_offset": paging.offset, **_mix(order.seed)}
    found = await rows(db, _page_query, shape, values)
    if not found:
        return [], await value(db, _count_query, shape, values)
    total = found[0][-1]
    tells_offers = not view.fields or "offers" in view.fields
    offers = await _offers(db, [row[0] for row in found], filters.countries, links) if tells_offers else {}
    return _items(WatchlistEntry if shape.of_member else Film, found, offers, view.fields), total


def _items(
    kind: type[Film], found: Sequence[Sequence[Any]], offers: Mapping[int, list[Offer]], fields: tuple[str, ...]
) -> list[Any]:
    """Rows as items of this kind; where fields are named, as objects of those alone, in their order."""
    if not fields:
        end = len(kind.__struct_fields__)
        return [kind(*(*row[1:OFFERS], offers[row[0]], *row[OFFERS:end])) for row in found]
    places = _places(kind, fields)
    return [{name: offers[row[0]] if place is None else row[place] for name, place in places} for row in found]


@lru_cache(maxsize=256)
def _places(kind: type[Film], fields: tuple[str, ...]) -> list[tuple[str, int | None]]:
    """Where in a row each of these fields stands; the offers are in none."""
    stored = ("id", *(name for name in kind.__struct_fields__ if name != "offers"))
    return [(name, None if name == "offers" else stored.index(name)) for name in fields]


def _count_query(shape: Shape) -> Select[Any]:
    return let_through(shape.filters, func.count(), of_member=shape.of_member)


def _page_query(shape: Shape) -> Select[Any]:
    """The rows of one page, and last in each how many films are on all pages.

    The ids of a page are found first, so that nothing else is read of films on other pages.
    """
    page, total = _chosen(shape)
    query = _film_rows(shape.links, page, shape.filters.rating_source)
    if shape.of_member:
        entry = watchlist_entries.c
        query = (
            query.join(watchlist_entries, entry.id == page.c.entry_id)
            .outerjoin(ratings, (ratings.c.member_id == entry.member_id) & (ratings.c.film_id == entry.film_id))
            .add_columns(entry.position, entry.added_at, entry.first_seen_at, ratings.c.watched_on, ratings.c.rating)
        )
    keys = [column for column in page.c if column.name.startswith(KEY)]
    return query.add_columns(total).order_by(*_directed(shape, keys))


def _chosen(shape: Shape) -> tuple[Subquery, ScalarSelect[int]]:
    """The ids and the keys of one page's films, and how many are on all pages.

    Films that are hard to find are found once, and both counted and sorted; of others there are so many that it is
    better to count them in one index, and to read another in its order until the page is full.
    """
    keys = [key.label(f"{KEY}{number}") for number, key in enumerate(_keys(shape))]
    ids = [films.c.id.label("film_id"), *([watchlist_entries.c.id.label("entry_id")] if shape.of_member else [])]
    chosen = let_through(shape.filters, *ids, *keys, of_member=shape.of_member)
    order: Sequence[ColumnElement[Any]] = keys
    total = _count_query(shape)
    if shape.of_member or shape.filters.is_narrow:
        found = chosen.cte("found")
        chosen, total = select(found), select(func.count()).select_from(found)
        order = [found.c[key.name] for key in keys]
    limit, offset = bindparam("page_rows", type_=Integer), bindparam("page_offset", type_=Integer)
    page = chosen.order_by(*_directed(shape, order)).limit(limit).offset(offset).subquery("page")
    return page, total.scalar_subquery()


def _keys(shape: Shape) -> list[ColumnElement[Any]]:
    film = films.c
    columns: dict[SortBy, Callable[[], ColumnElement[Any]]] = {
        "position": lambda: _of_entries(shape, watchlist_entries.c.position, func.min),
        "title": lambda: film.sort_title,
        "year": lambda: film.year,
        "runtime": lambda: film.runtime_minutes,
        "rating": lambda: RATINGS[shape.filters.rating_source],
        "popularity": lambda: film.tmdb_popularity,
        "added": lambda: _of_entries(shape, ADDED_AT, func.max),
        "arrived": lambda: _arrived(shape),
        "random": _random,
    }
    more = () if shape.by in NEVER_NULL else (film.sort_title,)
    return [columns[shape.by](), *more, film.id]


def _directed(shape: Shape, keys: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    directed = [key.desc() if shape.descending else key for key in keys]
    if shape.by not in NEVER_NULL:
        directed[0] = directed[0].nulls_last()
    return directed


def _of_entries(shape: Shape, column: ColumnElement[Any], choose: Callable[[Any], Any]) -> ColumnElement[Any]:
    if shape.of_member:
        return column
    return select(choose(column)).where(*entries_of(shape.filters)).correlate(films).scalar_subquery()


def _arrived(shape: Shape) -> ColumnElement[Any]:
    offer = availability.c
    newest = select(func.max(offer.opened_at)).where(offer.film_id == films.c.id, *fitting(shape.filters))
    return newest.correlate(films).scalar_subquery()


def _random() -> ColumnElement[int]:
    """A film's place in the order of a seed: its id, multiplied and squared in a field of prime order."""
    factor, summand = bindparam("factor", type_=BigInteger), bindparam("summand", type_=BigInteger)
    mixed = (sql_cast(films.c.id, BigInteger) * factor + summand) % PRIME
    return mixed * mixed % PRIME


def _mix(seed: int) -> dict[str, int]:
    return {"factor": (seed * 48271 + 1_103_515_245) % PRIME or 1, "summand": (seed * 69621 + 12_345) % PRIME}


def _by_slug_query(links: Links) -> Select[Any]:
    page = select(films.c.id.label("film_id")).where(films.c.slug == bindparam("slug")).subquery("page")
    return _film_rows(links, page)


def _by_id_query(links: Links) -> Select[Any]:
    page = select(films.c.id.label("film_id")).where(films.c.id == bindparam("film_id")).subquery("page")
    return _film_rows(links, page)


def _film_rows(links: Links, page: FromClause, rating: RatingSource = "any") -> Select[Any]:
    """The id, then the fields of Film but its offers, in their order, of the films in `page`, by this `rating`."""
    film, match = films.c, film_matches.c
    return select(
        film.id,
        film.slug,
        film.lid,
        film.title,
        film.original_title,
        film.year,
        links.film(film.slug),
        match.media_type,
        match.tmdb_id,
        match.imdb_id,
        MATCH_STATE,
        match.confidence,
        match.message,
        film.runtime_minutes,
        RATINGS[rating],
        film.tmdb_popularity,
        film.overview,
        links.poster(film.poster_path),
        _checked_at(),
    ).select_from(LISTED.join(page, page.c.film_id == film.id))


def _checked_at() -> ColumnElement[Any]:
    """Since when every one of the countries is known; null where one of them was never checked."""
    check = availability_checks.c
    everywhere = func.count() == bindparam("number_of_countries", type_=Integer)
    known = case((everywhere, func.min(check.checked_at)))
    return select(known).where(check.film_id == films.c.id, among(check.country, "countries")).scalar_subquery()


async def _offers(
    db: Connection, film_ids: Sequence[int], countries: Sequence[str], links: Links
) -> defaultdict[int, list[Offer]]:
    """The open offers of these films in these countries: the first country first, the cheapest way to watch first."""
    found: defaultdict[int, list[Offer]] = defaultdict(list)
    size = next(size for size in SIZES if size >= len(film_ids))
    padded = [*film_ids, *[film_ids[-1]] * (size - len(film_ids))]
    values = {f"film_{number}": film_id for number, film_id in enumerate(padded)} | {"countries": countries}
    for film_id, *fields in await rows(db, _offers_query, (links, size), values):
        found[film_id].append(Offer(*fields))
    if len(countries) > 1:
        rank = {country: number for number, country in enumerate(countries)}
        for offers in found.values():
            offers.sort(key=lambda offer: rank[offer.country])
    return found


def _offers_query(shape: tuple[Links, int]) -> Select[Any]:
    """The films are named one by one and the providers joined from the left, so that SQLite begins with the films."""
    links, size = shape
    offer = availability.c
    these = offer.film_id.in_([bindparam(f"film_{number}", type_=Integer) for number in range(size)])
    return (
        select(
            offer.film_id,
            offer.country,
            offer.provider_id,
            providers.c.name,
            links.logo(providers.c.logo_path),
            offer.offer,
            offer.opened_at,
        )
        .outerjoin(providers)
        .where(these, among(offer.country, "countries"), IS_OPEN)
        .order_by(
            case(OFFER_ORDER, value=offer.offer, else_=len(OFFER_ORDER)), offer.priority, providers.c.name, offer.id
        )
    )
