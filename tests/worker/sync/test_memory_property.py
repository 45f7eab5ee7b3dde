"""Whatever the outside world does, in whatever order: Marquee knows what the good reads showed, and nothing else."""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from api.db.availability import OfferRow
from api.db.details import Details
from api.db.engine import Database
from api.db.tables import availability, events, films, members, metadata, watchlist_entries
from api.db.types import UtcDateTime
from api.errors import Blocked, Private, Transient
from tests.drivers.database import fresh_database
from tests.worker.sync.bench import Bench, Letterboxd, Tmdb, tile
from worker.services import Services
from worker.sources.letterboxd.pages import WatchlistPage

MEMBERS = ("alice", "bob")
FILMS = range(1, 7)
PROVIDERS = range(1, 4)
PAGE = 4
FLAP = 48


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What happens before a refresh: hours pass, lists and offers become these, pages and films cannot be read."""

    hours: int
    lists: dict[str, list[int]]
    offers: dict[int, frozenset[int]]
    bad_pages: dict[str, int]
    private: frozenset[str]
    bad_films: frozenset[int]


CHANGES = st.builds(
    Change,
    hours=st.sampled_from((1, 30, 47, 49, 200)),
    lists=st.fixed_dictionaries({name: st.lists(st.sampled_from(FILMS), unique=True) for name in MEMBERS}),
    offers=st.fixed_dictionaries({film: st.frozensets(st.sampled_from(PROVIDERS)) for film in FILMS}),
    bad_pages=st.dictionaries(st.sampled_from(MEMBERS), st.integers(1, 2), max_size=1),
    private=st.frozensets(st.sampled_from(MEMBERS), max_size=1),
    bad_films=st.frozensets(st.sampled_from(FILMS), max_size=2),
)


class SmallPages(Letterboxd):
    """Lists in pages of four films, so that six take two."""

    async def watchlist_page(self, username: str, path: str | None = None) -> WatchlistPage:
        number = int(path or "1")
        await self._ask(f"{username} {number}")
        shown, more = self.lists[username][(number - 1) * PAGE :][:PAGE], number * PAGE < len(self.lists[username])
        return WatchlistPage(shown, len(self.lists[username]), str(number + 1) if more else None)


class EachItsOffers(Tmdb):
    """Every film has offers of its own; of some nothing can be read."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[int, frozenset[int]] = {}
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
        return [offer(provider) for provider in self.shown[tmdb_id]]


def offer(provider: int) -> OfferRow:
    return OfferRow(
        country="GB", provider_id=provider, provider=f"P{provider}", logo_path=None, offer="flatrate", priority=1
    )


class World(Bench):
    """The bench with the lists and offers of a `Change`, every check due in every refresh."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.letterboxd = SmallPages()
        self.tmdb: EachItsOffers = EachItsOffers()

    def services(self) -> Services:
        usual = super().services()
        return msgspec.structs.replace(
            usual, settings=msgspec.structs.replace(usual.settings, offers_max_age=0.0, flap_hours=float(FLAP))
        )

    async def meet(self, change: Change) -> None:
        await pass_time(self.database, timedelta(hours=change.hours))
        self.letterboxd.lists = {name: [tile(number) for number in change.lists[name]] for name in MEMBERS}
        self.letterboxd.faults = {
            f"{name} {page}": Blocked("/", challenge=True) for name, page in change.bad_pages.items()
        }
        self.letterboxd.faults |= {f"{name} 1": Private("/") for name in change.private}
        self.tmdb.shown, self.tmdb.bad = change.offers, change.bad_films
        await self.refresh(*MEMBERS)


class Stay(msgspec.Struct):
    """A film on a provider, in hours from the beginning; `last` is None while it lasts."""

    first: int
    last: int | None = None


class Truth:
    """What the good reads showed: each member's list, and the stays of each film on each provider."""

    def __init__(self) -> None:
        self.now = 0
        self.lists: dict[str, set[int]] = {name: set() for name in MEMBERS}
        self.looked_at: set[int] = set()
        self.stays: dict[tuple[int, int], list[Stay]] = {}
        self.told: list[tuple[int, int, str]] = []

    def meet(self, change: Change) -> None:
        self.now += change.hours
        for name in MEMBERS:
            self._read(name, change)
        for film in set().union(*self.lists.values()) - change.bad_films:
            self._look(film, change.offers[film])

    def _read(self, name: str, change: Change) -> None:
        shown, bad = change.lists[name], 1 if name in change.private else change.bad_pages.get(name)
        readable = len(shown) if bad is None else (bad - 1) * PAGE
        if readable >= len(shown) and bad != 1:
            self.lists[name] = set(shown)
        else:
            self.lists[name] |= set(shown[:readable])

    def _look(self, film: int, shown: frozenset[int]) -> None:
        for provider in PROVIDERS:
            stays = self.stays.setdefault((film, provider), [])
            is_open = bool(stays) and stays[-1].last is None
            if provider in shown and not is_open:
                self._arrive(film, provider, stays)
            elif provider not in shown and is_open:
                stays[-1].last = self.now
                self.told.append((film, provider, "left"))
        self.looked_at.add(film)

    def _arrive(self, film: int, provider: int, stays: list[Stay]) -> None:
        closed = stays[-1].last if stays else None
        if closed is not None and self.now < closed + FLAP:
            stays[-1].last = None
            self.told.remove((film, provider, "left"))
            return
        stays.append(Stay(self.now))
        if film in self.looked_at:
            self.told.append((film, provider, "arrived"))


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


async def known_stays(database: Database) -> dict[tuple[int, int], list[tuple[datetime, datetime | None]]]:
    columns = films.c.slug, availability.c.provider_id, availability.c.opened_at, availability.c.closed_at
    found: dict[tuple[int, int], list[tuple[datetime, datetime | None]]] = {}
    async with database.read() as db:
        rows = await db.execute(select(*columns).join(films).order_by(availability.c.opened_at))
        for slug, provider, opened, closed in rows:
            found.setdefault((_number(slug), provider), []).append((opened, closed))
    return found


async def known_events(database: Database) -> list[tuple[int, int, str]]:
    query = select(films.c.slug, availability.c.provider_id, events.c.kind).select_from(events)
    async with database.read() as db:
        rows = await db.execute(query.join(availability).join(films))
        return [(_number(slug), provider, kind) for slug, provider, kind in rows]


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


# Without shrinking: an example takes a second, and hundreds of them would be tried.
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(CHANGES, min_size=2, max_size=5))
def test_at_the_end_marquee_knows_what_the_good_reads_showed(changes: list[Change]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(changes, Path(folder)))
