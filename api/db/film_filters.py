"""Which films a list shows: what may be asked for, and the conditions that it becomes.

Conditions are built from a *shape* alone, that is from which filters are given; their values come in by name.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, FromClause, Integer, Select, String, bindparam, exists, func, literal, or_, select

from api.db.statements import among
from api.db.tables import (
    availability,
    availability_checks,
    diary_entries,
    film_countries,
    film_genres,
    film_matches,
    film_people,
    films,
    genres,
    members,
    people,
    ratings,
    services,
    watchlist_entries,
)
from api.db.text import fold
from api.schemas.films import MatchState, OfferKind

Available = Literal["true", "false", "unknown"]
RatingSource = Literal["letterboxd", "tmdb", "any"]

SUBSCRIPTION: tuple[OfferKind, ...] = ("flatrate", "free", "ads")
"""The offers by which a film costs nothing beside what is paid for the provider anyway."""
LISTED = films.outerjoin(film_matches, film_matches.c.film_id == films.c.id)
"""Every film, with its match where it has one; a film without one is pending."""
MATCH_STATE = func.coalesce(film_matches.c.state, "pending")
IS_OPEN = availability.c.closed_at.is_(None)
ON_WATCHLIST = watchlist_entries.c.removed_at.is_(None)
ADDED_AT = func.coalesce(watchlist_entries.c.added_at, watchlist_entries.c.first_seen_at)
MAKERS = ("director", "creator")
RATINGS: dict[RatingSource, ColumnElement[Any]] = {
    "letterboxd": films.c.letterboxd_average,
    "tmdb": films.c.tmdb_rating / 2,
    "any": func.coalesce(films.c.letterboxd_average, films.c.tmdb_rating / 2),
}
"""A film's rating in stars, by whose it is; `any` is Letterboxd's where that is known."""


LISTED_ONE_BY_ONE = ("countries", "offers", "members", "providers")
"""Filters whose values are each a parameter: SQLite then sees how few they are, and uses an index."""


OF_THE_FILM = frozenset(("year_min", "year_max", "runtime_min", "runtime_max", "rating_min", "languages"))
"""Filters that look at nothing but columns that one index holds."""


class FilmFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which films a list shows. What is empty filters nothing.

    Provider, offer, service, country and `arrived_since` must fit one open offer. `needed` is how many of `members`
    must have a film on their watchlist. `available`: a fitting offer is open, there is none in countries that were
    all checked, or there is none and one of them was never checked.
    """

    countries: tuple[str, ...]
    members: tuple[str, ...] = ()
    needed: int = 1
    exclude_seen_by: tuple[str, ...] = ()
    states: tuple[MatchState, ...] = ()
    providers: tuple[int, ...] = ()
    services_of: str | None = None
    offers: tuple[OfferKind, ...] = ()
    available: Available | None = None
    genre_ids: tuple[int, ...] = ()
    genres: tuple[str, ...] = ()
    director_ids: tuple[int, ...] = ()
    directors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    year_min: int | None = None
    year_max: int | None = None
    runtime_min: int | None = None
    runtime_max: int | None = None
    rating_min: float | None = None
    rating_source: RatingSource = "any"
    added_since: datetime | None = None
    arrived_since: datetime | None = None
    q: str | None = None


class FilterShape(msgspec.Struct, frozen=True, kw_only=True):
    """What of the filters decides how a query reads."""

    given: frozenset[str]
    sizes: tuple[int, ...]
    words: int
    together: bool
    available: Available | None
    rating_source: RatingSource

    def has(self, *names: str) -> bool:
        return not self.given.isdisjoint(names)

    @property
    def lets_all_through(self) -> bool:
        return not (self.words or self.available or self.given)

    @property
    def is_narrow(self) -> bool:
        """Whether films are looked for elsewhere than in the columns that lists are sorted by."""
        return bool(self.words or self.available or self.given - OF_THE_FILM)


def shape_of(filters: FilmFilters) -> tuple[FilterShape, dict[str, Any]]:
    """The shape of these filters, and the values of its parameters."""
    values = {
        name: value for name in FilmFilters.__struct_fields__ if (value := getattr(filters, name)) not in (None, ())
    }
    words = fold(filters.q or "").split()
    if "services_of" in values and not filters.offers:
        values["offers"] = SUBSCRIPTION
    listed = [values.get(name, ()) for name in LISTED_ONE_BY_ONE]
    shape = FilterShape(
        sizes=tuple(len(items) for items in listed),
        given=frozenset(values) - {"countries", "needed", "available", "rating_source", "q"},
        words=len(words),
        together=filters.needed > 1,
        available=filters.available or ("true" if _asks_for_offers(filters) else None),
        rating_source=filters.rating_source,
    )
    values["number_of_countries"] = len(filters.countries)
    values |= {f"word_{number}": f"% {_escaped(word)}%" for number, word in enumerate(words)}
    for name, items in zip(LISTED_ONE_BY_ONE, listed, strict=True):
        values |= {f"{name}_{number}": item for number, item in enumerate(items)}
    return shape, values


def let_through(shape: FilterShape, *columns: ColumnElement[Any], of_member: bool) -> Select[Any]:
    """These columns of the films that the filters let through; `of_member`: of those on the watchlist of `username`."""
    source: FromClause = LISTED if shape.has("states") else films
    query = select(*columns).where(*conditions(shape, of_member=of_member))
    if not of_member:
        return query.select_from(source)
    theirs = select(members.c.id).where(members.c.username == bindparam("username")).scalar_subquery()
    entry = watchlist_entries.c
    return query.select_from(source.join(watchlist_entries, entry.film_id == films.c.id)).where(
        entry.member_id == theirs, ON_WATCHLIST
    )


def conditions(shape: FilterShape, *, of_member: bool) -> list[ColumnElement[bool]]:
    """What a film must meet to be let through, or an entry `of_member`'s watchlist; states are of those in LISTED."""
    found = [
        begins_a_word(bindparam(f"word_{number}", type_=films.c.search_title.type)) for number in range(shape.words)
    ]
    found += _of_the_film(shape)
    if shape.has("members"):
        found.append(films.c.id.in_(_wanted(shape)))
    if shape.has("exclude_seen_by"):
        found += [films.c.id.not_in(_seen(ratings).where(ratings.c.watched)), films.c.id.not_in(_seen(diary_entries))]
    if shape.has("states"):
        found.append(among_states())
    if shape.has("genres", "genre_ids"):
        found.append(films.c.id.in_(_of_genres(shape)))
    if shape.has("directors", "director_ids"):
        found.append(films.c.id.in_(_by_directors(shape)))
    if shape.has("origins"):
        origin = film_countries.c
        found.append(films.c.id.in_(select(origin.film_id).where(among(origin.country, "origins"))))
    if shape.has("added_since"):
        since = bindparam("added_since", type_=watchlist_entries.c.first_seen_at.type)
        found.append(since <= ADDED_AT if of_member else exists().where(*entries_of(shape), since <= ADDED_AT))
    return found + _of_availability(shape)


def begins_a_word(pattern: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a word of the title or original title begins so; the pattern is LIKE's, escaped by `/`."""
    return (literal(" ") + films.c.search_title).like(pattern, escape="/")


def title_begins(q: str | None) -> list[ColumnElement[bool]]:
    """The conditions of a search for these beginnings of words."""
    return [begins_a_word(literal(f"% {_escaped(word)}%")) for word in fold(q or "").split()]


def on_watchlist_of(usernames: Collection[str], film_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether one of these members has the film on the watchlist now."""
    theirs = members.c.username.in_(usernames)
    return film_id.in_(select(watchlist_entries.c.film_id).join(members).where(theirs, ON_WATCHLIST))


def entries_of(shape: FilterShape) -> list[ColumnElement[bool]]:
    """Conditions on the entries of this film on the watchlists that count: of the members given, or of all."""
    found = [watchlist_entries.c.film_id == films.c.id, ON_WATCHLIST]
    return [*found, or_(*_is_member(shape))] if shape.has("members") else found


def fitting(shape: FilterShape) -> list[ColumnElement[bool]]:
    """Conditions on an open offer that is one of those asked for."""
    offer, service = availability.c, services.c
    found: list[ColumnElement[bool]] = [_one_of(offer.country, "countries", shape), IS_OPEN]
    if shape.has("providers"):
        found.append(_one_of(offer.provider_id, "providers", shape))
    if shape.has("offers", "services_of"):
        found.append(_one_of(offer.offer, "offers", shape))
    if shape.has("services_of"):
        username = bindparam("services_of", type_=members.c.username.type)
        paid = exists().where(
            service.member_id == select(members.c.id).where(members.c.username == username).scalar_subquery(),
            service.country == offer.country,
            service.provider_id == offer.provider_id,
        )
        found.append(paid)
    if shape.has("arrived_since"):
        found.append(offer.opened_at >= bindparam("arrived_since", type_=offer.opened_at.type))
    return found


def among_states() -> ColumnElement[bool]:
    return among(MATCH_STATE, "states")


def _asks_for_offers(filters: FilmFilters) -> bool:
    asked = filters.providers, filters.offers, filters.services_of, filters.arrived_since
    return any(asked)


def _of_the_film(shape: FilterShape) -> Iterable[ColumnElement[bool]]:
    film = films.c
    for name, column in (("year", film.year), ("runtime", film.runtime_minutes)):
        if shape.has(f"{name}_min"):
            yield column >= bindparam(f"{name}_min", type_=Integer)
        if shape.has(f"{name}_max"):
            yield column <= bindparam(f"{name}_max", type_=Integer)
    if shape.has("rating_min"):
        yield RATINGS[shape.rating_source] >= bindparam("rating_min", type_=film.tmdb_rating.type)
    if shape.has("languages"):
        yield among(film.original_language, "languages")


def _of_availability(shape: FilterShape) -> list[ColumnElement[bool]]:
    if shape.available is None:
        return []
    has_offer = films.c.id.in_(select(availability.c.film_id).where(*fitting(shape)))
    if shape.available == "true":
        return [has_offer]
    check = availability_checks.c
    checked = select(func.count()).where(check.film_id == films.c.id, among(check.country, "countries"))
    everywhere = checked.scalar_subquery() == bindparam("number_of_countries", type_=Integer)
    return [~has_offer, everywhere if shape.available == "false" else ~everywhere]


def _wanted(shape: FilterShape) -> Select[Any]:
    entry = watchlist_entries.c
    found = select(entry.film_id).where(or_(*_is_member(shape)), ON_WATCHLIST)
    if not shape.together:
        return found
    return found.group_by(entry.film_id).having(func.count() >= bindparam("needed", type_=Integer))


def _seen(table: Any) -> Select[Any]:
    return select(table.c.film_id).where(table.c.member_id.in_(_ids_of("exclude_seen_by")))


def _one_of(column: ColumnElement[Any], name: str, shape: FilterShape) -> ColumnElement[bool]:
    size = shape.sizes[LISTED_ONE_BY_ONE.index(name)]
    return or_(*(column == bindparam(f"{name}_{number}", type_=column.type) for number in range(size)))


def _is_member(shape: FilterShape) -> Iterable[ColumnElement[bool]]:
    member = members.c
    for number in range(shape.sizes[2]):
        username = bindparam(f"members_{number}", type_=member.username.type)
        yield watchlist_entries.c.member_id == select(member.id).where(member.username == username).scalar_subquery()


def _ids_of(name: str) -> Select[Any]:
    return select(members.c.id).where(among(members.c.username, name))


def _of_genres(shape: FilterShape) -> Select[Any]:
    names = [among(func.lower(genres.c.name, type_=String), "genres")] if shape.has("genres") else []
    ids = [among(genres.c.id, "genre_ids")] if shape.has("genre_ids") else []
    return select(film_genres.c.film_id).join(genres).where(or_(*names, *ids))


def _by_directors(shape: FilterShape) -> Select[Any]:
    names = [among(people.c.search_name, "directors")] if shape.has("directors") else []
    ids = [among(people.c.id, "director_ids")] if shape.has("director_ids") else []
    part = film_people.c
    return select(part.film_id).join(people).where(or_(*(part.role == role for role in MAKERS)), or_(*names, *ids))


def _escaped(word: str) -> str:
    return word.replace("/", "//").replace("%", "/%").replace("_", "/_")
