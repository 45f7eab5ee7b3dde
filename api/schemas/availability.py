"""A film's availability on the wire: where it was to be seen, from when to when."""

from datetime import datetime
from typing import Literal

import msgspec

from api.schemas.films import FilmRef, OfferKind

Ended = Literal["left", "corrected"]


class TypicalStay(msgspec.Struct):
    """How long films stay with a provider by this offer: the median over the newest whose coming and going was seen."""

    days: int
    samples: int


class Interval(msgspec.Struct):
    """One stay of the film on a provider by one offer.

    `last_seen_at` is the last check that showed it, `closed_at` the first that did not show it any more, null while the
    stay is open. `ended` is `corrected` where it was shown by mistake: the film was taken for another title. With
    `seen_from_start` it was there when Marquee looked for the first time, so that nobody knows when it arrived.
    """

    provider_id: int
    provider: str
    logo_url: str | None
    offer: OfferKind
    first_seen_at: datetime
    last_seen_at: datetime | None
    closed_at: datetime | None
    ended: Ended | None
    seen_from_start: bool
    typical_stay: TypicalStay | None


class CountryAvailability(msgspec.Struct):
    """What is known of one country; `checked_at` is null where it was never looked at, so that nothing is known.

    `link` is the page at TMDB that leads to the offers.
    """

    country: str
    checked_at: datetime | None
    link: str | None
    intervals: list[Interval]


class FilmAvailability(msgspec.Struct):
    """A film's stays in each country, those that are open first."""

    film: FilmRef
    countries: list[CountryAvailability]
