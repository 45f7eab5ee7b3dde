"""The envelope of every list."""

from typing import Generic, TypeVar

import msgspec

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
