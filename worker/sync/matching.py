"""Which TMDB title a Letterboxd film is: searching first, since it is quick, then what the film's page proves.

The order of proof: a person's choice and an id that is known already never come here (`due`); then the only title of
this name and year (`by_search`); then the film page's link to TMDB, and its IMDb id (`by_page`); then a person.
Nothing is guessed: a search is believed only where exactly one title can be meant, a link only where it does not
contradict the film, and every doubt ends as a question for a person.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import msgspec
from msgspec.structs import replace

from api.db.details import Details
from api.db.text import fold
from api.errors import Missing
from worker.sources.letterboxd.film import FilmPage
from worker.sources.tmdb.matching import candidate, contradicts, plausible_hits, unique_hit
from worker.sources.tmdb.shapes import Hit, SearchResult

State = Literal["pending", "found", "review", "not_found"]
Method = Literal["search", "page", "imdb"]
Confidence = Literal["proven", "probable"]
TitleId = tuple[str, int]
FilmPages = Callable[[str], Awaitable[FilmPage]]

MOST_CANDIDATES = 20
NONE_EXCLUDED: frozenset[TitleId] = frozenset()
# Words that nearly every title has in its language: they hardly narrow a search.
COMMON = """
a an the and or of in on at to for from with by is le la les un une de du des et en au aux der die das den dem
ein eine und im am von zu el los las y del al il lo gli i e di da o os as um uma do dos no na het een van
"""
COMMON_WORDS = frozenset(COMMON.split())


class Tmdb(Protocol):
    """What matching asks of TMDB."""

    async def search_all(self, title: str) -> SearchResult: ...

    async def search_movies(self, title: str, year: int) -> SearchResult: ...

    async def search_shows(self, title: str, year: int) -> SearchResult: ...

    async def find(self, imdb_id: str) -> list[Hit]: ...

    async def details(self, media_type: str, tmdb_id: int, countries: Sequence[str]) -> Details: ...


class FilmIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a film before it is matched."""

    slug: str
    title: str
    year: int | None = None
    lid: str | None = None
    letterboxd_id: int | None = None


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome for one film; `message` is for a person, `details` are those read on the way."""

    state: State
    media_type: str | None = None
    tmdb_id: int | None = None
    imdb_id: str | None = None
    method: Method | None = None
    confidence: Confidence | None = None
    candidates: list[dict[str, Any]] = []
    message: str | None = None
    details: Details | None = None


async def by_search(film: FilmIdentity, tmdb: Tmdb, *, exclude: frozenset[TitleId] = NONE_EXCLUDED) -> Match:
    """The only title of this name and year; else pending, with candidates. Never one of `exclude`, which TMDB dropped.

    A film without a year is not searched for: a name alone proves nothing.
    """
    if film.year is None:
        return Match(state="pending")
    result = await _searched(film.title, film.year, tmdb)
    result = replace(result, hits=_without(exclude, result.hits))
    hit = unique_hit(result, film.title, film.year)
    if hit is None:
        return Match(state="pending", candidates=_offered(result.hits, film))
    return Match(state="found", media_type=hit.media_type, tmdb_id=hit.tmdb_id, method="search", confidence="probable")


async def by_page(
    film: FilmIdentity,
    tmdb: Tmdb,
    film_pages: FilmPages,
    countries: Sequence[str],
    *,
    searched: Match,
    exclude: frozenset[TitleId] = NONE_EXCLUDED,
) -> Match:
    """What the film's page proves by its TMDB link, else by its IMDb id; otherwise review or not found.

    `searched` is what `by_search` left pending. Of the page's errors Missing alone is an outcome, the rest is raised.
    """
    case = _Case(film, tmdb, searched, exclude, was_searched=film.year is not None)
    try:
        page = await film_pages(film.slug)
    except Missing:
        return await case.undecided("Letterboxd has no page for this film any more")
    if _is_another(page, film):
        return await case.undecided("Letterboxd's page for this film now shows another film")
    case.film = replace(film, year=film.year or page.year)
    return await _by_link(case, page, countries) or await _by_imdb_id(case, page)


@dataclass
class _Case:
    """A film that searching left open, and how it ends when no proof is found."""

    film: FilmIdentity
    tmdb: Tmdb
    searched: Match
    exclude: frozenset[TitleId]
    was_searched: bool

    async def undecided(self, because: str, *named: dict[str, Any]) -> Match:
        """Review where there is something to choose from, the `named` titles first; not found otherwise."""
        offered: dict[TitleId, dict[str, Any]] = {}
        for row in (*named, *await self._candidates()):
            offered.setdefault((row["media_type"], row["tmdb_id"]), row)
        candidates = list(offered.values())[:MOST_CANDIDATES]
        if not candidates:
            return Match(state="not_found", message=f"{because}, and TMDB has nothing of this name and time.")
        return Match(state="review", candidates=candidates, message=f"{because}. Please choose the right title.")

    async def _candidates(self) -> list[dict[str, Any]]:
        """What the search found, or finds now for a film whose year was not known."""
        if self.was_searched:
            return self.searched.candidates
        result = await self.tmdb.search_all(self.film.title)
        return _offered(_without(self.exclude, result.hits), self.film)


async def _by_link(case: _Case, page: FilmPage, countries: Sequence[str]) -> Match | None:
    """The title that the page links to, where TMDB still has it; review where it contradicts the film."""
    if page.tmdb is None or page.tmdb in case.exclude:
        return None
    try:
        details = await case.tmdb.details(*page.tmdb, countries)
    except Missing:
        return None
    why = contradicts(details, titles=_titles(case.film, page), year=case.film.year, imdb_id=page.imdb_id)
    if why:
        return await case.undecided("Letterboxd links to a title that contradicts the film", candidate(details, why))
    return Match(
        state="found",
        media_type=details.media_type,
        tmdb_id=details.tmdb_id,
        imdb_id=details.imdb_id or page.imdb_id,
        method="page",
        confidence="proven",
        details=details,
    )


async def _by_imdb_id(case: _Case, page: FilmPage) -> Match:
    """The one title that TMDB has for the page's IMDb id, else review or not found."""
    lacking = "Letterboxd links to a title that TMDB has no more" if page.tmdb else "Letterboxd names no TMDB title"
    if page.imdb_id is None:
        return await case.undecided(lacking)
    hits = _without(case.exclude, await case.tmdb.find(page.imdb_id))
    if not hits:
        return await case.undecided(lacking)
    if len(hits) > 1:
        named = (candidate(hit, f"TMDB has it for {page.imdb_id}") for hit in hits)
        return await case.undecided("TMDB has several titles for the film's IMDb id", *named)
    hit = hits[0]
    if why := contradicts(hit, titles=_titles(case.film, page), year=case.film.year, imdb_id=None):
        return await case.undecided("The film's IMDb id leads to a title that contradicts it", candidate(hit, why))
    return Match(
        state="found",
        media_type=hit.media_type,
        tmdb_id=hit.tmdb_id,
        imdb_id=page.imdb_id,
        method="imdb",
        confidence="proven",
    )


async def _searched(title: str, year: int, tmdb: Tmdb) -> SearchResult:
    """Films and shows of this name: one request where the name is so rare that its answer holds all of them."""
    if sum(word not in COMMON_WORDS for word in fold(title).split()) > 1:
        result = await tmdb.search_all(title)
        if result.complete:
            return result
    return await tmdb.search_movies(title, year) + await tmdb.search_shows(title, year)


def _without(exclude: frozenset[TitleId], hits: Iterable[Hit]) -> list[Hit]:
    return [hit for hit in hits if (hit.media_type, hit.tmdb_id) not in exclude]


def _offered(hits: Iterable[Hit], film: FilmIdentity) -> list[dict[str, Any]]:
    """The hits that a person could mean by this film, as candidates."""
    plausible = plausible_hits(hits, film.title, film.year)[:MOST_CANDIDATES]
    return [candidate(hit, _likeness(hit, film.year)) for hit in plausible]


def _likeness(hit: Hit, year: int | None) -> str:
    same_year = "same title and year" if year is not None and hit.year == year else "same title"
    return f"{same_year}, but a video such as a making-of or a concert" if hit.video else same_year


def _is_another(page: FilmPage, film: FilmIdentity) -> bool:
    """Whether the slug led to another film; a renamed one keeps its codes."""
    if page.lid and film.lid:
        return page.lid != film.lid
    return bool(page.letterboxd_id and film.letterboxd_id) and page.letterboxd_id != film.letterboxd_id


def _titles(film: FilmIdentity, page: FilmPage) -> list[str]:
    """The names of the film, the tile's first; the page's only count where it is surely of the same film."""
    sure = page.slug == film.slug or bool(film.lid and page.lid) or bool(film.letterboxd_id and page.letterboxd_id)
    return [film.title, *(title for title in (page.title, page.original_title) if sure and title)]
