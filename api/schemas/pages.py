"""The envelope of every list."""

from typing import Generic, TypeVar

import msgspec

from api.schemas.facets import Facets

Item = TypeVar("Item")


class Page(msgspec.Struct, Generic[Item], kw_only=True):
    """One page of a list; `total` counts all items that the filters let through, after `limit`."""

    items: list[Item]
    page: int
    page_size: int
    total: int
    total_pages: int
    has_next: bool
    has_previous: bool


class FilmPage(Page[Item], Generic[Item], kw_only=True):
    """One page of a list of films; `facets` is there where it was asked for, and counts the whole list."""

    facets: Facets | msgspec.UnsetType = msgspec.UNSET
