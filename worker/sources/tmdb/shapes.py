"""What a search on TMDB found; what is kept of a title is `api.db.details.Details`."""

from typing import Literal

import msgspec

MediaType = Literal["movie", "tv"]


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One film or show in the answer to a search or a look-up.

    `year` and `date` are of the primary release, for a show of its first episode. `video` marks making-ofs,
    concerts and the like, `adult` what few mean by a film's name.
    """

    media_type: MediaType
    tmdb_id: int
    title: str
    original_title: str
    year: int | None = None
    date: str | None = None
    poster_path: str | None = None
    popularity: float = 0.0
    video: bool = False
    adult: bool = False
    overview: str = ""


class SearchResult(msgspec.Struct, frozen=True):
    """`complete` says that every page of the answer was read: only then is a single hit the only one."""

    hits: list[Hit]
    complete: bool

    def __add__(self, other: "SearchResult") -> "SearchResult":
        return SearchResult(self.hits + other.hits, self.complete and other.complete)
