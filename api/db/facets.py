"""Facets: how many of the films that the filters let through have a provider, genre, decade or kind of offer."""

from typing import Any, get_args

import msgspec
from sqlalchemy import ColumnElement, Select, func, select

from api.db.connection import Connection
from api.db.film_filters import FilmFilters, FilterShape, fitting, let_through, shape_of
from api.db.links import Links
from api.db.statements import rows
from api.db.tables import availability, film_genres, films, genres, providers
from api.schemas.facets import DecadeFacet, Facets, GenreFacet, OfferFacet, ProviderFacet
from api.schemas.films import OfferKind

KINDS = get_args(OfferKind)


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What decides how the queries read; `of_member`: the films are those of a watchlist."""

    filters: FilterShape
    links: Links
    of_member: bool


async def under(db: Connection, filters: FilmFilters, links: Links, username: str | None = None) -> Facets:
    """The facets of all films that the filters let through, or of those on this member's watchlist: four queries."""
    filter_shape, values = shape_of(filters)
    values["username"] = username
    shape = Shape(filters=filter_shape, links=links, of_member=username is not None)
    offers = [OfferFacet(*row) for row in await rows(db, _by_offer, shape, values, aside=True)]
    return Facets(
        providers=[ProviderFacet(*row) for row in await rows(db, _by_provider, shape, values, aside=True)],
        genres=[GenreFacet(*row) for row in await rows(db, _by_genre, shape, values, aside=True)],
        decades=[DecadeFacet(*row) for row in await rows(db, _by_decade, shape, values, aside=True)],
        offers=sorted(offers, key=lambda facet: KINDS.index(facet.offer)),
    )


def _by_provider(shape: Shape) -> Select[Any]:
    offer, count = availability.c, func.count(availability.c.film_id.distinct())
    counted = (
        select(offer.provider_id, count.label("films"))
        .where(*_chosen(shape, offer.film_id), *fitting(shape.filters))
        .group_by(offer.provider_id)
        .subquery("counted")
    )
    provider = providers.c
    return (
        select(provider.id, provider.name, shape.links.logo(provider.logo_path), counted.c.films)
        .join(counted, counted.c.provider_id == provider.id)
        .order_by(counted.c.films.desc(), provider.name, provider.id)
    )


def _by_offer(shape: Shape) -> Select[Any]:
    offer = availability.c
    return (
        select(offer.offer, func.count(offer.film_id.distinct()))
        .where(*_chosen(shape, offer.film_id), *fitting(shape.filters))
        .group_by(offer.offer)
    )


def _by_genre(shape: Shape) -> Select[Any]:
    genre, count = genres.c, func.count()
    return (
        select(genre.id, genre.name, count)
        .join(film_genres, film_genres.c.genre_id == genre.id)
        .where(*_chosen(shape, film_genres.c.film_id))
        .group_by(genre.id, genre.name)
        .order_by(count.desc(), genre.name, genre.id)
    )


def _by_decade(shape: Shape) -> Select[Any]:
    decade = films.c.year - films.c.year % 10
    chosen = let_through(shape.filters, decade.label("decade"), of_member=shape.of_member)
    counted = chosen.where(films.c.year.is_not(None)).subquery("counted").c.decade
    return select(counted, func.count()).group_by(counted).order_by(counted)


def _chosen(shape: Shape, film_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """The condition that a film is let through, where any is not."""
    if not shape.of_member and shape.filters.lets_all_through:
        return []
    return [film_id.in_(let_through(shape.filters, films.c.id, of_member=shape.of_member))]
