"""What the routes are given: the database, the queue, and parameters that several of them share.

A route opens its transaction itself (`async with database.read() as db`): a connection that were given like the
parameters would be left open, or be cancelled half-way, where one of those is refused.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from arq.connections import ArqRedis
from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_406_NOT_ACCEPTABLE
from msgspec import Meta

from api.brands import Brands
from api.db import members
from api.db.connection import Connection
from api.db.engine import Database
from api.db.events import EventFilters
from api.db.links import Links
from api.db.paging import Paging
from api.errors import Invalid, NotFound
from api.formats.asked import Flavour, Form, Kind, kind_by
from api.formats.lists import holds_films
from api.schemas.events import EventKind
from api.schemas.films import OfferKind
from api.schemas.members import USERNAME
from api.settings import Settings

SortOrder = Annotated[Literal["asc", "desc"], QueryParameter(description="Smallest or largest first.")]
LARGEST_PAGE = 1_000_000
LARGEST_PAGE_SIZE = 100
LARGEST_ID = 2**31 - 1
COUNTRY = r"^[A-Za-z]{2}$"
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Moment = Annotated[str, Meta(max_length=40, extra_json_schema={"anyOf": [{"format": "date"}, {"format": "date-time"}]})]
MemberFilter = Annotated[str | None, QueryParameter(pattern=USERNAME, description="A member's username.")]
Country = Annotated[
    list[Annotated[str, Meta(pattern=COUNTRY)]] | None,
    QueryParameter(max_items=50, description="Countries whose offers count, of those in the settings; default: all."),
]


def for_every_route(settings: Settings) -> Mapping[str, Provide]:
    """The providers of what any route may ask for by name."""
    links = Links(letterboxd=settings.letterboxd_base_url, images=settings.tmdb_image_base_url)
    brands = Brands(settings.brands)
    return {
        "settings": Provide(lambda: settings, sync_to_thread=False),
        "links": Provide(lambda: links, sync_to_thread=False),
        # Not `brands`, which is a field of a body: what is wrong with a dependency is taken for a mistake of ours.
        "known_brands": Provide(lambda: brands, sync_to_thread=False),
        "database": Provide(provide_database, sync_to_thread=False),
        "queue": Provide(provide_queue, sync_to_thread=False),
        "paging": Provide(provide_paging, sync_to_thread=False),
        "countries": Provide(provide_countries, sync_to_thread=False),
        "event_filters": Provide(provide_event_filters, sync_to_thread=False),
    }


def provide_database(state: State) -> Database:
    database: Database = state.database
    return database


def provide_queue(state: State) -> ArqRedis | None:
    """The queue, or None where no REDIS_URL is set."""
    queue: ArqRedis | None = state.queue
    return queue


def provide_paging(
    request: Request[Any, Any, Any],
    page: Annotated[int, QueryParameter(ge=1, le=LARGEST_PAGE, description="Which page, from 1.")] = 1,
    page_size: Annotated[int, QueryParameter(ge=1, le=LARGEST_PAGE_SIZE, description="Items on a page.")] = 50,
    limit: Annotated[
        int | None, QueryParameter(ge=1, le=1000, description="At most so many items in all, on all pages.")
    ] = None,
    file_format: Annotated[
        Kind | None,
        QueryParameter(
            name="format",
            description="How the list is answered; default: as `Accept` says, JSON where it says nothing. `csv` and "
            "`ndjson` hold the whole list, unless `page` or `page_size` is given.",
        ),
    ] = None,
    raw: Annotated[
        bool, QueryParameter(description="In CSV: text that looks like a formula is left as it is, for programs.")
    ] = False,
    flavour: Annotated[
        Flavour | None,
        QueryParameter(
            description="The columns of a CSV: those of Letterboxd’s importer; alone it means `format=csv`."
        ),
    ] = None,
) -> Paging:
    """Which page of a list to read; in which format it is answered stands in the request's state."""
    form = _form(request, file_format, raw=raw, flavour=flavour)
    request.state.form = form
    return Paging(page=page, page_size=LARGEST_PAGE_SIZE if form.whole else page_size, limit=limit)


def _form(request: Request[Any, Any, Any], asked: Kind | None, *, raw: bool, flavour: Flavour | None) -> Form:
    """How to answer a list; raises Invalid, and 406 where nothing that the caller accepts can be answered."""
    if flavour and not holds_films(request.route_handler):
        raise Invalid([("flavour", "goes with lists of films only")])
    kind = asked or ("csv" if flavour else kind_by(",".join(request.headers.getall("accept", []))))
    if kind is None:
        raise HTTPException(status_code=HTTP_406_NOT_ACCEPTABLE)
    whole = kind != "json" and not {"page", "page_size"} & request.query_params.keys()
    return Form(kind=kind, whole=whole, raw=raw, flavour=flavour)


def provide_countries(settings: NamedDependency[Settings], country: Country = None) -> tuple[str, ...]:
    """The countries that were asked for, or all; raises Invalid for one that is not in the settings."""
    return tuple(dict.fromkeys(configured_country(code, settings) for code in country or settings.country))


def configured_country(code: str, settings: Settings) -> str:
    """The code of one country as it is kept; raises Invalid for one that is not in the settings."""
    country = code.upper()
    if country not in settings.country:
        raise Invalid([("country", f"is none of the countries in the settings ({', '.join(settings.country)})")])
    return country


def provide_event_filters(
    settings: NamedDependency[Settings],
    countries: NamedDependency[tuple[str, ...]],
    kind: Annotated[list[EventKind] | None, QueryParameter(max_items=10, description="What happened.")] = None,
    since: Annotated[
        Moment | None,
        QueryParameter(max_length=40, description="Settled at or after this date (UTC), or time with its zone."),
    ] = None,
    member: MemberFilter = None,
    provider: Annotated[
        list[Annotated[int, Meta(ge=0, le=LARGEST_ID)]] | None,
        QueryParameter(max_items=100, description="Ids of providers."),
    ] = None,
    offer: Annotated[list[OfferKind] | None, QueryParameter(max_items=10, description="Kinds of offers.")] = None,
    services: Annotated[
        bool, QueryParameter(description="Only on the services of `member`, of the owner where none is named.")
    ] = False,
) -> EventFilters:
    """What events were asked for; whether the member is known is for the route to see."""
    name = member.lower() if member else None
    return EventFilters(
        kinds=tuple(kind or ()),
        since=None if since is None else moment("since", since),
        countries=countries,
        member=name,
        providers=tuple(provider or ()),
        offers=tuple(offer or ()),
        services_of=(name or settings.letterboxd_username[0]) if services else None,
    )


def moment(field: str, text: str) -> datetime:
    """The time that a parameter means, a date being its midnight in UTC; raises Invalid for anything else."""
    try:
        at = datetime.fromisoformat(f"{text}T00:00Z" if DATE.fullmatch(text) else text)
        if DATE.match(text) and at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    message = "is neither a date (2026-11-20) nor a time with its zone (2026-11-20T06:00:00Z)"
    raise Invalid([(field, message)])


async def known_member(db: Connection, username: str, settings: Settings) -> str:
    """The member's name as it is kept; raises NotFound for one that is neither in the settings nor in the database.

    One that is in the settings is known before anything was read of it.
    """
    name = username.lower()
    if name not in settings.letterboxd_username:
        await members.by_username(db, name)
    return name


async def known_member_filter(db: Connection, username: str | None, settings: Settings) -> str | None:
    """Like `known_member`, for a filter: an unknown member is the fault of the parameter; raises Invalid."""
    if username is None:
        return None
    try:
        return await known_member(db, username, settings)
    except NotFound:
        raise Invalid([("member", "is nobody whom Marquee follows")]) from None
