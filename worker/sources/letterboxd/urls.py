"""Paths on Letterboxd. Each ends with a slash: without it the answer is a redirect or a refusal."""

import re
from urllib.parse import quote

USERNAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
SLUG = re.compile(r"(?!\.{1,2}$)[^\s/?#%\\\x00-\x1f\x7f]{1,255}")


def profile(username: str) -> str:
    """A member's own page, below which all others of theirs lie."""
    if not USERNAME.fullmatch(username):
        raise ValueError(f"not a Letterboxd username: {username!r}")
    return f"/{username.lower()}/"


def watchlist(username: str) -> str:
    """The first page of a member's watchlist, in the order in which the member added the films, newest first."""
    return f"{profile(username)}watchlist/"


def films(username: str) -> str:
    """The first page of what a member watched, the newest release first: no other order is to be asked for."""
    return f"{profile(username)}films/"


def likes(username: str) -> str:
    """The first page of the films that a member liked, the one liked last first."""
    return f"{profile(username)}likes/films/"


def rss(username: str) -> str:
    """A member's feed."""
    return f"{profile(username)}rss/"


def page_number(first: str, path: str) -> int | None:
    """The number of the page that `path` names, of the list that begins at `first`; None where it names no such."""
    found = re.fullmatch(re.escape(first) + r"(?:page/([1-9]\d{0,5})/)?", path, re.IGNORECASE | re.ASCII)
    return int(found[1] or 1) if found else None


def member_in(path: str) -> str | None:
    """Whose profile a path is."""
    found = re.fullmatch(rf"/({USERNAME.pattern})/", path)
    return found[1].lower() if found else None


def film(slug: str) -> str:
    if not SLUG.fullmatch(slug):
        raise ValueError(f"not a Letterboxd film: {slug!r}")
    return f"/film/{quote(slug, safe='')}/"
