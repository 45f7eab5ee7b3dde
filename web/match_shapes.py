"""What the page of questions reads of the API's answers; fields that it does not need are ignored."""

from datetime import datetime

import msgspec

from web.shapes import FilmRef


class MatchedFilm(FilmRef, kw_only=True):
    original_title: str | None = None
    directors: list[str] = msgspec.field(default_factory=list)
    runtime_minutes: int | None = None


class Candidate(msgspec.Struct, kw_only=True):
    """A TMDB title that a film may be: `why` it came into question, `why_not` what speaks against it."""

    media_type: str
    tmdb_id: int
    title: str
    url: str
    original_title: str | None = None
    year: int | None = None
    directors: list[str] = msgspec.field(default_factory=list)
    runtime_minutes: int | None = None
    poster_url: str | None = None
    why: str | None = None
    why_not: str | None = None


class Match(msgspec.Struct, kw_only=True):
    """What a film is taken for on TMDB, or the question; `locked` where a person decided."""

    film: MatchedFilm
    state: str
    locked: bool
    media_type: str | None = None
    tmdb_id: int | None = None
    url: str | None = None
    message: str | None = None
    tried_at: datetime | None = None
    candidates: list[Candidate] = []


class DecidedMatch(Match, kw_only=True):
    """`note` says what Marquee does next; `same_title` are other films that are taken for the same title."""

    queued: bool = False
    note: str = ""
    same_title: list[FilmRef] = []


class ImportedDecisions(msgspec.Struct, kw_only=True):
    """How many rows of a file changed a film, changed nothing, wait for their film, or lost against a choice here."""

    imported: int
    unchanged: int
    waiting: int
    kept: int
    note: str = ""
