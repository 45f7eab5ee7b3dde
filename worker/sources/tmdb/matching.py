"""Whether a title on TMDB is the film that is meant. Equality is strict: a doubt is left to a better proof."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

from api.db.details import Details
from api.db.text import fold
from worker.sources.tmdb.reading import year_of
from worker.sources.tmdb.shapes import Hit, SearchResult

__all__ = ["candidate", "contradicts", "equal_hits", "plausible_hits", "unique_hit", "year_of"]

ALIKE = 0.6
CLOSE_YEARS = 2


def equal_hits(hits: Iterable[Hit], title: str, year: int | None) -> list[Hit]:
    """The hits of this title, or original title, and of exactly this year; none where the year is unknown."""
    return [hit for hit in hits if year is not None and hit.year == year and _same_title(hit, title)]


def plausible_hits(hits: Iterable[Hit], title: str, year: int | None) -> list[Hit]:
    """The hits of this title whose year is unknown or near enough for a person to consider; the nearest first."""
    near = [hit for hit in hits if _same_title(hit, title) and _distance(hit, year) <= CLOSE_YEARS]
    return sorted(near, key=lambda hit: (_distance(hit, year), -hit.popularity))


def unique_hit(result: SearchResult, title: str, year: int | None) -> Hit | None:
    """The one film or show that a search proves to be meant.

    None where pages are unread, where no hit or more than one is equal, and where the only one is a video: a
    making-of often bears its film's name and year. A video beside a film makes two, since either may be meant.
    """
    hits = equal_hits(result.hits, title, year)
    return hits[0] if result.complete and len(hits) == 1 and not hits[0].video else None


def contradicts(title: Hit | Details, *, titles: Sequence[str], year: int | None, imdb_id: str | None) -> str | None:
    """Why a linked title cannot be the film with these titles and this year, in words; None where it can.

    Only a name and a year that both disagree contradict: names are translated, and the year of a festival is not
    that of the release. An equal IMDb id settles it.
    """
    if imdb_id and isinstance(title, Details) and title.imdb_id == imdb_id:
        return None
    if year is None or title.year is None or abs(title.year - year) <= 1:
        return None
    if any(_alike(ours, theirs) for ours in titles for theirs in (title.title, title.original_title or "")):
        return None
    return f"its name and year differ: TMDB has “{title.title}” ({title.year}), Letterboxd “{titles[0]}” ({year})"


def candidate(title: Hit | Details, why: str) -> dict[str, Any]:
    """A title offered to a person for review, as plain JSON."""
    return {
        "media_type": title.media_type,
        "tmdb_id": title.tmdb_id,
        "title": title.title,
        "original_title": title.original_title,
        "year": title.year,
        "poster_path": title.poster_path,
        "why": why,
    }


def _same_title(hit: Hit, title: str) -> bool:
    wanted = fold(title)
    return bool(wanted) and wanted in (fold(hit.title), fold(hit.original_title))


def _distance(hit: Hit, year: int | None) -> int:
    """The years between; where one is unknown, as many as are still plausible."""
    return CLOSE_YEARS if hit.year is None or year is None else abs(hit.year - year)


def _alike(one: str, other: str) -> bool:
    """Equal, one within the other by whole words, or close in spelling."""
    first, second = fold(one), fold(other)
    if not first or not second:
        return False
    if f" {first} " in f" {second} " or f" {second} " in f" {first} ":
        return True
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= ALIKE
