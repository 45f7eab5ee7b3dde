"""What the built-in world is made of: films as Letterboxd has them, titles as TMDB has them, members, providers."""

import msgspec

PLAIN = "plain"


class Row(msgspec.Struct, frozen=True):
    """One line of the catalogue: plain facts, and the `case` that makes the film hard to match.

    case: plain, later, homonym, twin, series, retitled, undated, absent, imdb, stale, stale-imdb or contradicts;
    `detail` is what the case needs (TMDB's year or TMDB's title).
    """

    title: str
    year: int | None
    country: str
    runtime: int
    genres: tuple[str, ...]
    directors: tuple[str, ...]
    case: str = PLAIN
    detail: str = ""


class Film(msgspec.Struct, frozen=True, kw_only=True):
    """One Letterboxd film. `tmdb` is the truth; the links and the body's attributes are what its page claims."""

    film_id: int
    lid: str
    slug: str
    title: str
    original_title: str | None = None
    year: int | None
    runtime: int
    country: str
    genres: tuple[str, ...]
    directors: tuple[str, ...]
    plot: str
    average: float
    rating_count: int
    case: str
    expected: str
    tmdb: tuple[str, int] | None
    tmdb_link: tuple[str, int] | None
    imdb_link: str | None
    body_type: str
    body_id: str

    @property
    def name(self) -> str:
        """The title and, where it is known, the year in brackets."""
        return f"{self.title} ({self.year})" if self.year else self.title


class Title(msgspec.Struct, frozen=True, kw_only=True):
    """One TMDB movie or series. `date` is YYYY-MM-DD or empty; `years` are those of all its release dates."""

    media_type: str
    tmdb_id: int
    title: str
    original_title: str
    other_titles: tuple[str, ...] = ()
    language: str
    country: str
    date: str
    years: frozenset[int]
    overview: str
    runtime: int
    genres: tuple[str, ...]
    directors: tuple[str, ...]
    poster_path: str | None
    imdb_id: str | None
    video: bool = False
    adult: bool = False
    popularity: float
    vote_average: float
    vote_count: int
    slug: str | None = None

    @property
    def key(self) -> tuple[str, int]:
        return self.media_type, self.tmdb_id


class Rating(msgspec.Struct, frozen=True):
    """A watched film of a member; `stars` from 0.5 to 5, None where it was watched without a rating."""

    slug: str
    stars: float | None
    liked: bool
    watched: str


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A Letterboxd account; `watchlist` has the newest film first."""

    username: str
    name: str
    bio: str
    watchlist: tuple[str, ...] = ()
    ratings: tuple[Rating, ...] = ()
    following: tuple[str, ...] = ()
    private: bool = False


class Provider(msgspec.Struct, frozen=True):
    """A streaming provider, how it shows films (TMDB's names of offers) and in which countries."""

    provider_id: int
    name: str
    offers: tuple[str, ...]
    countries: tuple[str, ...]
    colours: tuple[str, str]
    logo_path: str


class Offer(msgspec.Struct, frozen=True, order=True):
    """One film on one provider, in one country, by one kind of offer."""

    slug: str
    country: str
    provider_id: int
    offer: str
