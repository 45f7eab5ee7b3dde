"""A film whose title is to be found: what is known of it, what may be it, and how it becomes a question.

Candidates are plain JSON: media_type, tmdb_id, title, original_title, year, directors, runtime (minutes), poster_path,
why it is one, and why_not: what speaks against it, None where nothing does.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec

from api.db.details import Details
from api.errors import Missing
from worker.sources.letterboxd.film import FilmPage
from worker.sources.tmdb.matching import contradicts, found_otherwise, plausible_hits
from worker.sources.tmdb.shapes import Hit, SearchResult
from worker.sync.evidence import Evidence, directors

State = Literal["pending", "found", "review", "not_found"]
Method = Literal["search", "page", "imdb", "rss"]
Confidence = Literal["proven", "probable"]
TitleId = tuple[str, int]
FilmPages = Callable[[str], Awaitable[FilmPage]]

MOST_CANDIDATES = 20
MOST_READ = 5
NONE_EXCLUDED: frozenset[TitleId] = frozenset()


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
    """The outcome for one film; `message` is for a person, `details` are those read on the way.

    `hits` are what a search that stays pending found, `evidence` what the film's page told of a film in review, and
    `because` why this is its title. One that is `by_name_alone` yields to another film that is this title already.
    """

    state: State
    media_type: str | None = None
    tmdb_id: int | None = None
    imdb_id: str | None = None
    method: Method | None = None
    confidence: Confidence | None = None
    candidates: list[dict[str, Any]] = []
    evidence: dict[str, Any] | None = None
    message: str | None = None
    because: str | None = None
    proof_tried_at: datetime | None = None
    by_name_alone: bool = False
    details: Details | None = None
    hits: list[Hit] = []


@dataclass
class Named:
    """A title that may be meant, with its details where they were read; `against` is what speaks against it."""

    title: Hit | Details
    why: str
    against: list[str] = field(default_factory=list)
    is_video: bool = False

    @property
    def details(self) -> Details | None:
        return self.title if isinstance(self.title, Details) else None

    @property
    def key(self) -> TitleId:
        return self.title.media_type, self.title.tmdb_id

    def as_json(self) -> dict[str, Any]:
        title, details = self.title, self.details
        kinds = {"it is a series": title.media_type == "tv", "it is a video, such as a making-of": self.is_video}
        against = [*(words for words, applies in kinds.items() if applies), *self.against]
        return {
            "media_type": title.media_type,
            "tmdb_id": title.tmdb_id,
            "title": title.title,
            "original_title": title.original_title,
            "year": title.year,
            "directors": directors(details) if details else [],
            "runtime": details.runtime_minutes if details else None,
            "poster_path": title.poster_path,
            "why": self.why,
            "why_not": "; ".join(against) or None,
        }


@dataclass
class Case:
    """A film that searching left open. `hits` are what was found, None where nothing was searched for yet."""

    film: FilmIdentity
    tmdb: Tmdb
    countries: Sequence[str]
    hits: list[Hit] | None = None
    exclude: frozenset[TitleId] = NONE_EXCLUDED
    evidence: Evidence | None = None
    titles: list[str] = field(default_factory=list)

    async def details(self, key: TitleId) -> Details | None:
        """The title, None where TMDB has it no more."""
        if key in self.exclude:
            return None
        try:
            return await self.tmdb.details(*key, self.countries)
        except Missing:
            return None

    def doubts(self, title: Details, imdb_id: str | None) -> str | None:
        """Why a title that an id leads to cannot be the film after all.

        Another name and year, or other directors, make a doubt; beside an equal IMDb id only all of that does.
        """
        evidence = self.evidence or Evidence()
        named_otherwise = contradicts(title, titles=self._titles, year=self.film.year)
        if evidence.excludes(title):
            doubt = "; ".join([*evidence.differences(title), *([named_otherwise] if named_otherwise else [])])
            return None if imdb_id and title.imdb_id == imdb_id and not named_otherwise else doubt
        is_confirmed = (imdb_id and title.imdb_id == imdb_id) or evidence.identifies(title)
        return None if is_confirmed else named_otherwise

    async def likely(self) -> list[Named]:
        """The titles of this name, the best of them read, those known to be gone left out."""
        plausible = plausible_hits(await self._hits(), self._titles, self.film.year)
        named = [Named(hit, likeness(hit, self.film.year), is_video=hit.video) for hit in plausible]
        return [*await self._read(named[:MOST_READ]), *named[MOST_READ:MOST_CANDIDATES]]

    async def otherwise_named(self) -> list[Named]:
        """The best of those that TMDB found by another of their names."""
        others = found_otherwise(await self._hits(), self._titles, self.film.year)
        named = [Named(hit, "TMDB knows it by this name too", is_video=hit.video) for hit in others[:MOST_READ]]
        return await self._read(named)

    def undecided(self, because: str, named: Iterable[Named], ruled_out: Sequence[Named] = ()) -> Match:
        """Review where there is something to choose from; not found otherwise.

        What is `ruled_out` has the film's name and is another film: no question, and shown where nothing else is.
        """
        offered: dict[TitleId, Named] = {}
        for each in named:
            offered.setdefault(each.key, each)
        evidence = msgspec.structs.asdict(self.evidence) if self.evidence else None
        shown = list(offered.values()) or ruled_out
        if not offered:
            because = f"{because}, and {self._nothing_but(ruled_out)}"
        return Match(
            state="review" if offered else "not_found",
            candidates=[each.as_json() for each in shown][:MOST_CANDIDATES],
            evidence=evidence,
            message=f"{because}.",
        )

    def _nothing_but(self, others: Sequence[Named]) -> str:
        """That TMDB does not have the film, but only `others`."""
        year = self.film.year
        when = " and year" if year and all(each.title.year == year for each in others) else ""
        if not others:
            return f"TMDB has nothing of this name{when}"
        if len(others) == 1:
            return f"TMDB has one title of this name{when}, which is another film"
        return f"TMDB has {len(others)} titles of this name{when}, which are other films"

    @property
    def _titles(self) -> list[str]:
        return self.titles or [self.film.title]

    async def _hits(self) -> list[Hit]:
        if self.hits is None:
            result = await self.tmdb.search_all(self.film.title)
            self.hits = [hit for hit in result.hits if (hit.media_type, hit.tmdb_id) not in self.exclude]
        return self.hits

    async def _read(self, named: Iterable[Named]) -> list[Named]:
        """The same with their details, and what these say against them."""
        return [
            Named(details, each.why, self.against(details), each.is_video)
            for each in named
            if (details := await self.details(each.key))
        ]

    def against(self, title: Details) -> list[str]:
        """What speaks against the title, in words; nothing where all is as the film's."""
        found = self.evidence.differences(title) if self.evidence else []
        if self.film.year and title.year and title.year != self.film.year:
            found.append(f"it is of {title.year}, and the film of {self.film.year}")
        return found


def likeness(hit: Hit, year: int | None) -> str:
    """Why a hit is a candidate."""
    return "same title and year" if year is not None and hit.year == year else "same title"
