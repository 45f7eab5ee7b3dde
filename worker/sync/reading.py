"""Reading one list of a member, page by page, with a checkpoint after each.

The complete-read rule: an entry is gone only when the unique films read are as many as the pages announced, and
the list did not move meanwhile: a film taken off the top lets another one slip past unseen, with the right total.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec

from api.db import runs, sources, tiles
from api.db.connection import Connection
from api.db.runs import RunMember
from api.db.sources import SourceNews
from worker.progress import Run
from worker.services import Services
from worker.sync.kinds import ListKind, ListPage, Place

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

    def take(self, page: ListPage, film_ids: Sequence[int]) -> None:
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
    """One list of a member as this run reads it; `on_page` is called as soon as a page is stored."""

    def __init__(self, services: Services, run: Run, member: RunMember, kind: ListKind, on_page: OnPage) -> None:
        self.cursor = Cursor()
        self._services = services
        self._run = run
        self._member = member
        self._kind = kind
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
            saved = await runs.load_checkpoint(db, self._run.order.id, self._member.id, self._kind.source)
        if saved is not None:
            self.cursor = msgspec.convert(saved, Cursor)
            await self._on_page(self)

    async def _read_page(self) -> None:
        kind, member, order = self._kind, self._member, self._run.order
        page = await kind.page(self._services.letterboxd, member.username, self.cursor.next_path)
        now = datetime.now(UTC)
        async with self._writing() as db:
            film_ids = await tiles.store(db, page.films, now)
            await kind.store(db, self._place(now), page, film_ids)
            self.cursor.take(page, film_ids)
            await sources.count(db, member.id, kind.source, expected=self.cursor.announced, got=self.cursor.got)
            await runs.save_checkpoint(db, order.id, member.id, kind.source, msgspec.to_builtins(self.cursor), now)
        await self._on_page(self)

    def _place(self, now: datetime) -> Place:
        return Place(member_id=self._member.id, refresh_id=self._run.order.id, read=self.cursor.films, now=now)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Connection]:
        """A write by the run's own worker. Raises LeaseLost."""
        async with self._services.database.write() as db:
            await runs.demand_lease(db, self._run.order)
            yield db

    async def _conclude(self) -> None:
        """Take down how the read ended; only a complete one removes what it did not show."""
        cursor, kind, now = self.cursor, self._kind, datetime.now(UTC)
        news = SourceNews(state="ok", tried_at=now, expected=cursor.announced, got=cursor.got)
        if not cursor.is_complete:
            news.state, news.message = "incomplete", self._shortfall()
        async with self._writing() as db:
            if cursor.is_complete:
                await kind.remove_missing(db, self._place(now))
            await sources.record(db, self._member.id, kind.source, news)
        if news.message:
            await self._run.source_failed(self._member.id, kind.source, "incomplete", news.message)

    def _shortfall(self) -> str:
        announced = "an unknown number" if self.cursor.announced is None else str(self.cursor.announced)
        return f"Letterboxd showed {self.cursor.got} of {announced} films of {self._kind.name(self._member.username)}."
