"""Paths on Letterboxd. Each ends with a slash: without it the answer is a redirect or a refusal."""

import re
from urllib.parse import quote

USERNAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
SLUG = re.compile(r"(?!\.{1,2}$)[^\s/?#%\\\x00-\x1f\x7f]{1,255}")


def watchlist(username: str) -> str:
    """The first page of a member's watchlist, in the order in which the member added the films, newest first."""
    return f"{_member(username)}watchlist/"


def rss(username: str) -> str:
    """A member's feed."""
    return f"{_member(username)}rss/"


def watchlist_page_number(username: str, path: str) -> int | None:
    """The number of the page of this member's watchlist that `path` names; None where it names anything else."""
    found = re.fullmatch(re.escape(watchlist(username)) + r"(?:page/([1-9]\d{0,5})/)?", path, re.IGNORECASE | re.ASCII)
    return int(found[1] or 1) if found else None


def film(slug: str) -> str:
    if not SLUG.fullmatch(slug):
        raise ValueError(f"not a Letterboxd film: {slug!r}")
    return f"/film/{quote(slug, safe='')}/"


def _member(username: str) -> str:
    if not USERNAME.fullmatch(username):
        raise ValueError(f"not a Letterboxd username: {username!r}")
    return f"/{username.lower()}/"
