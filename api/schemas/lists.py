"""Lists on the wire, as Radarr, StevenLu and Kometa read them."""

import msgspec


class ListedFilm(msgspec.Struct, omit_defaults=True):
    """A film on a list for other programs: what is not known is not there, since `null` makes some of them fail.

    `id` is TMDB's number, which Radarr reads; Kometa reads `imdb_id` or `tmdb_id`, StevenLu `title` and `imdb_id`.
    """

    id: int
    tmdb_id: int
    title: str
    imdb_id: str | msgspec.UnsetType = msgspec.UNSET
    release_year: str | msgspec.UnsetType = msgspec.UNSET
    poster_url: str | msgspec.UnsetType = msgspec.UNSET
