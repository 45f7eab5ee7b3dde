"""A filter of films kept as text, such as `genre=Drama&year_min=1990`: read as the query of a list of films is."""

from collections import defaultdict
from functools import cache
from inspect import get_annotations, signature
from math import isfinite
from typing import Annotated, Any, get_args, get_origin
from urllib.parse import parse_qsl

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from api.db.connection import Connection
from api.db.film_filters import FilmFilters
from api.dependencies import provide_countries
from api.errors import Invalid
from api.faults import in_words
from api.film_parameters import (
    ExcludeSeenBy,
    LeastRating,
    Match,
    Members,
    WhoseRating,
    of_members,
    provide_film_rating,
    provide_filters,
    without_seen,
)
from api.guards import NUL
from api.settings import Settings

BOUNDS = ("ge", "le", "multiple_of", "pattern", "max_length")
PROVIDED = ("settings", "countries", "film_rating")
OF_RATING = {"rating_min": LeastRating, "rating_source": WhoseRating}
OF_MEMBERS = {"member": Members, "match": Match, "exclude_seen_by": ExcludeSeenBy}


async def filters_of(db: Connection, query: str, settings: Settings) -> FilmFilters:
    """The filters that this text asks for; raises Invalid, which names the text and what is wrong in it."""
    try:
        given = _read(query)
        about = {name: given.pop(name, None) for name in OF_MEMBERS}
        countries = provide_countries(settings, given.pop("country", None))
        rating = provide_film_rating(**{name: given.pop(name) for name in OF_RATING if name in given})
        filters = provide_filters(settings, countries, rating, **given)
        filters = await of_members(db, filters, about["member"], about["match"] or "any", settings)
        return await without_seen(db, filters, about["exclude_seen_by"], settings)
    except Invalid as error:
        raise Invalid([("query", f"{field}: {message}") for field, message in error.errors]) from None


def _read(query: str) -> dict[str, Any]:
    """The values by the names of the function's parameters; raises Invalid."""
    given: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in parse_qsl(query.lstrip("?"), keep_blank_values=True):
        given[name].append(value)
    known = _known()
    read = {}
    for name, values in given.items():
        if name not in known:
            raise Invalid([(name, f"is no filter; known are {', '.join(sorted(known))}")])
        parameter, kind, is_list = known[name]
        if len(values) > 1 and not is_list:
            raise Invalid([(name, "is given more than once")])
        read[parameter] = _converted(name, values if is_list else values[0], kind)
    return read


def _converted(name: str, value: Any, kind: Any) -> Any:
    if NUL in "".join(value):
        raise Invalid([(name, "holds a character that is in no text")])
    try:
        converted = msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid([in_words(name, str(error).partition(" - at ")[0])]) from None
    if isinstance(converted, float) and not isfinite(converted):
        raise Invalid([(name, "is not a number")])
    return converted


@cache
def _known() -> dict[str, tuple[str, Any, bool]]:
    """By the name of each filter: the function's parameter, its type and bounds, and whether there may be several."""
    annotated = get_annotations(provide_filters, eval_str=True)
    own = {name: annotated[name] for name in signature(provide_filters).parameters if name not in PROVIDED}
    country = get_annotations(provide_countries, eval_str=True)["country"]
    known = {**own, **OF_RATING, **OF_MEMBERS, "country": country}
    return {_name(name, each): (name, *_kind(each)) for name, each in known.items()}


def _name(name: str, annotation: Any) -> str:
    return _parameter(annotation).name or name


def _parameter(annotation: Any) -> Any:
    return next(each for each in get_args(annotation)[1:] if isinstance(each, QueryParameter))


def _kind(annotation: Any) -> tuple[Any, bool]:
    """The type that msgspec converts to, null taken out; and whether it is a list. Bounds stand beside it or in it."""
    bare, said = get_args(annotation)[0], _parameter(annotation)
    kind = next(each for each in (*get_args(bare), bare) if each is not type(None)) if _may_be_null(bare) else bare
    if get_origin(kind) is list:
        return Annotated[kind, Meta(max_length=said.max_items)] if said.max_items else kind, True
    bounds = {key: value for key in BOUNDS if (value := getattr(said, key, None)) is not None}
    return Annotated[kind, Meta(**bounds)] if bounds and get_origin(kind) is not Annotated else kind, False


def _may_be_null(kind: Any) -> bool:
    return type(None) in get_args(kind)
