"""Films and watchlists as the API shows them: a constant number of queries, whatever the size of a page."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import Column, ColumnElement, FromClause, Select, case, exists, func, literal, select

from api.db import facts
from api.db.connection import Connection
from api.db.links import Links
from api.db.paging import Paging, page_of
from api.db.tables import (
    availability,
    availability_checks,
    film_matches,
    films,
    members,
    providers,
    ratings,
    watchlist_entries,
)
from api.db.text import fold
from api.errors import NotFound
from api.schemas.films import Film, FilmDetails, MatchState, Offer, OfferKind, WatchlistEntry
from api.schemas.pages import Page

SortBy = Literal["position", "title", "year"]

OFFER_ORDER = {"flatrate": 0, "free": 1, "ads": 2, "rent": 3, "buy": 4}
SUBSCRIPTION = ("flatrate", "free", "ads")
"""The offers by which a film costs nothing beside what is paid for the provider anyway."""
LISTED = films.outerjoin(film_matches, film_matches.c.film_id == films.c.id)
"""Every film, with its match where it has one; a film without one is pending."""
MATCH_STATE = func.coalesce(film_matches.c.state, "pending")
IS_OPEN = availability.c.closed_at.is_(None)
ON_WATCHLIST = watchlist_entries.c.removed_at.is_(None)


class FilmFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which films a list shows. What is empty filters nothing; provider, offer and country must fit one open offer."""

    countries: tuple[str, ...]
    member: str | None = None
    states: tuple[MatchState, ...] = ()
    providers: tuple[int, ...] = ()
    offers: tuple[OfferKind, ...] = ()
    q: str | None = None


class Order(msgspec.Struct, frozen=True):
    """How a list is sorted; films alike keep one order over all pages, and what has no value comes last."""

    by: SortBy
    descending: bool = False


async def listing(db: Connection, filters: FilmFilters, order: Order, paging: Paging, links: Links) -> Page[Film]:
    """The films that the filters let through."""
    chosen = select(films.c.id.label("film_id")).select_from(LISTED).where(*conditions(filters))
    total = await _count(db, chosen)
    page = _cut(chosen, order, paging, total)
    rows = (await db.execute(_sorted(_film_rows(filters.countries, links, page), order))).all()
    offers = await _offers(db, [row[0] for row in rows], filters.countries, links)
    return page_of([Film(*(*row[1:], offers[row[0]])) for row in rows], total, paging)


async def watchlist(
    db: Connection, username: str, filters: FilmFilters, order: Order, paging: Paging, links: Links
) -> Page[WatchlistEntry]:
    """The films that are on this member's watchlist now, as far as the filters let them through."""
    entry = watchlist_entries.c
    chosen = (
        select(entry.film_id, entry.id.label("entry_id"))
        .select_from(LISTED.join(watchlist_entries, entry.film_id == films.c.id).join(members))
        .where(members.c.username == username, ON_WATCHLIST, *conditions(filters))
    )
    total = await _count(db, chosen)
    page = _cut(chosen, order, paging, total)
    query = (
        _film_rows(filters.countries, links, page)
        .join(watchlist_entries, entry.id == page.c.entry_id)
        .outerjoin(ratings, (ratings.c.member_id == entry.member_id) & (ratings.c.film_id == entry.film_id))
        .add_columns(entry.position, entry.added_at, entry.first_seen_at, ratings.c.watched_on, ratings.c.rating)
    )
    rows = (await db.execute(_sorted(query, order))).all()
    offers = await _offers(db, [row[0] for row in rows], filters.countries, links)
    return page_of([WatchlistEntry(*(*row[1:-5], offers[row[0]], *row[-5:])) for row in rows], total, paging)


async def by_slug(db: Connection, slug: str, countries: Sequence[str], links: Links) -> FilmDetails:
    """The film with this slug; raises NotFound."""
    page = select(films.c.id.label("film_id")).where(films.c.slug == slug).subquery("page")
    row = (await db.execute(_film_rows(countries, links, page))).one_or_none()
    if row is None:
        raise NotFound("film", slug)
    offers = await _offers(db, [row[0]], countries, links)
    more = msgspec.structs.asdict(await facts.of_film(db, row[0]))
    return FilmDetails(*(*row[1:], offers[row[0]]), **more)


def _film_rows(countries: Sequence[str], links: Links, page: FromClause) -> Select[Any]:
    """The id, then the fields of Film but its offers, in their order, of the films in `page`."""
    film, match = films.c, film_matches.c
    return select(
        film.id,
        film.slug,
        film.lid,
        film.title,
        film.year,
        links.film(film.slug),
        match.media_type,
        match.tmdb_id,
        match.imdb_id,
        MATCH_STATE,
        match.confidence,
        match.message,
        film.runtime_minutes,
        film.overview,
        links.poster(film.poster_path),
        _checked_at(countries),
    ).select_from(LISTED.join(page, page.c.film_id == film.id))


def _checked_at(countries: Sequence[str]) -> ColumnElement[Any]:
    """Since when every one of these countries is known; null where one of them was never checked."""
    check = availability_checks.c
    known = case((func.count() == len(countries), func.min(check.checked_at)))
    return select(known).where(check.film_id == films.c.id, check.country.in_(countries)).scalar_subquery()


async def _offers(
    db: Connection, film_ids: Sequence[int], countries: Sequence[str], links: Links
) -> defaultdict[int, list[Offer]]:
    """The open offers of these films in these countries: the first country first, the cheapest way to watch first."""
    offer = availability.c
    rows = await db.execute(
        select(
            offer.film_id,
            offer.country,
            offer.provider_id,
            providers.c.name,
            links.logo(providers.c.logo_path),
            offer.offer,
            offer.opened_at,
        )
        .join(providers)
        .where(offer.film_id.in_(film_ids), offer.country.in_(countries), IS_OPEN)
        .order_by(
            _ranked(offer.country, countries),
            _ranked(offer.offer, OFFER_ORDER),
            offer.priority,
            providers.c.name,
            offer.id,
        )
    )
    found: defaultdict[int, list[Offer]] = defaultdict(list)
    for film_id, *fields in rows:
        found[film_id].append(Offer(*fields))
    return found


def _ranked(column: Column[str], values: Iterable[str]) -> ColumnElement[int]:
    return case({value: rank for rank, value in enumerate(values)}, value=column, else_=len(OFFER_ORDER))


def conditions(filters: FilmFilters) -> list[ColumnElement[bool]]:
    """What a row of LISTED must meet to be let through."""
    conditions = [_begins_a_word(word) for word in fold(filters.q or "").split()]
    if filters.member is not None:
        conditions.append(on_watchlist_of([filters.member], films.c.id))
    if filters.states:
        conditions.append(MATCH_STATE.in_(filters.states))
    if filters.providers or filters.offers:
        conditions.append(_has_offer(filters))
    return conditions


def _begins_a_word(word: str) -> ColumnElement[bool]:
    padded = literal(" ") + films.c.search_title
    return padded.contains(f" {word}", autoescape=True)


def on_watchlist_of(usernames: Collection[str], film_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether one of these members has the film on the watchlist now."""
    theirs = members.c.username.in_(usernames)
    return film_id.in_(select(watchlist_entries.c.film_id).join(members).where(theirs, ON_WATCHLIST))


def _has_offer(filters: FilmFilters) -> ColumnElement[bool]:
    offer = availability.c
    fitting = [offer.film_id == films.c.id, offer.country.in_(filters.countries), IS_OPEN]
    if filters.providers:
        fitting.append(offer.provider_id.in_(filters.providers))
    if filters.offers:
        fitting.append(offer.offer.in_(filters.offers))
    return exists().where(*fitting)


async def _count(db: Connection, query: Select[Any]) -> int:
    return (await db.execute(select(func.count()).select_from(query.subquery()))).scalar_one()


def _cut(chosen: Select[Any], order: Order, paging: Paging, total: int) -> FromClause:
    """The ids on this page alone, so that nothing else is read of the films on other pages."""
    return _sorted(chosen, order).limit(paging.rows(total)).offset(paging.offset).subquery("page")


def _sorted(query: Select[Any], order: Order) -> Select[Any]:
    columns: dict[SortBy, Column[Any]] = {
        "position": watchlist_entries.c.position,
        "title": films.c.sort_title,
        "year": films.c.year,
    }
    keys: list[ColumnElement[Any]] = [columns[order.by]]
    if order.by == "year":
        keys.append(films.c.sort_title)
    keys.append(films.c.id)
    if order.descending:
        keys = [key.desc() for key in keys]
    if order.by != "title":
        keys[0] = keys[0].nulls_last()
    return query.order_by(*keys)
