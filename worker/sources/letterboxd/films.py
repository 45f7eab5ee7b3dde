"""What a member watched and what a member liked, page by page: the same grid, with what the member made of each film.

A films page says of each film whether and how it was rated; one that does not is a change of markup, since its silence
would be taken for "watched, not rated". On a likes page every film is liked, and a rating is shown where there is one.
"""

import re

import msgspec
from msgspec.structs import asdict
from parsel import Selector

from api.errors import MarkupChanged
from worker.sources.letterboxd.listing import ENTRIES, is_believable, next_path
from worker.sources.letterboxd.markup import count, sample_of
from worker.sources.letterboxd.tiles import Tile, items_in, tile

MAIN = ".col-main"
CONTENT = "#content"
VIEWING = ".poster-viewingdata"
RATING = f"{VIEWING} .rating"
LIKED = f"{VIEWING} .icon-liked"
RATED = re.compile(r"(?:^|\s)rated-(10|[1-9])(?!\S)")
WATCHED_TOTAL = ".section-heading .tooltip"
LIKED_TOTAL = ".sub-nav li.selected a"
NOTHING_LIKED = ".sub-nav li.selected.empty"

PAGE_SIZE = 72


class JudgedTile(Tile, frozen=True):
    """A film with what the member makes of it; `rating` is in stars, None where none is shown."""

    rating: float | None
    liked: bool


class FilmsPage(msgspec.Struct, frozen=True):
    """`announced` is the number of films on all pages; `next_path` is None on the last page."""

    films: list[JudgedTile]
    announced: int | None
    next_path: str | None


def films_page(html: str, page: int = 1) -> FilmsPage:
    """Page `page` of what a member watched; raises MarkupChanged when anything on it is not understood."""
    document = Selector(html, type="html")
    scope = _scope(document)
    return _page(document, scope, [_watched(item) for item in items_in(scope)], _total(document, WATCHED_TOTAL), page)


def likes_page(html: str, page: int = 1) -> FilmsPage:
    """Page `page` of the films that a member liked; raises MarkupChanged when anything on it is not understood."""
    document = Selector(html, type="html")
    scope = _scope(document)
    total = 0 if document.css(NOTHING_LIKED) else _total(document, LIKED_TOTAL)
    return _page(document, scope, [_judged(item, liked=True) for item in items_in(scope)], total, page)


def _page(document: Selector, scope: Selector, films: list[JudgedTile], announced: int | None, page: int) -> FilmsPage:
    if not is_believable(len(films), announced, page=page, page_size=PAGE_SIZE):
        raise MarkupChanged(ENTRIES, sample_of(scope))
    return FilmsPage(films=films, announced=announced, next_path=next_path(document))


def _scope(document: Selector) -> Selector:
    """The part of the page that holds the member's own grid: other parts show posters too."""
    for selector in (MAIN, CONTENT):
        for node in document.css(selector):
            return node
    raise MarkupChanged(f"{MAIN}, {CONTENT}", sample_of(document))


def _total(document: Selector, selector: str) -> int | None:
    """The number that a tooltip tells: as served, or as a page's script moved it."""
    for node in document.css(selector):
        total = count(node.attrib.get("title") or node.attrib.get("data-original-title"))
        if total is not None:
            return total
    return None


def _watched(item: Selector) -> JudgedTile:
    if not item.css(VIEWING):
        raise MarkupChanged(VIEWING, sample_of(item))
    return _judged(item, liked=bool(item.css(LIKED)))


def _judged(item: Selector, *, liked: bool) -> JudgedTile:
    return JudgedTile(**asdict(tile(item)), rating=_rating(item), liked=liked)


def _rating(item: Selector) -> float | None:
    """The stars of an entry; raises MarkupChanged for a rating that cannot be read."""
    for shown in item.css(RATING):
        found = RATED.search(shown.attrib.get("class", ""))
        if found is None:
            raise MarkupChanged(RATING, sample_of(item))
        return int(found[1]) / 2
    return None
