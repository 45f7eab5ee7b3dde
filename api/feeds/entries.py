"""What a feed says, in words: the same in every format."""

import html
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo

import msgspec

from api.db.events import EventFilters
from api.schemas.events import Event, EventKind
from api.schemas.films import FilmRef, OfferKind

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""When a feed that holds nothing was last updated."""
RIGHTS = "Streaming data by JustWatch, through TMDB."
WHAT: dict[EventKind, str] = {"arrived": "what arrived", "left": "what left"}
VERBS: dict[EventKind, str] = {"arrived": "Arrived on", "left": "Left"}
SENTENCES: dict[EventKind, str] = {
    "arrived": "{film} arrived on {provider} in {country}, {offer}.",
    "left": "{film} left {provider} in {country}, where it was {offer}.",
}
SHORT: dict[OfferKind, str] = {"flatrate": "", "free": "free", "ads": "with ads", "rent": "rent", "buy": "buy"}
OFFERS: dict[OfferKind, str] = {
    "flatrate": "on subscription",
    "free": "free",
    "ads": "free with ads",
    "rent": "to rent",
    "buy": "to buy",
}
UNUSABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
"""Characters that stand in no XML document, not even escaped, and those that turn the direction of what follows."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a feed is read: its own address, and that of the page, where it is known, without a slash at the end.

    `identity` is what makes it another feed than others of this house: its filters, without its token.
    """

    address: str
    identity: str
    page: str | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One event in words. `told_at` is when it became news, `day` the reader's day on which it was noticed.

    `url` is the film at the page of this house, and `elsewhere` on Letterboxd; where the page is not known, `url` is on
    Letterboxd.
    """

    key: str
    event: Event
    title: str
    lines: list[str]
    markup: str
    url: str
    elsewhere: str | None
    image: str | None
    tags: list[str]
    told_at: datetime
    day: date


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """What every format is made of; `entries` with the newest first."""

    title: str
    place: Place
    updated: datetime
    entries: list[Entry]


def feed_of(events: Sequence[Event], filters: EventFilters, place: Place, zone: tzinfo) -> Feed:
    """The events as a feed; `zone` is where its reader lives."""
    entries = [_entry(event, place, zone, many_countries=len(filters.countries) > 1) for event in events]
    updated = max((entry.told_at for entry in entries), default=BEGINNING)
    return Feed(title=title_of(filters), place=place, updated=updated, entries=entries)


def title_of(filters: EventFilters) -> str:
    """
    >>> title_of(EventFilters(kinds=("arrived",), member="alice"))
    'Marquee: what arrived for alice'
    """
    what = WHAT[filters.kinds[0]] if len(set(filters.kinds)) == 1 else "what changed"
    if filters.services_of:
        return f"Marquee: {what} on the services of {filters.services_of}"
    return f"Marquee: {what} for {filters.member}" if filters.member else f"Marquee: {what}"


def plain(text: str) -> str:
    """`text` on one line, of characters that every format can hold."""
    return " ".join(UNUSABLE.sub("", text).split())


def stamp(moment: datetime) -> str:
    """RFC 3339, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _entry(event: Event, place: Place, zone: tzinfo, *, many_countries: bool) -> Entry:
    day = event.at.astimezone(zone).date()
    lines = _lines(event, day, is_late=day != event.settled_at.astimezone(zone).date())
    links = {"Marquee": f"{place.page}/films/{plain(event.film.slug)}"} if place.page else {}
    links["Letterboxd"] = plain(event.film.url)
    url, *elsewhere = links.values()
    image = plain(event.film.poster_url or "") or None
    return Entry(
        key=_key(event),
        event=event,
        title=_title(event, many_countries=many_countries),
        lines=lines,
        markup=_markup(lines, image, links),
        url=url,
        elsewhere=elsewhere[0] if elsewhere else None,
        image=image,
        tags=[event.kind, plain(event.provider), event.country, event.offer],
        told_at=event.settled_at,
        day=day,
    )


def _key(event: Event) -> str:
    """The event's number, and its time, since another database counts from 1 again.

    It stays when the film gets another address or title, and when Marquee gets another host or port.
    """
    return f"{event.id}-{event.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _title(event: Event, *, many_countries: bool) -> str:
    notes = [note for note in (SHORT[event.offer], event.country if many_countries else "") if note]
    noted = f" ({', '.join(notes)})" if notes else ""
    return f"{VERBS[event.kind]} {plain(event.provider)}{noted}: {_named(event.film)}"


def _named(film: FilmRef) -> str:
    return plain(film.title) + (f" ({film.year})" if film.year else "")


def _lines(event: Event, day: date, *, is_late: bool) -> list[str]:
    """`is_late`: it was noticed on another day than it is told."""
    sentence = SENTENCES[event.kind].format(
        film=_named(event.film), provider=plain(event.provider), country=event.country, offer=OFFERS[event.offer]
    )
    noticed = [f"Noticed on {day.day} {day:%B %Y}."] if is_late else []
    listed = [f"On the watchlist of {_all(event.members)}."] if event.members else []
    return [sentence, *noticed, *listed]


def _all(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _markup(lines: Sequence[str], image: str | None, links: Mapping[str, str]) -> str:
    """The lines as HTML, the picture above and the links below them; nothing in them is taken for markup."""
    poster = f'<p><img src="{html.escape(image)}" alt=""></p>' if image else ""
    linked = " · ".join(f'<a href="{html.escape(address)}">{name}</a>' for name, address in links.items())
    return poster + "".join(f"<p>{html.escape(line)}</p>" for line in lines) + f"<p>{linked}</p>"
