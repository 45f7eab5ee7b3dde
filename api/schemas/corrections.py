"""Corrections on the wire."""

from datetime import datetime

import msgspec

from api.schemas.films import FilmRef, MediaType


class TitleRef(msgspec.Struct):
    """A TMDB title with the address of its page."""

    media_type: MediaType
    tmdb_id: int
    url: str


class Correction(msgspec.Struct, kw_only=True):
    """A film was taken for the wrong TMDB title: which it was, which it is now (null: none so far), and why."""

    id: int
    at: datetime
    film: FilmRef
    former: TitleRef = msgspec.field(name="from")
    to: TitleRef | None
    because: str | None
