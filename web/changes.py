"""What changed, told by day: what arrived on one's own services first, then what else arrived, then what left."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import msgspec

from web.cards import Mention, mention
from web.countries import country_name
from web.links import web_address
from web.memory_shapes import Correction, Event
from web.offers import Logo, by_provider, logo_of
from web.words import Clock

Services = Collection[tuple[str, int]]
"""What a member pays for, as (country, provider id)."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A provider that a film arrived on or left; `country` is empty where there is only one."""

    logo: Logo
    country: str


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
        mine=[change for change in arrived if change.places[0].logo.mine],
        arrived=[change for change in arrived if not change.places[0].logo.mine],
        left=sorted((change for kind, change in changes if kind == "left"), key=_costs_extra),
        corrected=[_amends(correction) for correction in corrections],
    )


def _costs_extra(change: Change) -> tuple[bool, bool]:
    return not change.places[0].logo.mine, change.places[0].logo.paid


def _change(events: list[Event], day: date, clock: Clock, mine: Services, name_countries: bool) -> Change:
    by_country: dict[str, list[Event]] = {}
    for event in events:
        by_country.setdefault(event.country, []).append(event)
    places = [
        Place(
            logo=logo_of(same, mine=(code, same[0].provider_id) in mine),
            country=country_name(code) if name_countries else "",
        )
        for code, there in by_country.items()
        for same in by_provider(there)
    ]
    noticed = clock.day(min(event.at for event in events))
    return Change(
        film=mention(events[0].film),
        places=sorted(places, key=lambda place: (not place.logo.mine, place.logo.paid)),
        members=events[0].members,
        noticed="" if noticed == day else clock.date_name(noticed),
    )


def _amends(correction: Correction) -> Amends:
    return Amends(
        film=mention(correction.film),
        former=web_address(correction.former.url),
        current=web_address(correction.to.url) if correction.to else None,
        because=correction.because or "",
    )
