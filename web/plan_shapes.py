"""What the page reads of the API's plan."""

import msgspec


class PlannedFilm(msgspec.Struct, kw_only=True):
    slug: str
    title: str


class PlannedFilms(msgspec.Struct, kw_only=True):
    """How many films there are: `total`, each in one of the other counts."""

    total: int = 0
    shown: int = 0
    elsewhere: int = 0
    nowhere: int = 0
    unknown: int = 0


class PlannedSet(msgspec.Struct, kw_only=True):
    """The best choice of `size` services; `adds` is what it shows more than the one before."""

    size: int
    names: list[str]
    films: int
    adds: int
    price: float | None = None


class HeldService(msgspec.Struct, kw_only=True):
    """A service that is paid for; `lost_films` are the first of those that would be `lost` without it."""

    name: str
    lost: int
    lost_films: list[PlannedFilm]
    price: float | None = None


class Held(msgspec.Struct, kw_only=True):
    services: list[HeldService] = []


class Plan(msgspec.Struct, kw_only=True):
    country: str
    films: PlannedFilms
    sets: list[PlannedSet]
    held: Held
    currency: str | None = None
