"""The posters of a grid: how watchlists, films and likes show a film."""

import msgspec
from parsel import Selector, SelectorList

from api.errors import MarkupChanged
from worker.sources.letterboxd.markup import film_number, json_object, lid_and_number, name_and_year, sample_of, slug_in
from worker.sources.letterboxd.urls import SLUG

GRID = "ul.grid, ul.poster-list"
ITEM = (
    "./li[has-class('griditem') or has-class('posteritem') or has-class('poster-container')"
    " or .//@data-item-slug or .//@data-item-link or .//@data-film-slug]"
)
POSTER = "[data-item-slug], [data-item-link], [data-film-slug]"
TITLE = "[data-item-name], img[alt]"


class Tile(msgspec.Struct, frozen=True):
    """A film as a grid shows it. `lid` is the code of `boxd.it/{lid}`; the old markup has neither it nor a year."""

    lid: str | None
    letterboxd_id: int | None
    slug: str
    title: str
    year: int | None


def tiles_in(scope: Selector) -> list[Tile]:
    """The films of the grids in `scope`, in their order; raises MarkupChanged for a tile without film or title.

    An entry of an unknown kind counts when it holds a poster, since the kinds have changed their names before.
    """
    return [tile(item) for item in items_in(scope)]


def items_in(scope: Selector) -> SelectorList[Selector]:
    """The entries of the grids in `scope`, in their order."""
    return scope.css(GRID).xpath(ITEM)


def tile(item: Selector) -> Tile:
    """The film of one entry; raises MarkupChanged."""
    poster = item.css(POSTER)
    slug = _slug(poster[0]) if poster else None
    if slug is None:
        raise MarkupChanged(POSTER, sample_of(item))
    title, year = _title(item, poster[0])
    if not title:
        raise MarkupChanged(TITLE, sample_of(item))
    lid, letterboxd_id = identity(poster[0])
    return Tile(lid=lid, letterboxd_id=letterboxd_id, slug=slug, title=title, year=year)


def _slug(poster: Selector) -> str | None:
    found = poster.attrib
    old = found.get("data-film-slug", "")
    slug = found.get("data-item-slug") or slug_in(found.get("data-item-link")) or slug_in(old) or old
    return slug if SLUG.fullmatch(slug) else None


def _title(item: Selector, poster: Selector) -> tuple[str, int | None]:
    """The title and the year; the old markup has only the image's text, where brackets belong to the title."""
    named = poster.attrib.get("data-item-name") or poster.attrib.get("data-item-full-display-name")
    if named:
        return name_and_year(named)
    return item.css("img[alt]").attrib.get("alt", "").strip(), None


def identity(poster: Selector) -> tuple[str | None, int | None]:
    """The lid and the film's number that a poster carries as JSON, or the number alone as it did before."""
    attributes = poster.attrib
    postered = json_object(attributes.get("data-postered-identifier"))
    resolvable = json_object(attributes.get("data-resolvable-poster-path"))
    lid, number = lid_and_number(postered or resolvable.get("postered"))
    return lid, number or film_number(f"film:{attributes.get('data-film-id', '')}")
