"""Whatever the outside world does, in whatever order: Marquee knows what the good reads showed, and nothing else."""

import asyncio
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import msgspec
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import select

from api.db.availability import OfferRow
from api.db.details import Details
from api.db.engine import Database
from api.db.tables import availability, events, films, members, metadata, watchlist_entries
from api.db.types import UtcDateTime
from api.errors import Blocked, Private, SourceError, Transient
from tests.drivers.database import fresh_database
from tests.worker.sync.bench import Bench, Letterboxd, Tmdb, tile
from worker.services import Services
from worker.sources.letterboxd.pages import WatchlistPage

MEMBERS = ("alice", "bob")
FILMS = range(1, 7)
PLACES = (("GB", 1), ("GB", 2), ("FR", 1), ("FR", 3))
PAGE = 4
FLAP = 48
FAULTS: dict[str, SourceError] = {
    "blocked": Blocked("/", challenge=True),
    "private": Private("/"),
    "away": Transient("/", 503, host="Letterboxd"),
}
# Another one is tried with this one set; the same examples are tried without.
SEED = os.environ.get("HYPOTHESIS_SEED")

Place = tuple[str, int]
Key = tuple[int, Place]


class Fault(msgspec.Struct, frozen=True):
    """What is met instead of this page of a list."""

    page: int
    kind: Literal["blocked", "private", "away"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What happens before a refresh: hours pass, lists and offers become these, pages and films cannot be read.

    A list of `moving` loses its first film, or gets a new one there, between its first page and its second.
    """

    hours: int
    lists: dict[str, list[int]]
    moving: dict[str, Literal["off", "on"]]
    offers: dict[int, frozenset[Place]]
    faults: dict[str, Fault]
    bad_films: frozenset[int]

    def moved(self, name: str) -> list[int]:
        """This member's list after its first page was read."""
        shown, new = self.lists[name], [film for film in FILMS if film not in self.lists[name]]
        if len(shown) <= PAGE or name not in self.moving:
            return shown
        return shown[1:] if self.moving[name] == "off" else [*new[:1], *shown]


CHANGES = st.builds(
    Change,
    hours=st.sampled_from((1, 30, 47, 49, 200)),
    lists=st.fixed_dictionaries({name: st.lists(st.sampled_from(FILMS), unique=True) for name in MEMBERS}),
    moving=st.dictionaries(st.sampled_from(MEMBERS), st.sampled_from(("off", "on"))),
    offers=st.fixed_dictionaries({film: st.frozensets(st.sampled_from(PLACES)) for film in FILMS}),
    faults=st.dictionaries(
        st.sampled_from(MEMBERS), st.builds(Fault, st.integers(1, 2), st.sampled_from(tuple(FAULTS)))
    ),
    bad_films=st.frozensets(st.sampled_from(FILMS), max_size=2),
)


class SmallPages(Letterboxd):
    """Lists in pages of four films, so that six take two; each becomes what is in `moved` once its first is read."""

    def __init__(self) -> None:
        super().__init__()
        self.moved: dict[str, list[int]] = {}

    async def watchlist_page(self, username: str, path: str | None = None) -> WatchlistPage:
        number = int(path or "1")
        await self._ask(f"{username} {number}")
        films = self.lists[username]
        self.lists[username] = [tile(film) for film in self.moved[username]]
        more = number * PAGE < len(films)
        return WatchlistPage(films[(number - 1) * PAGE :][:PAGE], len(films), str(number + 1) if more else None)


class EachItsOffers(Tmdb):
    """Every film has offers of its own; of some nothing can be read."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[int, frozenset[Place]] = {}
        self.bad: frozenset[int] = frozenset()

    async def details(self, media_type: str, tmdb_id: int, countries: Sequence[str]) -> Details:
        found = await super().details(media_type, tmdb_id, countries)
        return msgspec.structs.replace(found, offers=self._shown(tmdb_id))

    async def offers(
        self, media_type: str, tmdb_id: int, countries: Sequence[str]
    ) -> tuple[list[OfferRow], dict[str, str]]:
        _, links = await super().offers(media_type, tmdb_id, countries)
        return self._shown(tmdb_id), links

    def _shown(self, tmdb_id: int) -> list[OfferRow]:
        if tmdb_id in self.bad:
            raise Transient(f"/3/movie/{tmdb_id}")
        return [offer(place) for place in self.shown[tmdb_id]]


def offer(place: Place) -> OfferRow:
    country, provider = place
    return OfferRow(
        country=country, provider_id=provider, provider=f"P{provider}", logo_path=None, offer="flatrate", priority=1
    )


class World(Bench):
    """The bench with the lists and offers of a `Change`, every check due in every refresh."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.letterboxd: SmallPages = SmallPages()
        self.tmdb: EachItsOffers = EachItsOffers()

    def services(self) -> Services:
        usual, countries = super().services(), ("GB", "FR")
        ours = {"country": countries, "offers_max_age": 0.0, "flap_hours": float(FLAP)}
        return msgspec.structs.replace(usual, settings=msgspec.structs.replace(usual.settings, **ours))

    async def meet(self, change: Change) -> None:
        await pass_time(self.database, timedelta(hours=change.hours))
        self.letterboxd.lists = {name: [tile(number) for number in change.lists[name]] for name in MEMBERS}
        self.letterboxd.moved = {name: change.moved(name) for name in MEMBERS}
        self.letterboxd.faults = {f"{name} {fault.page}": FAULTS[fault.kind] for name, fault in change.faults.items()}
        self.tmdb.shown, self.tmdb.bad = change.offers, change.bad_films
        await self.refresh(*MEMBERS)


class Stay(msgspec.Struct):
    """A film on a provider, in hours from the beginning; `last` is None while it lasts."""

    first: int
    last: int | None = None


class Truth:
    """What the good reads showed: each member's list, and the stays of each film in each place.

    A list at which Marquee was turned away is not asked for until its rest is over, in hours from the beginning.
    """

    def __init__(self) -> None:
        self.now = 0
        self.lists: dict[str, set[int]] = {name: set() for name in MEMBERS}
        self.failures = dict.fromkeys(MEMBERS, 0)
        self.rests_until = dict.fromkeys(MEMBERS, 0)
        self.looked_at: set[int] = set()
        self.stays: dict[Key, list[Stay]] = {}
        self.told: list[tuple[int, Place, str]] = []

    def meet(self, change: Change) -> None:
        self.now += change.hours
        seen = [self._read(name, change) for name in MEMBERS if self.now >= self.rests_until[name]]
        for film in set().union(*seen, *self.lists.values()) - change.bad_films:
            self._look(film, change.offers[film])

    def _read(self, name: str, change: Change) -> set[int]:
        """Read one list; every film that was on one of its pages, whether or not it stays on the list."""
        shown, fault = change.lists[name], change.faults.get(name)
        if fault and (fault.page == 1 or len(shown) > PAGE):
            seen = set(shown[: (fault.page - 1) * PAGE])
            self.lists[name] |= seen
            self._set_back(name, fault)
            return seen
        self.failures[name] = 0
        self.lists[name] = set(change.moved(name))
        return set(shown[:PAGE])

    def _set_back(self, name: str, fault: Fault) -> None:
        rest = min(6 * 2 ** self.failures[name], 48) if fault.kind == "blocked" else 0
        self.rests_until[name] = self.now + rest
        self.failures[name] += 1

    def _look(self, film: int, shown: frozenset[Place]) -> None:
        for place in PLACES:
            stays = self.stays.setdefault((film, place), [])
            is_open = bool(stays) and stays[-1].last is None
            if place in shown and not is_open:
                self._arrive(film, place, stays)
            elif place not in shown and is_open:
                stays[-1].last = self.now
                self.told.append((film, place, "left"))
        self.looked_at.add(film)

    def _arrive(self, film: int, place: Place, stays: list[Stay]) -> None:
        closed = stays[-1].last if stays else None
        if closed is not None and self.now < closed + FLAP:
            stays[-1].last = None
            self.told.remove((film, place, "left"))
            return
        stays.append(Stay(self.now))
        if film in self.looked_at:
            self.told.append((film, place, "arrived"))


async def pass_time(database: Database, by: timedelta) -> None:
    """Have everything happened so much earlier."""
    async with database.write() as db:
        for table in metadata.sorted_tables:
            times = [column for column in table.c if isinstance(column.type, UtcDateTime)]
            keys = list(table.primary_key.columns)
            if not times:
                continue
            for row in (await db.execute(select(*keys, *times))).all():
                known = {
                    column.name: moment - by for column, moment in zip(times, row[len(keys) :], strict=True) if moment
                }
                same = [key == value for key, value in zip(keys, row, strict=False)]
                if known:
                    await db.execute(table.update().where(*same).values(**known))


async def known_lists(database: Database) -> dict[str, set[int]]:
    query = select(members.c.username, films.c.slug).select_from(watchlist_entries).join(members).join(films)
    found: dict[str, set[int]] = {name: set() for name in MEMBERS}
    async with database.read() as db:
        for name, slug in await db.execute(query.where(watchlist_entries.c.removed_at.is_(None))):
            found[name].add(_number(slug))
    return found


async def known_stays(database: Database) -> dict[Key, list[tuple[datetime, datetime | None]]]:
    stay = availability.c
    columns = films.c.slug, stay.country, stay.provider_id, stay.opened_at, stay.closed_at
    found: dict[Key, list[tuple[datetime, datetime | None]]] = {}
    async with database.read() as db:
        rows = await db.execute(select(*columns).join(films).order_by(stay.opened_at))
        for slug, country, provider, opened, closed in rows:
            found.setdefault((_number(slug), (country, provider)), []).append((opened, closed))
    return found


async def known_events(database: Database) -> list[tuple[int, Place, str]]:
    stay = availability.c
    query = select(films.c.slug, stay.country, stay.provider_id, events.c.kind).select_from(events)
    async with database.read() as db:
        rows = await db.execute(query.join(availability).join(films))
        return [(_number(slug), (country, provider), kind) for slug, country, provider, kind in rows]


def _number(slug: str) -> int:
    return int(slug.removeprefix("film-"))


def assert_alike(known: dict[Any, Any], truth: Truth) -> None:
    """The same stays, to the hour, that never overlap."""
    expected = {key: stays for key, stays in truth.stays.items() if stays}
    assert known.keys() == expected.keys()
    for key, stays in known.items():
        assert len(stays) == len(expected[key]), key
        for (_, closed), (opened, _) in pairwise(stays):
            assert closed is not None
            assert closed <= opened
        for (opened, closed), stay in zip(stays, expected[key], strict=True):
            last = None if closed is None else stay.first + round((closed - opened) / timedelta(hours=1))
            assert last == stay.last, key


async def live(changes: list[Change], folder: Path) -> None:
    async with fresh_database(folder) as database:
        world, truth = World(database), Truth()
        for change in changes:
            await world.meet(change)
            truth.meet(change)
            assert await known_lists(database) == truth.lists
        assert_alike(await known_stays(database), truth)
        assert sorted(await known_events(database)) == sorted(truth.told)


def seeded(test: Callable[..., None]) -> Callable[..., None]:
    return seed(int(SEED))(test) if SEED else test


# Without shrinking: an example takes a second, and hundreds of them would be tried.
@seeded
@settings(
    max_examples=12,
    deadline=None,
    derandomize=SEED is None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(CHANGES, min_size=2, max_size=5))
def test_at_the_end_marquee_knows_what_the_good_reads_showed(changes: list[Change]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(changes, Path(folder)))
