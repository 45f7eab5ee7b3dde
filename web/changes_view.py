"""Which part of what changed a page shows: what stands in its address."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from web.view import Parameters, query_string, whole

PAGE_SIZE = 100
KINDS = {"arrived": "Arrived", "left": "Left"}


class ChangesView(msgspec.Struct, frozen=True, kw_only=True):
    """`member` is empty for everybody's films, `country` for all; `services` leaves only those that are paid for."""

    member: str = ""
    kind: str = ""
    services: bool = False
    country: str = ""
    page: int = 1

    @classmethod
    def of(cls, parameters: Parameters, countries: Sequence[str]) -> "ChangesView":
        """The view in an address; what cannot be meant there is left out."""
        kind, country = parameters.get("kind", ""), parameters.get("country", "").upper()
        return cls(
            member=parameters.get("member", "").strip().lower(),
            kind=kind if kind in KINDS else "",
            services=parameters.get("services", "") == "true",
            country=country if country in countries else "",
            page=whole(parameters.get("page", "1")) or 1,
        )

    @property
    def filtered(self) -> bool:
        return replace(self, page=1) != ChangesView()

    def address(self, **changes: Any) -> str:
        """The query string of this view with `changes`, `?` included; empty where nothing differs from the first."""
        other = replace(self, **changes)
        return query_string([*other.filters().items(), ("page", other.page if other.page > 1 else "")])

    def filters(self) -> dict[str, Any]:
        """What narrows the events, as this address, the API's events and the feeds understand it alike."""
        pairs = {
            "member": self.member,
            "kind": self.kind,
            "services": "true" if self.services else "",
            "country": self.country,
        }
        return {name: value for name, value in pairs.items() if value}

    def api_query(self) -> dict[str, Any]:
        return self.filters() | {"page": self.page, "page_size": PAGE_SIZE}
