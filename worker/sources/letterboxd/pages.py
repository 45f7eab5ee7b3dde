"""Letterboxd's pages, as served, to Structs: pure, and demanding of what must be there."""

import msgspec
from parsel import Selector

from api.errors import MarkupChanged
from worker.sources.letterboxd.film import FilmPage, film_page
from worker.sources.letterboxd.listing import ENTRIES, is_believable, next_path
from worker.sources.letterboxd.markup import count, sample_of, text_of
from worker.sources.letterboxd.tiles import Tile, tiles_in

__all__ = ["FilmPage", "Tile", "WatchlistPage", "film_page", "watchlist_page"]

WATCHLIST = ".js-watchlist-content"
WATCHLIST_MAIN = ".js-watchlist-main-content"
ANNOUNCED = "[data-num-entries]"
ANNOUNCED_TEXT = ".js-watchlist-count"

WATCHLIST_PAGE_SIZE = 28


class WatchlistPage(msgspec.Struct, frozen=True):
    """`announced` is the number of films on the whole watchlist; `next_path` is None on the last page."""

    films: list[Tile]
    announced: int | None
    next_path: str | None


def watchlist_page(html: str, page: int = 1) -> WatchlistPage:
    """Page `page` of a member's watchlist, in its order, with repetitions where the page repeats itself.

    Raises MarkupChanged when any single tile is not understood, or too few are found for the number of films announced.
    """
    document = Selector(html, type="html")
    scope = _scope(document)
    announced = _announced(document)
    films = tiles_in(scope)
    if not is_believable(len(films), announced, page=page, page_size=WATCHLIST_PAGE_SIZE):
        raise MarkupChanged(ENTRIES, sample_of(scope))
    return WatchlistPage(films=films, announced=announced, next_path=next_path(document))


def _scope(document: Selector) -> Selector:
    """The part of the page that holds the watchlist's own grid: other parts show posters too."""
    for selector in (WATCHLIST_MAIN, WATCHLIST, ANNOUNCED):
        for node in document.css(selector):
            return node
    raise MarkupChanged(WATCHLIST, sample_of(document))


def _announced(document: Selector) -> int | None:
    for selector in (f"{WATCHLIST}{ANNOUNCED}", ANNOUNCED):
        total = count(document.css(selector).attrib.get("data-num-entries"))
        if total is not None:
            return total
    return count(text_of(document, ANNOUNCED_TEXT))
