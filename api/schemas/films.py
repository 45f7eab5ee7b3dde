"""Films on the wire.

The fields stand in the order in which `api.db.films` selects them: lists are built from rows by position.
"""

from datetime import date, datetime
from typing import Literal

import msgspec

MediaType = Literal["movie", "tv"]
MatchState = Literal["pending", "found", "review", "not_found", "error"]
MatchConfidence = Literal["proven", "probable"]
CreditRole = Literal["director", "creator", "cast"]
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

    `average_rating` is in stars, of the `rating_source` asked for; `popularity` is TMDB's number, which has no unit.
    """

    slug: str
    lid: str | None
    title: str
    original_title: str | None
    year: int | None
    url: str
    media_type: MediaType | None
    tmdb_id: int | None
    imdb_id: str | None
    match: MatchState
    match_confidence: MatchConfidence | None
    match_message: str | None
    runtime_minutes: int | None
    average_rating: float | None
    popularity: float | None
    overview: str | None
    poster_url: str | None
    checked_at: datetime | None
    offers: list[Offer]


class Credit(msgspec.Struct):
    """A person's part in a film; `position` counts from 0 within the role, and only the cast has characters."""

    person_id: int
    name: str
    role: CreditRole
    position: int
    character: str | None


class Origin(msgspec.Struct):
    """A country that a film comes from."""

    country: str
    name: str


class TmdbRating(msgspec.Struct):
    """TMDB's rating, halved to stars; null without votes."""

    stars: float | None
    votes: int | None


class LetterboxdRating(msgspec.Struct):
    """Letterboxd's average in stars, of so many ratings, and how many members name the film a favourite."""

    average: float | None
    ratings: int | None
    fans: int | None


class MemberRating(msgspec.Struct):
    """A member who has seen the film; `watched_on` is the last day known, null where none is."""

    member: str
    rating: float | None
    liked: bool
    watched_on: date | None


class FilmRatings(msgspec.Struct):
    """What a film is rated, in stars; `members` have seen it, by name."""

    tmdb: TmdbRating
    letterboxd: LetterboxdRating
    members: list[MemberRating]


class CountryOffers(msgspec.Struct):
    """What is open in one country; `link` is the page at TMDB that leads there.

    `checked_at` is null where the country was never checked, so that its offers are unknown.
    """

    country: str
    checked_at: datetime | None
    link: str | None
    offers: list[Offer]


class Wish(msgspec.Struct):
    """A member who has the film on the watchlist now; `added_at` is known from an export only."""

    member: str
    added_at: datetime | None
    first_seen_at: datetime


class FilmLinks(msgspec.Struct):
    """Pages of a film for people; null where Marquee knows of none."""

    letterboxd: str
    tmdb: str | None
    imdb: str | None


class FilmDetails(Film, kw_only=True):
    """A film with what only its own answer tells.

    `directors` of a series are its creators; `members` have the film on their watchlist now, by name. `people` are
    directors and creators, then the cast, 15 of it at most. `match_locked` means that a person decided the match.
    """

    release_date: date | None
    directors: list[str]
    genres: list[str]
    members: list[str]
    original_language: str | None
    origins: list[Origin]
    people: list[Credit]
    match_method: str | None
    match_locked: bool
    ratings: FilmRatings
    availability: list[CountryOffers]
    watchlists: list[Wish]
    links: FilmLinks


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
