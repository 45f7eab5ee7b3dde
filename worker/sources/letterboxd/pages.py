"""Letterboxd's pages, as served, to Structs: pure, and demanding of what must be there."""

import msgspec
from parsel import Selector

from api.errors import MarkupChanged
from worker.sources.letterboxd.film import FilmPage, film_page
from worker.sources.letterboxd.markup import count, sample_of, text_of
from worker.sources.letterboxd.tiles import GRID, Tile, tiles_in

__all__ = ["FilmPage", "Tile", "WatchlistPage", "film_page", "watchlist_page"]

WATCHLIST = ".js-watchlist-content"
WATCHLIST_MAIN = ".js-watchlist-main-content"
ANNOUNCED = "[data-num-entries]"
ANNOUNCED_TEXT = ".js-watchlist-count"
ENTRIES = ", ".join(f"{grid} > li" for grid in GRID.split(", "))
NEXT = ".paginate-nextprev a.next::attr(href)"

WATCHLIST_PAGE_SIZE = 28
HIDDEN = 2
"""So many films may be missing from any page: Letterboxd hides some from visitors, though it counts them."""


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
    if not _is_believable(len(films), announced, page):
        raise MarkupChanged(ENTRIES, sample_of(scope))
    return WatchlistPage(films=films, announced=announced, next_path=document.css(NEXT).get())


def _is_believable(found: int, announced: int | None, page: int) -> bool:
    """Whether a page of this number may show so few films of a list that announces so many.

    One or two that are hidden must not keep a list from being read for ever: the read then ends as incomplete. Half a
    page that is missing is a change of markup, whatever is found of the rest. A first page shows a film where any is
    announced; a later one may be empty, which is what remains of it when films are taken off while the list is read.
    """
    if announced is None:
        return found > 0
    expected = min(announced - (page - 1) * WATCHLIST_PAGE_SIZE, WATCHLIST_PAGE_SIZE)
    if page == 1 and not found:
        return expected == 0
    return expected - found <= HIDDEN or 2 * found > expected


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
