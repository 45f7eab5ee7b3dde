"""What changed, told by day: what arrived on one's own services first, then what else arrived, then what left."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import msgspec

from web.cards import OFFER_WORDS, STREAMING, Poster, offer_rank, poster_of, tint_of, web_address
from web.countries import country_name
from web.memory_shapes import Correction, Event
from web.shapes import FilmRef
from web.words import Clock

Services = Collection[tuple[str, int]]
"""What a member pays for, as (country, provider id)."""


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A film where it is only mentioned."""

    slug: str
    title: str
    year: int | None
    poster: Poster | None
    tint: int


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A provider that a film arrived on or left; `country` is empty where there is only one."""

    provider: str
    logo: str | None
    offers: str
    country: str
    mine: bool
    paid: bool


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One film on one day; `noticed` is the day of a departure, which is told later."""

    film: Mention
    places: list[Place]
    members: list[str]
    noticed: str


class Amends(msgspec.Struct, frozen=True, kw_only=True):
    """A film that was shown with the offers of another title: addresses of both titles on TMDB, and why."""

    film: Mention
    former: str | None
    current: str | None
    because: str


class Day(msgspec.Struct, kw_only=True):
    """Everything that is told of one day; `mine` arrived on services that one pays for."""

    date: str
    name: str
    mine: list[Change]
    arrived: list[Change]
    left: list[Change]
    corrected: list[Amends]


def days_of(
    events: Sequence[Event], corrections: Iterable[Correction], clock: Clock, mine: Services, *, countries: int
) -> list[Day]:
    """The days of these events and corrections, the newest first; `countries` is how many are followed."""
    told: dict[date, list[Event]] = {}
    for event in events:
        told.setdefault(clock.day(event.settled_at), []).append(event)
    amended: dict[date, list[Correction]] = {}
    for correction in corrections:
        amended.setdefault(clock.day(correction.at), []).append(correction)
    return [
        _day(day, told.get(day, []), amended.get(day, []), clock, mine, countries > 1)
        for day in sorted(told.keys() | amended.keys(), reverse=True)
    ]


def _day(
    day: date, events: list[Event], corrections: list[Correction], clock: Clock, mine: Services, name_countries: bool
) -> Day:
    films: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        films.setdefault((event.kind, event.film.slug), []).append(event)
    changes = [(kind, _change(same, day, clock, mine, name_countries)) for (kind, _), same in films.items()]
    arrived = sorted((change for kind, change in changes if kind == "arrived"), key=_costs_extra)
    return Day(
        date=day.isoformat(),
        name=clock.day_name(day),
        mine=[change for change in arrived if change.places[0].mine],
        arrived=[change for change in arrived if not change.places[0].mine],
        left=sorted((change for kind, change in changes if kind == "left"), key=_costs_extra),
        corrected=[_amends(correction) for correction in corrections],
    )


def _costs_extra(change: Change) -> tuple[bool, bool]:
    return not change.places[0].mine, change.places[0].paid


def _change(events: list[Event], day: date, clock: Clock, mine: Services, name_countries: bool) -> Change:
    by_place: dict[tuple[str, int], list[Event]] = {}
    for event in events:
        by_place.setdefault((event.country, event.provider_id), []).append(event)
    places = [_place(same, key in mine, name_countries) for key, same in by_place.items()]
    noticed = clock.day(min(event.at for event in events))
    return Change(
        film=mention(events[0].film),
        places=sorted(places, key=lambda place: (not place.mine, place.paid)),
        members=events[0].members,
        noticed="" if noticed == day else clock.date_name(noticed),
    )


def _place(events: list[Event], is_mine: bool, name_country: bool) -> Place:
    kinds = sorted({event.offer for event in events}, key=offer_rank)
    first = events[0]
    return Place(
        provider=first.provider,
        logo=web_address(first.logo_url),
        offers=", ".join(OFFER_WORDS.get(kind, kind) for kind in kinds),
        country=country_name(first.country) if name_country else "",
        mine=is_mine,
        paid=kinds[0] not in STREAMING,
    )


def _amends(correction: Correction) -> Amends:
    return Amends(
        film=mention(correction.film),
        former=web_address(correction.former.url),
        current=web_address(correction.to.url) if correction.to else None,
        because=correction.because or "",
    )


def mention(film: FilmRef) -> Mention:
    return Mention(
        slug=film.slug, title=film.title, year=film.year, poster=poster_of(film.poster_url), tint=tint_of(film.slug)
    )
