"""Matches on the wire: what waits for a person, and what a person decided."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from api.schemas.films import FilmRef, MatchConfidence, MatchState, MediaType

TmdbId = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
LID = r"^[A-Za-z0-9]{1,12}(?!\n)$"
Lid = Annotated[str, msgspec.Meta(pattern=LID)]


class Candidate(msgspec.Struct, kw_only=True):
    """A TMDB title that a film may be: `why` it came into question, `why_not` what speaks against it."""

    media_type: MediaType
    tmdb_id: int
    title: str
    original_title: str | None
    year: int | None
    directors: list[str]
    runtime_minutes: int | None
    poster_url: str | None
    url: str
    why: str | None
    why_not: str | None


class MatchedFilm(FilmRef, kw_only=True):
    """A film with what Letterboxd says of it, as far as its page was read."""

    lid: str | None
    original_title: str | None
    directors: list[str]
    runtime_minutes: int | None


class Match(msgspec.Struct, kw_only=True):
    """What Marquee takes a film for on TMDB, or the question which title it is.

    `url` is TMDB's page of the title. `locked` says that a person decided, so that nothing else changes it; with
    `not_found` that is "there is none".
    """

    film: MatchedFilm
    state: MatchState
    media_type: MediaType | None
    tmdb_id: int | None
    url: str | None
    method: str | None
    confidence: MatchConfidence | None
    message: str | None
    locked: bool
    tried_at: datetime | None
    candidates: list[Candidate]


class DecidedMatch(Match, kw_only=True):
    """A match after a person decided.

    `queued` says that a worker sees to the film within seconds, `note` what happens next, for a person. `same_title`
    are other films that have the same TMDB title, which is right for duplicates alone.
    """

    queued: bool
    note: str
    same_title: list[FilmRef]


class Decision(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Either a title, or `{"state": "not_found"}`: there is none. A decision is always locked."""

    media_type: MediaType | None = None
    tmdb_id: TmdbId | None = None
    state: Literal["found", "not_found"] | None = None
    locked: Annotated[bool, msgspec.Meta(extra_json_schema={"const": True})] = True


class KeptDecision(msgspec.Struct, kw_only=True):
    """A person's decision under the code that Letterboxd keeps for a film; without a title there is none on TMDB.

    `title` and `year` are a help for the eye, null where Marquee does not know the film; an import does not read them.
    """

    lid: str
    media_type: MediaType | None
    tmdb_id: int | None
    title: str | None = None
    year: int | None = None


class KeptDecisions(msgspec.Struct):
    """All decisions of persons: a file to keep, and to import."""

    decisions: list[KeptDecision]


class ImportedDecisions(msgspec.Struct, kw_only=True):
    """How many rows of an import changed a film, changed nothing, wait for a film that Marquee does not know yet, and
    lost against a decision that was made here. `note` says what happens next, for a person.
    """

    imported: int
    unchanged: int
    waiting: int
    kept: int
    note: str
