"""Addresses outside this site."""

from urllib.parse import urlsplit

TMDB = "https://www.themoviedb.org"


def web_address(url: str | None) -> str | None:
    """`url` where it is one that a page may link to, None for `javascript:` and its kind."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
