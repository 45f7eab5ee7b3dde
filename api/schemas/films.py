"""Films on the wire.

The fields stand in the order in which `api.db.films` selects them: lists are built from rows by position.
"""

from datetime import date, datetime
from typing import Literal

import msgspec

MediaType = Literal["movie", "tv"]
MatchState = Literal["pending", "found", "review", "not_found", "error"]
MatchConfidence = Literal["proven", "probable"]
OfferKind = Literal["flatrate", "free", "ads", "rent", "buy"]


class Offer(msgspec.Struct):
    """One film on one provider, in one country, by one offer, open now; `since` is when Marquee first saw it."""

    country: str
    provider_id: int
    provider: str
    logo_url: str | None
    offer: OfferKind
    since: datetime


class FilmRef(msgspec.Struct):
    """A film where it is only mentioned."""

    slug: str
    title: str
    year: int | None
    poster_url: str | None
    url: str


class Film(msgspec.Struct):
    """One Letterboxd film with its offers that are open now.

    `checked_at` is since when all countries shown are known: the oldest of their last checks. Null means that at
    least one of them was never checked, so that its offers are unknown, not that there are none.
    """

    slug: str
    lid: str | None
    title: str
    year: int | None
    url: str
    media_type: MediaType | None
    tmdb_id: int | None
    imdb_id: str | None
    match: MatchState
    match_confidence: MatchConfidence | None
    match_message: str | None
    runtime_minutes: int | None
    overview: str | None
    poster_url: str | None
    checked_at: datetime | None
    offers: list[Offer]


class FilmDetails(Film, kw_only=True):
    """A film with what only its own answer tells.

    `directors` of a series are its creators; `members` have the film on their watchlist now, by name.
    """

    original_title: str | None
    release_date: date | None
    directors: list[str]
    genres: list[str]
    members: list[str]


class WatchlistEntry(Film):
    """A film on a member's watchlist; position 1 is the newest, `added_at` is known from an export only.

    `watched_on` is the day on which this member watched it last, null where Marquee knows of none; `rating` is in
    stars, null where the member gave none.
    """

    position: int | None
    added_at: datetime | None
    first_seen_at: datetime
    watched_on: date | None
    rating: float | None
