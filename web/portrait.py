"""A member's page without any markup: who the member is, and what was watched, in numbers that can be drawn."""

from collections.abc import Iterable, Sequence

import msgspec

from web.cards import Mention, mention, tint_of
from web.links import web_address
from web.member_shapes import DecadeCount, NamedCount, ProfileStats, RatedFilm, Statistics
from web.security import AVATAR_ORIGIN
from web.shapes import Source
from web.words import count, stars

COMPLETE = ("ok", "stale", "never")


class Face(msgspec.Struct, frozen=True, kw_only=True):
    """A member's picture; without an `avatar` the `initial` stands for it, on its `tint`."""

    avatar: str | None
    initial: str
    tint: int


class Column(msgspec.Struct, frozen=True):
    """A number as part of the largest one beside it, `share` in percent; `spoken` says what is counted."""

    label: str
    films: int
    share: float
    spoken: str


class Line(msgspec.Struct, frozen=True):
    """How often something was watched, `share` in percent of the most; `mean` is "3.9", or empty."""

    name: str
    films: int
    share: float
    mean: str


class Loved(msgspec.Struct, frozen=True):
    """A film with the stars that the member gave it, drawn and spoken."""

    film: Mention
    stars: str
    spoken: str


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """What was watched; `totals` are (what, how many), `foot` says what the numbers do not hold."""

    totals: list[tuple[str, str]]
    ratings: list[Column]
    decades: list[Line]
    directors: list[Line]
    genres: list[Line]
    foot: str


def face(name: str, username: str, avatar_url: str | None) -> Face:
    """The picture, where it is one that the page may show."""
    address = web_address(avatar_url)
    known = address is not None and address.startswith(f"{AVATAR_ORIGIN}/")
    return Face(avatar=address if known else None, initial=name[:1].upper(), tint=tint_of(username))


def facts(stats: ProfileStats) -> list[str]:
    """Letterboxd's own counts that are known.

    >>> facts(ProfileStats(films_watched=1367, lists=1))
    ['1,367 films', '1 list']
    """
    told = (
        (stats.films_watched, "film", None),
        (stats.lists, "list", None),
        (stats.following, "following", "following"),
        (stats.followers, "follower", None),
    )
    return [count(number, noun, plural) for number, noun, plural in told if number is not None]


def numbers(statistics: Statistics, source: Source | None) -> Numbers | None:
    """What was watched; None where nothing is known to be. `source` is where it was read."""
    totals = statistics.totals
    if not totals.watched and not totals.liked:
        return None
    said = [("watched", f"{totals.watched:,}"), ("rated", f"{totals.rated:,}"), ("liked", f"{totals.liked:,}")]
    if totals.mean_rating is not None:
        said.append(("mean rating", f"{totals.mean_rating:.1f}"))
    highest = max((each.films for each in statistics.histogram), default=0)
    return Numbers(
        totals=said,
        ratings=[
            Column(short_stars(each.rating), each.films, _share(each.films, highest), _with_stars(each.rating))
            for each in statistics.histogram
        ]
        if highest
        else [],
        decades=_lines((f"{each.decade}s", each) for each in statistics.decades),
        directors=_lines((each.name, each) for each in statistics.directors),
        genres=_lines((each.name, each) for each in statistics.genres),
        foot=_foot(statistics, source),
    )


def loved(films: Sequence[RatedFilm]) -> list[Loved]:
    return [
        Loved(mention(film), stars(film.rating or 0), f"{short_stars(film.rating or 0)} of 5 stars") for film in films
    ]


def short_stars(rating: float) -> str:
    """
    >>> short_stars(0.5), short_stars(3), short_stars(4.5)
    ('½', '3', '4½')
    """
    return f"{int(rating) or ''}{'½' * (rating % 1 >= 0.5)}"


def _with_stars(rating: float) -> str:
    return f"with {short_stars(rating)} {'star' if rating <= 1 else 'stars'}"


def _lines(counted: Iterable[tuple[str, DecadeCount | NamedCount]]) -> list[Line]:
    found = list(counted)
    most = max((each.films for _, each in found), default=0)
    return [
        Line(
            name,
            each.films,
            _share(each.films, most),
            "" if each.mean_rating is None else f"{each.mean_rating:.1f}",
        )
        for name, each in found
    ]


def _share(films: int, most: int) -> float:
    return round(100 * films / most, 1) if most else 0


def _foot(statistics: Statistics, source: Source | None) -> str:
    """How much of what was watched the numbers know."""
    totals, said = statistics.totals, []
    if source and source.state not in COMPLETE and source.expected and (source.got or 0) < source.expected:
        said.append(f"The last reading came as far as {source.got or 0:,} of {count(source.expected, 'film')}.")
    if totals.described < totals.watched:
        said.append(f"Directors and genres are known of {totals.described:,} of the {totals.watched:,} watched films.")
    return " ".join(said)
