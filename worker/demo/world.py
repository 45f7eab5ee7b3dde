"""The built-in world as it is at first: films, TMDB's titles, members and offers, the same on every machine."""

from functools import cached_property
from typing import Self

from worker.demo import dice
from worker.demo.archive import USERNAME as ARCHIVIST
from worker.demo.archive import archivist, newsreels
from worker.demo.casting import Casting
from worker.demo.catalogue import HARD_PERCENT, made_up_films, real_films
from worker.demo.hard import HardCasting
from worker.demo.members import ALICE_FILMS, cast_members
from worker.demo.model import PLAIN, Film, Offer, Provider, Row, Title
from worker.demo.offers import PROVIDERS, Availability
from worker.demo.search import Index

RENAMED = {"goodfellas-1990": "goodfellas", "house-1977": "hausu", "the-witch-2015": "the-witch"}
SPARE_FILMS = 95


class World:
    """Everything that does not change while the demo runs; what does is in State.

    `films` by slug, `titles` by (media_type, tmdb_id), `members` by username, `renamed` from old slugs to new ones.
    """

    def __init__(self, rows: list[Row], owner_films: int) -> None:
        casting = Casting()
        for row in rows:
            casting.add(row)
        hard = HardCasting()
        self.films = casting.films | hard.films
        self.titles = casting.titles | hard.titles
        self.renamed = RENAMED
        self.members = cast_members(casting.films, owner_films) | {"hard": hard.member}
        archive = newsreels()
        self.films |= archive
        self.members[ARCHIVIST] = archivist(archive)
        self.availability = Availability((casting.films | hard.films).values(), self._changing())

    @classmethod
    def ordinary(cls) -> Self:
        """The world of the demo: some 600 films, 335 of them on alice's watchlist."""
        return cls(real_films(), ALICE_FILMS)

    @classmethod
    def large(cls, films: int = 1000) -> Self:
        """A world in which alice's watchlist has `films` films, 8 % of them hard to match."""
        rows = real_films()
        missing = max(films + SPARE_FILMS - len(rows), 0)
        hard = sum(row.case != PLAIN for row in rows)
        wanted = (len(rows) + missing) * HARD_PERCENT // 100 + 10
        return cls(rows + list(made_up_films(missing, min(max(wanted - hard, 0), missing))), films)

    @property
    def arrivals(self) -> frozenset[Offer]:
        """The offers that are there today and were not yesterday."""
        return self.availability.arrivals

    @property
    def departures(self) -> frozenset[Offer]:
        """The offers that were there yesterday and are not today."""
        return self.availability.departures

    @cached_property
    def index(self) -> Index:
        """Every TMDB title, searchable by the words of its names."""
        return Index(self.titles.values())

    @cached_property
    def by_imdb_id(self) -> dict[str, list[tuple[str, int]]]:
        """TMDB's keys of each IMDb id; seldom there are several."""
        keys: dict[str, list[tuple[str, int]]] = {}
        for key, title in self.titles.items():
            if title.imdb_id:
                keys.setdefault(title.imdb_id, []).append(key)
        return keys

    @cached_property
    def drawings(self) -> dict[str, Title | Provider]:
        """What each image path shows."""
        posters: dict[str, Title | Provider] = {
            title.poster_path: title for title in self.titles.values() if title.poster_path
        }
        return posters | {provider.logo_path: provider for provider in PROVIDERS.values()}

    def film(self, slug: str) -> Film | None:
        """The film that has this slug now; None for old slugs too."""
        return self.films.get(slug)

    def _changing(self) -> list[str]:
        """The films whose offers may change overnight: ordinary ones of alice, since everybody meets her."""
        watchlist = self.members["alice"].watchlist
        return dice.shuffled("changing", (slug for slug in watchlist if self.films[slug].case == PLAIN))
