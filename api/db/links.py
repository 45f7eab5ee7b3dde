"""The addresses of what Marquee shows: films and members on Letterboxd, posters and logos at TMDB."""

import msgspec
from sqlalchemy import ColumnElement, String, literal

from api.settings.tmdb import TMDB_PAGES

IMDB_PAGES = "https://www.imdb.com"


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """Where addresses begin, without a slash at the end: LETTERBOXD_BASE_URL and TMDB_IMAGE_BASE_URL.

    What a list shows per film is put together by the database: those methods take and give columns, and null
    stays null.
    """

    letterboxd: str
    images: str

    def member(self, username: str) -> str:
        return f"{self.letterboxd}/{username}/"

    def film(self, slug: ColumnElement[str]) -> ColumnElement[str]:
        return literal(f"{self.letterboxd}/film/", String) + slug + "/"

    def poster(self, path: ColumnElement[str]) -> ColumnElement[str]:
        return literal(f"{self.images}/w342", String) + path

    def logo(self, path: ColumnElement[str]) -> ColumnElement[str]:
        return literal(f"{self.images}/w92", String) + path

    def logo_of(self, path: str | None) -> str | None:
        """Like `logo`, for a path that is at hand."""
        return f"{self.images}/w92{path}" if path else None

    def poster_of(self, path: str | None) -> str | None:
        """Like `poster`, for a path that is at hand."""
        return f"{self.images}/w342{path}" if path else None


def title_page(media_type: str, tmdb_id: int) -> str:
    """TMDB's page of a title, for people."""
    return f"{TMDB_PAGES}/{media_type}/{tmdb_id}"


def imdb_page(imdb_id: str) -> str:
    """IMDb's page of a title, for people."""
    return f"{IMDB_PAGES}/title/{imdb_id}/"
