"""What the page reads of the API's answers about a member: profile, statistics and opinions."""

import msgspec

from web.shapes import FilmRef


class ProfileStats(msgspec.Struct, kw_only=True):
    """Letterboxd's own counts; None where they are not known."""

    films_watched: int | None = None
    lists: int | None = None
    following: int | None = None
    followers: int | None = None


class Profile(msgspec.Struct, kw_only=True):
    username: str
    url: str
    display_name: str | None = None
    bio: str | None = None
    avatar_url: str | None = None
    stats: ProfileStats = msgspec.field(default_factory=ProfileStats)
    favorites: list[FilmRef] = []


class RatedFilm(FilmRef, kw_only=True):
    rating: float | None = None
    liked: bool = False


class Totals(msgspec.Struct, kw_only=True):
    """`described` are those of the watched films whose directors and genres are known."""

    watched: int = 0
    rated: int = 0
    liked: int = 0
    described: int = 0
    mean_rating: float | None = None


class RatingCount(msgspec.Struct, kw_only=True):
    rating: float
    films: int


class DecadeCount(msgspec.Struct, kw_only=True):
    decade: int
    films: int
    mean_rating: float | None = None


class NamedCount(msgspec.Struct, kw_only=True):
    """How often a director or a genre was watched."""

    name: str
    films: int
    mean_rating: float | None = None


class Statistics(msgspec.Struct, kw_only=True):
    totals: Totals = msgspec.field(default_factory=Totals)
    histogram: list[RatingCount] = []
    decades: list[DecadeCount] = []
    directors: list[NamedCount] = []
    genres: list[NamedCount] = []
