"""Which part of a member's top-rated films a page shows: what stands in its address."""

from typing import Any

import msgspec
from msgspec.structs import replace

from web.view import Parameters, query_string, whole

PAGE_SIZE = 24
SORTS: dict[str, tuple[str, str, str]] = {
    "best": ("Best first", "rating", "desc"),
    "title": ("Title", "title", "asc"),
    "year-new": ("Newest films", "year", "desc"),
    "year-old": ("Oldest films", "year", "asc"),
}


class MemberView(msgspec.Struct, frozen=True, kw_only=True):
    sort: str = "best"
    page: int = 1

    @classmethod
    def of(cls, parameters: Parameters) -> "MemberView":
        """The view in an address; what cannot be meant there is left out."""
        sort = parameters.get("sort", "best")
        return cls(sort=sort if sort in SORTS else "best", page=whole(parameters.get("page", "1")) or 1)

    def address(self, **changes: Any) -> str:
        """The query string of this view with `changes`, `?` included; empty where nothing differs from the first."""
        other = replace(self, **changes)
        return query_string(
            [("sort", other.sort if other.sort != "best" else ""), ("page", other.page if other.page > 1 else "")]
        )

    def api_query(self) -> dict[str, Any]:
        _, sort_by, sort_order = SORTS[self.sort]
        return {"page": self.page, "page_size": PAGE_SIZE, "sort_by": sort_by, "sort_order": sort_order}
