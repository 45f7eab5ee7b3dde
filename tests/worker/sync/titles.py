"""A TMDB and a film page that hold what a test puts into them, and words for how a film was matched by them."""

from collections.abc import Sequence
from typing import Any

from msgspec import json
from msgspec.structs import replace

from api.db.details import Details
from api.errors import Missing, SourceError
from worker.sources.letterboxd.film import FilmPage
from worker.sources.tmdb import reading
from worker.sources.tmdb.shapes import Hit, SearchResult
from worker.sync.matching import FilmIdentity, Match, by_page, by_search

FILM = FilmIdentity(slug="blue-heron", title="Blue Heron", year=2025, lid="aaaa", letterboxd_id=77)
ONE_WORD = FilmIdentity(slug="heat-1995", title="The Heat", year=1995, lid="bbbb")
PAGE = FilmPage(
    tmdb=None,
    imdb_id=None,
    slug="blue-heron",
    lid="aaaa",
    letterboxd_id=77,
    title="Blue Heron",
    original_title=None,
    year=2025,
    runtime_minutes=None,
    directors=[],
    average=None,
    rating_count=None,
)


def hit(tmdb_id: int = 1, title: str = "Blue Heron", year: int | None = 2025, **more: Any) -> Hit:
    values = {"media_type": "movie", "original_title": title, **more}
    return Hit(tmdb_id=tmdb_id, title=title, year=year, **values)


def of(
    tmdb_id: int,
    title: str,
    year: int | None,
    imdb_id: str | None = None,
    media_type: str = "movie",
    *,
    director: str | None = None,
    runtime: int = 0,
) -> Details:
    crew = [{"id": 1, "name": director, "job": "Director"}] if director else []
    date = f"{year}-05-01" if year else ""
    body = {"id": tmdb_id, "title": title, "release_date": date, "imdb_id": imdb_id, "runtime": runtime}
    body["credits"] = {"cast": [], "crew": crew}
    return reading.details(json.encode({**body, "watch/providers": {"results": {}}}), media_type, [])


class World:
    """A TMDB and a Letterboxd that hold what a test puts into them, and remember what they were asked."""

    def __init__(self) -> None:
        self.everything = SearchResult([], True)
        self.movies = SearchResult([], True)
        self.shows = SearchResult([], True)
        self.by_imdb_id: dict[str, list[Hit]] = {}
        self.titles: list[Details] = []
        self.page: FilmPage | SourceError = PAGE
        self.asked: list[str] = []

    async def search_all(self, title: str) -> SearchResult:
        self.asked.append(f"multi {title}")
        return self.everything

    async def search_movies(self, title: str, year: int) -> SearchResult:
        self.asked.append(f"movie {title} {year}")
        return self.movies

    async def search_shows(self, title: str, year: int) -> SearchResult:
        self.asked.append(f"tv {title} {year}")
        return self.shows

    async def find(self, imdb_id: str) -> list[Hit]:
        self.asked.append(f"find {imdb_id}")
        return self.by_imdb_id.get(imdb_id, [])

    async def details(self, media_type: str, tmdb_id: int, countries: Sequence[str]) -> Details:
        self.asked.append(f"details {media_type} {tmdb_id}")
        for title in self.titles:
            if (title.media_type, title.tmdb_id) == (media_type, tmdb_id):
                return title
        for hit in self._hits():
            if (hit.media_type, hit.tmdb_id) == (media_type, tmdb_id):
                return of(tmdb_id, hit.title, hit.year, media_type=media_type)
        raise Missing(f"/3/{media_type}/{tmdb_id}")

    def _hits(self) -> list[Hit]:
        searched = [*self.everything.hits, *self.movies.hits, *self.shows.hits]
        return [*searched, *(hit for hits in self.by_imdb_id.values() for hit in hits)]

    async def film_page(self, slug: str) -> FilmPage:
        self.asked.append(f"page {slug}")
        if isinstance(self.page, SourceError):
            raise self.page
        return self.page

    def found(self, *hits: Hit, complete: bool = True) -> None:
        self.everything = SearchResult(list(hits), complete)

    def links(self, media_type: Any, tmdb_id: int, **more: Any) -> None:
        self.page = replace(PAGE, tmdb=(media_type, tmdb_id), **more)

    async def match(self, film: FilmIdentity = FILM, exclude: frozenset[tuple[str, int]] = frozenset()) -> Match:
        searched = await by_search(film, self, exclude=exclude)
        if searched.state != "pending":
            return searched
        return await by_page(film, self, self.film_page, ["GB"], searched=searched, exclude=exclude)


def title_of(match: Match) -> tuple[str | None, int | None]:
    return match.media_type, match.tmdb_id


def how(match: Match) -> tuple[str, str | None, str | None]:
    return match.state, match.method, match.confidence


def offered(match: Match) -> list[tuple[str, int]]:
    return [(row["media_type"], row["tmdb_id"]) for row in match.candidates]
