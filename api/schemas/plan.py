"""A plan on the wire: which services show the most of what is on watchlists."""

from typing import Literal

import msgspec

from api.schemas.films import OfferKind


class PlannedFilm(msgspec.Struct):
    """A film in a plan."""

    slug: str
    title: str
    year: int | None


class PlannedFilms(msgspec.Struct):
    """What is to be planned for: `total` films, each in one of the other counts.

    `shown` by some service in the ways that count; `elsewhere` only in other ways, such as renting; `nowhere`: there
    is no offer of any kind; `unknown`: nobody ever looked, so there may be one.
    """

    total: int
    shown: int
    elsewhere: int
    nowhere: int
    unknown: int


class PlannedService(msgspec.Struct):
    """A service that shows some of the films; `only` counts those that no other service shows.

    `only_films` are the first of these, by title. `price` is for a month, `price_per_film` for each of its films;
    null where no price is given. `held`: one of the members pays for it now.
    """

    brand: str
    name: str
    logo_url: str | None
    provider_ids: list[int]
    held: bool
    films: int
    only: int
    only_films: list[PlannedFilm]
    price: float | None
    price_per_film: float | None


class PlannedSet(msgspec.Struct):
    """The best choice of so many services: what they show together, and how many films more than one service fewer.

    `method` says how it was found: `exact` is the best there is, `greedy` is one that shows at least 63 % of that.
    """

    size: int
    brands: list[str]
    names: list[str]
    films: int
    adds: int
    method: Literal["exact", "greedy"]
    price: float | None
    price_per_film: float | None


class HeldService(msgspec.Struct):
    """A service that is paid for now, by the providers that were chosen: what it shows, and what would be lost.

    `lost` counts the films that no other of the services held shows; `lost_films` are the first of them, by title.
    """

    brand: str
    name: str
    logo_url: str | None
    provider_ids: list[int]
    films: int
    lost: int
    lost_films: list[PlannedFilm]
    price: float | None
    price_per_film: float | None


class Held(msgspec.Struct):
    """What is paid for now: the films that it shows together, and its services, those that lose least first."""

    films: int
    price: float | None
    price_per_film: float | None
    services: list[HeldService]


class Plan(msgspec.Struct):
    """Which services show the most of what is on the watchlists of `members`, in one country.

    `offers` are the ways to watch that count. `services` come with those that show the most first; `sets` are the best
    choices of one service, of two and so on, and end where one shows all that is shown at all.
    """

    country: str
    members: list[str]
    offers: list[OfferKind]
    currency: str | None
    films: PlannedFilms
    services: list[PlannedService]
    sets: list[PlannedSet]
    held: Held
