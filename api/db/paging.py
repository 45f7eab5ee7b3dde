"""How lists are cut into pages."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from api.schemas.pages import Page

Item = TypeVar("Item")


class Paging(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of a list; `limit` caps the list's total before it is cut."""

    page: int = 1
    page_size: int = 50
    limit: int | None = None

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.page_size

    @property
    def most(self) -> int:
        """How many rows this page holds of a list without an end, `limit` applied."""
        return self.page_size if self.limit is None else max(0, min(self.page_size, self.limit - self.offset))

    def rows(self, total: int) -> int:
        """How many rows this page holds of a list of `total`, `limit` applied."""
        return max(0, min(self.most, total - self.offset))

    def capped(self, total: int) -> int:
        return total if self.limit is None else min(total, self.limit)


def page_of(items: Sequence[Item], total: int, paging: Paging) -> Page[Item]:
    """The envelope around the items of one page; `total` is counted before `limit`."""
    total = paging.capped(total)
    total_pages = -(-total // paging.page_size)
    return Page(
        items=list(items),
        page=paging.page,
        page_size=paging.page_size,
        total=total,
        total_pages=total_pages,
        has_next=paging.page < total_pages,
        has_previous=paging.page > 1 and total > 0,
    )


def cut(items: Sequence[Item], paging: Paging) -> Page[Item]:
    """One page of a short list that is wholly at hand."""
    return page_of(items[paging.offset :][: paging.rows(len(items))], len(items), paging)
