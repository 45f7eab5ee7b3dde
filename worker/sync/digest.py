"""What a digest says: one title and a short text that is read on a phone."""

from collections.abc import Iterable, Sequence

import msgspec

from api.db.digests import News

MOST_FILMS = 30
OFFERS = {"flatrate": "", "free": "free", "ads": "with ads", "rent": "to rent", "buy": "to buy"}
SHOWN_FIRST = tuple(OFFERS)


class Text(msgspec.Struct, frozen=True):
    title: str
    body: str


class Line(msgspec.Struct):
    """One film in one place: by which offers, and who lists it."""

    title: str
    year: int | None
    offers: set[str] = msgspec.field(default_factory=set)
    members: set[str] = msgspec.field(default_factory=set)


Place = tuple[str, str, str]
"""A kind of event, a provider and a country."""


def compose(news: Sequence[News], *, name_countries: bool, name_members: bool) -> Text:
    """The text that tells these news, by provider; there is at least one."""
    places = _places(news)
    return Text(_title(news, places), "\n\n".join(_sections(places, name_countries, name_members)))


def _places(news: Sequence[News]) -> dict[Place, list[Line]]:
    """The lines of each place, arrivals first, then by provider and country."""
    lines: dict[Place, dict[int, Line]] = {}
    for one in news:
        place = lines.setdefault((one.kind, one.provider, one.country), {})
        line = place.setdefault(one.film_id, Line(one.title, one.year))
        line.offers.add(one.offer)
        line.members.add(one.member)
    return {place: list(lines[place].values()) for place in sorted(lines, key=_order)}


def _order(place: Place) -> tuple[str, str, str]:
    kind, provider, country = place
    return kind, provider.casefold(), country


def _title(news: Sequence[News], places: dict[Place, list[Line]]) -> str:
    """Such as "3 films arrived on your services, 1 film left"; of a single film in a single place, its name."""
    if len(places) == 1 and len(lines := next(iter(places.values()))) == 1:
        kind, provider, _ = next(iter(places))
        return f"{lines[0].title} {'arrived on' if kind == 'arrived' else 'left'} {provider}"
    where = " your services" if all(one.chosen for one in news) else ""
    arrived = len({one.film_id for one in news if one.kind == "arrived"})
    left = len({one.film_id for one in news if one.kind == "left"})
    parts = [f"{_films(arrived)} arrived{where and ' on' + where}"] if arrived else []
    parts += [f"{_films(left)} left{'' if arrived else where}"] if left else []
    return ", ".join(parts)


def _films(number: int) -> str:
    return f"{number} film" if number == 1 else f"{number} films"


def _sections(places: dict[Place, list[Line]], name_countries: bool, name_members: bool) -> Iterable[str]:
    """One paragraph per place, until there are enough films; the last says how many more there are."""
    told = 0
    for (kind, provider, country), lines in places.items():
        shown = lines[: MOST_FILMS - told]
        if shown:
            heading = ("On " if kind == "arrived" else "No longer on ") + provider
            said = [_line(line, name_members) for line in shown]
            yield "\n".join([f"{heading} ({country}):" if name_countries else f"{heading}:", *said])
        told += len(shown)
    if more := sum(map(len, places.values())) - told:
        yield f"And {more} more."


def _line(line: Line, name_members: bool) -> str:
    offers = [OFFERS[offer] for offer in SHOWN_FIRST if offer in line.offers]
    film = f"{line.title} ({line.year})" if line.year else line.title
    how = "" if "" in offers else ", " + " or ".join(offers)
    who = f", listed by {', '.join(sorted(line.members))}" if name_members else ""
    return f"- {film}{how}{who}"
