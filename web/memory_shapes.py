"""What the page reads of the API's memory: a film, its stays on providers, what changed, and what members pay for."""

from datetime import datetime

import msgspec

from web.shapes import Film, FilmRef


class FilmLinks(msgspec.Struct, kw_only=True):
    """Where else there is a page of the film."""

    imdb: str | None = None


class FilmDetails(Film, kw_only=True):
    """A film as its own page shows it; `members` have it on their watchlist now."""

    media_type: str | None = None
    tmdb_id: int | None = None
    match_message: str | None = None
    original_title: str | None = None
    directors: list[str] = msgspec.field(default_factory=list)
    genres: list[str] = msgspec.field(default_factory=list)
    members: list[str] = msgspec.field(default_factory=list)
    links: FilmLinks = msgspec.field(default_factory=FilmLinks)


class TypicalStay(msgspec.Struct, kw_only=True):
    days: int
    samples: int


class Interval(msgspec.Struct, kw_only=True):
    """One stay of a film on a provider; `ended` is left or corrected, None while it is open."""

    provider_id: int
    provider: str
    offer: str
    first_seen_at: datetime
    logo_url: str | None = None
    last_seen_at: datetime | None = None
    closed_at: datetime | None = None
    ended: str | None = None
    seen_from_start: bool = False
    typical_stay: TypicalStay | None = None


class CountryAvailability(msgspec.Struct, kw_only=True):
    """`checked_at` None means that nobody ever looked, so that nothing is known."""

    country: str
    intervals: list[Interval]
    checked_at: datetime | None = None
    link: str | None = None


class Availability(msgspec.Struct, kw_only=True):
    countries: list[CountryAvailability]


class Event(msgspec.Struct, kw_only=True):
    """`kind` is arrived or left; it counts as news since `settled_at`."""

    kind: str
    at: datetime
    settled_at: datetime
    film: FilmRef
    country: str
    provider_id: int
    provider: str
    offer: str
    logo_url: str | None = None
    members: list[str] = []


class TitleRef(msgspec.Struct, kw_only=True):
    url: str


class Correction(msgspec.Struct, kw_only=True):
    """A film that was taken for another title on TMDB; `to` None where it has none for now."""

    at: datetime
    film: FilmRef
    former: TitleRef = msgspec.field(name="from")
    to: TitleRef | None = None
    because: str | None = None


class Feed(msgspec.Struct, kw_only=True):
    """A feed of what changed; `path` is its address below this site, its token included."""

    name: str
    title: str
    media_type: str
    path: str


class Service(msgspec.Struct, kw_only=True):
    """A provider that a member pays for in a country."""

    country: str
    provider_id: int
    provider: str
    logo_url: str | None = None


class Services(msgspec.Struct, kw_only=True):
    items: list[Service]
