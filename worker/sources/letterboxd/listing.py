"""What the pages of every long list share: how many entries a page of it must show, and where the next one is."""

from parsel import Selector

from worker.sources.letterboxd.tiles import GRID

ENTRIES = ", ".join(f"{grid} > li" for grid in GRID.split(", "))
NEXT = ".paginate-nextprev a.next::attr(href)"
HIDDEN = 2
"""So many films may be missing from any page: Letterboxd hides some from visitors, though it counts them."""


def next_path(document: Selector) -> str | None:
    """Where the page after this one is, None on the last."""
    return document.css(NEXT).get()


def is_believable(found: int, announced: int | None, *, page: int, page_size: int) -> bool:
    """Whether a page of this number may show so few films of a list that announces so many.

    One or two that are hidden must not keep a list from being read for ever: the read then ends as incomplete. Half a
    page that is missing is a change of markup, whatever is found of the rest. A first page shows a film where any is
    announced; a later one may be empty, which is what remains of it when films are taken off while the list is read.
    """
    if announced is None:
        return found > 0
    expected = min(announced - (page - 1) * page_size, page_size)
    if page == 1 and not found:
        return expected == 0
    return expected - found <= HIDDEN or 2 * found > expected
