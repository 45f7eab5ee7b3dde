"""Reading one member's watchlist, page by page, with a checkpoint after each.

The complete-read rule: an entry is gone only when the unique films read are as many as the pages announced, and
the list did not move meanwhile: a film taken off the top lets another one slip past unseen, with the right total.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec

from api.db import members, runs, sources, tiles, watchlists
from api.db.connection import Connection
from api.db.runs import RunMember
from api.db.sources import SourceNews
from worker.progress import Run
from worker.services import Services
from worker.sources.letterboxd.pages import WatchlistPage

SOURCE = "watchlist"
PASSES = 2

OnPage = Callable[["Reading"], Awaitable[None]]


class Cursor(msgspec.Struct, kw_only=True):
    """Where a read stands: `films` are the ids in the list's order; `moved` says that the list changed meanwhile."""

    films: list[int] = msgspec.field(default_factory=list)
    announced: int | None = None
    next_path: str | None = None
    moved: bool = False
    read_pass: int = 1
    pages: int = 0
    ended: bool = False

    @property
    def got(self) -> int:
        return len(set(self.films))

    @property
    def is_complete(self) -> bool:
        return self.ended and self.got == self.announced and not self.moved

    def take(self, page: WatchlistPage, film_ids: Sequence[int]) -> None:
        """Move past one page; a changed total, or a film seen twice, shows that the list moved."""
        total_changed = self.announced is not None and page.announced != self.announced
        self.moved = self.moved or total_changed or not set(self.films).isdisjoint(film_ids)
        self.films = list(dict.fromkeys([*self.films, *film_ids]))
        self.announced = page.announced
        self.next_path = page.next_path
        self.pages += 1
        self.ended = page.next_path is None

    def restarted(self) -> "Cursor":
        return Cursor(read_pass=self.read_pass + 1)


class Reading:
    """One member's watchlist as this run reads it; `on_page` is called as soon as a page is stored."""

    def __init__(self, services: Services, run: Run, member: RunMember, on_page: OnPage) -> None:
        self.cursor = Cursor()
        self._services = services
        self._run = run
        self._member = member
        self._on_page = on_page

    async def begin(self) -> None:
        """Stand where an earlier attempt stood, or read the first page, which says how long the list is."""
        await self._resume()
        if not self.cursor.pages:
            await self._read_page()

    async def read(self) -> None:
        """Read to the end, from where it stands; once more when the list moved meanwhile.

        Raises the SourceError of the page that could not be read; what was read before it is kept.
        """
        if not self.cursor.pages:
            await self.begin()
        while not self.cursor.is_complete:
            while not self.cursor.ended:
                await self._read_page()
            if self.cursor.is_complete or not self.cursor.moved or self.cursor.read_pass == PASSES:
                break
            self.cursor = self.cursor.restarted()
        await self._conclude()

    async def _resume(self) -> None:
        async with self._services.database.read() as db:
            saved = await runs.load_checkpoint(db, self._run.order.id, self._member.id, SOURCE)
        if saved is not None:
            self.cursor = msgspec.convert(saved, Cursor)
            await self._on_page(self)

    async def _read_page(self) -> None:
        page = await self._services.letterboxd.watchlist_page(self._member.username, self.cursor.next_path)
        now = datetime.now(UTC)
        async with self._writing() as db:
            await self._take(db, page, await tiles.store(db, page.films, now), now)
            cursor = msgspec.to_builtins(self.cursor)
            await runs.save_checkpoint(db, self._run.order.id, self._member.id, SOURCE, cursor, now)
        await self._on_page(self)

    async def _take(self, db: Connection, page: WatchlistPage, film_ids: Sequence[int], now: datetime) -> None:
        """Put the page's films on the list, after those of the pages before and above those still to come."""
        member_id, cursor = self._member.id, self.cursor
        seen, first_position = set(cursor.films), cursor.got + 1
        new = [film_id for film_id in dict.fromkeys(film_ids) if film_id not in seen]
        cursor.take(page, film_ids)
        await watchlists.store(
            db, member_id, new, first_position=first_position, refresh_id=self._run.order.id, now=now
        )
        await watchlists.push_down(db, member_id, cursor.films)
        await sources.count(db, member_id, SOURCE, expected=cursor.announced, got=cursor.got)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Connection]:
        """A write by the run's own worker. Raises LeaseLost."""
        async with self._services.database.write() as db:
            await runs.demand_lease(db, self._run.order)
            yield db

    async def _conclude(self) -> None:
        """Take down how the read ended; only a complete one removes what it did not show."""
        cursor, now = self.cursor, datetime.now(UTC)
        news = SourceNews(state="ok", tried_at=now, expected=cursor.announced, got=cursor.got)
        if not cursor.is_complete:
            news.state, news.message = "incomplete", self._shortfall()
        async with self._writing() as db:
            if cursor.is_complete:
                await watchlists.remove_missing(
                    db, self._member.id, cursor.films, refresh_id=self._run.order.id, now=now
                )
                await members.fully_read(db, self._member.id, now)
            await sources.record(db, self._member.id, SOURCE, news)
        if news.message:
            await self._run.source_failed(self._member.id, SOURCE, "incomplete", news.message)

    def _shortfall(self) -> str:
        announced = "an unknown number" if self.cursor.announced is None else str(self.cursor.announced)
        return f"Letterboxd showed {self.cursor.got} of {announced} films of {self._member.username}’s watchlist."
