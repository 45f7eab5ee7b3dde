"""Whether a title on TMDB is the film that is meant. Equality is strict: a doubt is left to a better proof."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from api.db.details import Details
from api.db.text import fold
from worker.sources.tmdb.reading import year_of
from worker.sources.tmdb.shapes import Hit, SearchResult

__all__ = ["contradicts", "found_otherwise", "plausible_hits", "same_title", "unique_hit", "year_of"]

ALIKE = 0.6
CLOSE_YEARS = 2


def plausible_hits(hits: Iterable[Hit], titles: Sequence[str], year: int | None) -> list[Hit]:
    """The hits of one of these titles whose year is unknown or near enough to be the film; the nearest first."""
    near = [hit for hit in hits if same_title(hit, titles) and _distance(hit, year) <= CLOSE_YEARS]
    return sorted(near, key=lambda hit: (_distance(hit, year), -hit.popularity))


def found_otherwise(hits: Iterable[Hit], titles: Sequence[str], year: int | None) -> list[Hit]:
    """The hits of the very year, or the one beside it, that TMDB found by another of their names; the nearest first."""
    others = [hit for hit in hits if not same_title(hit, titles) and year is not None and hit.year is not None]
    near = [hit for hit in others if _distance(hit, year) <= 1]
    return sorted(near, key=lambda hit: (_distance(hit, year), -hit.popularity))


def unique_hit(result: SearchResult, title: str, year: int | None) -> Hit | None:
    """The one film that a search proves to be meant.

    None where pages are unread, where no hit is of this title and exactly this year, and where another of this title
    is of the same year or of one beside it: the year of a festival is not that of the release, so that either may be
    meant. A video, an adult title or a show is never believed by its name alone: making-ofs and series often bear
    that of a film.
    """
    if year is None or not result.complete:
        return None
    near = [hit for hit in result.hits if same_title(hit, [title]) and hit.year and abs(hit.year - year) <= 1]
    hit = near[0] if len(near) == 1 else None
    believed = hit is not None and hit.year == year and hit.media_type == "movie" and not hit.video and not hit.adult
    return hit if believed else None


def contradicts(title: Hit | Details, *, titles: Sequence[str], year: int | None) -> str | None:
    """Why a title that an id leads to cannot be the film with these titles and this year, in words; None where it can.

    Only a name and a year that both disagree contradict: names are translated, and the year of a festival is not
    that of the release.
    """
    if year is None or title.year is None or abs(title.year - year) <= 1:
        return None
    if any(_alike(ours, theirs) for ours in titles for theirs in (title.title, title.original_title or "")):
        return None
    return f"its name and year differ: TMDB has “{title.title}” ({title.year}), Letterboxd “{titles[0]}” ({year})"


def same_title(title: Hit | Details, titles: Sequence[str]) -> bool:
    """Whether its title or original title is one of these, but for spelling."""
    theirs = (fold(title.title), fold(title.original_title or ""))
    return any(wanted in theirs for each in titles if (wanted := fold(each)))


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
