"""Events on the wire."""

from datetime import datetime
from typing import Literal

import msgspec

from api.schemas.films import FilmRef, OfferKind

EventKind = Literal["arrived", "left"]


class Event(msgspec.Struct):
    """A film that arrived on a provider, or left it, in one country by one offer.

    `at` is when Marquee noticed, `settled_at` since when it counts as news: a departure waits for a while, since many
    an offer comes back. `members` have the film on their watchlist now, by name.
    """

    id: int
    kind: EventKind
    at: datetime
    settled_at: datetime
    film: FilmRef
    country: str
    provider_id: int
    provider: str
    logo_url: str | None
    offer: OfferKind
    members: list[str]
