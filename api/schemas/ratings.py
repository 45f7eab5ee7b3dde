"""What members made of films, on the wire.

The fields stand in the order in which `api.db.opinions` selects them.
"""

from datetime import date, datetime

import msgspec

from api.schemas.films import MediaType


class RatedFilm(msgspec.Struct):
    """A film that a member watched or likes.

    `rating` is in stars, null where none was given. `watched` is false where a film is liked and was not watched.
    `watched_on` and `rated_at` are known where the member's diary tells them.
    """

    slug: str
    lid: str | None
    title: str
    year: int | None
    poster_url: str | None
    url: str
    media_type: MediaType | None
    tmdb_id: int | None
    imdb_id: str | None
    rating: float | None
    liked: bool
    watched: bool
    watched_on: date | None
    rated_at: datetime | None
