"""A member's opinions in numbers, on the wire.

The fields of what is counted stand in the order in which `api.db.statistics` selects them.
"""

import msgspec


class Totals(msgspec.Struct, kw_only=True):
    """How many films a member watched, gave stars and likes; `liked` counts films that were not watched, too.

    `described` are those of the watched ones that TMDB described, so that their directors and genres are known.
    `mean_rating` is null where nothing is rated.
    """

    watched: int
    rated: int
    liked: int
    described: int
    mean_rating: float | None


class RatingCount(msgspec.Struct):
    """How many films got these stars."""

    rating: float
    films: int


class DecadeCount(msgspec.Struct):
    """How many watched films are of one decade, by its first year."""

    decade: int
    films: int
    mean_rating: float | None


class NamedCount(msgspec.Struct):
    """How many watched films are by one person or of one genre, by TMDB's id, and the member's mean rating of them."""

    id: int
    name: str
    films: int
    mean_rating: float | None


class Statistics(msgspec.Struct, kw_only=True):
    """What a member watched, in numbers.

    `histogram` always has all ten ratings, from half a star to five. `directors` and `genres` are the most watched
    ones; who created a series counts as its director. A film without a known year is of no decade.
    """

    totals: Totals
    histogram: list[RatingCount]
    decades: list[DecadeCount]
    directors: list[NamedCount]
    genres: list[NamedCount]
