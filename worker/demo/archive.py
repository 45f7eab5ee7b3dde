"""A member who has seen more than anybody: thousands of newsreels, which nobody else of the built-in world knows.

They are made as simply as films can be, and only Letterboxd has them: TMDB's titles stay what they are.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from worker.demo.model import Film, Member, Rating

USERNAME = "archie"
SEEN = 5000
FILMS_FROM = 40_000_000
FIRST_DAY = date(1910, 1, 3)


def newsreels() -> dict[str, Film]:
    """The newsreels by slug, one for each week."""
    return {film.slug: film for film in _newsreels()}


def archivist(films: dict[str, Film]) -> Member:
    """Who has seen them all, and likes one in five."""
    last = date(2026, 11, 1)
    ratings = tuple(
        Rating(slug, 0.5 + number % 10 / 2, number % 5 == 0, (last - timedelta(days=number)).isoformat())
        for number, slug in enumerate(films)
    )
    return Member(username=USERNAME, name="Archie Vance", bio="Has seen every newsreel.", ratings=ratings)


def _newsreels() -> Iterator[Film]:
    for number in range(SEEN):
        week = FIRST_DAY + timedelta(weeks=number)
        yield Film(
            film_id=FILMS_FROM + number,
            lid=f"nr{number:04d}",
            slug=f"newsreel-{week:%Y-%m-%d}",
            title=f"Newsreel of {week:%d %B %Y}",
            year=week.year,
            runtime=9 + number % 4,
            country="GB",
            genres=("Documentary",),
            directors=("Ada Reel",),
            plot="The news of a week.",
            average=3.0,
            rating_count=1,
            case="absent",
            expected="not_found",
            tmdb=None,
            tmdb_link=None,
            imdb_link=None,
            body_type="movie",
            body_id="",
        )
