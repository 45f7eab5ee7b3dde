"""Reading one list of a member, page by page, with a checkpoint after each.

The complete-read rule: an entry is gone only when the unique films read are as many as the pages announced, and
the list did not move meanwhile: a film taken off the top lets another one slip past unseen, with the right total.

A read for news alone goes on as long as something is unaccounted for: it ends where the films that are known by then
are as many as the pages announce, on a page that shows one that was known before. That proves that nothing was added
or removed, but for as many of the one as of the other, and it tells nothing of stars that changed further down: both
are found by the next read to the end. So a read for news never removes anything.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import Enum

import msgspec

from api.db import runs, sources, tiles
from api.db.connection import Connection
from api.db.runs import RunMember
from api.db.sources import SourceNews
from worker.progress import Run
from worker.services import Services
from worker.sync.kinds import ListKind, ListPage, Place

PASSES = 2
FEW = 5
"""So many opinions a member may take back at once and leave none; more are believed to be hidden."""

OnPage = Callable[["Reading"], Awaitable[None]]


class Extent(Enum):
    """How far a list is read: to its end, as far as there is news, or its first page alone."""

    FULL = "full"
    NEWS = "news"
    FIRST = "first"


class Cursor(msgspec.Struct, kw_only=True):
    """Where a read stands: `films` are the ids in the list's order; `moved` says that the list changed meanwhile.

    `stopped` says that it need not go on, `known` how many films are on the list as far as Marquee knows by now.
    """

    films: list[int] = msgspec.field(default_factory=list)
    announced: int | None = None
    next_path: str | None = None
    moved: bool = False
    read_pass: int = 1
    pages: int = 0
    ended: bool = False
    stopped: bool = False
    known: int = 0
    begun_at: datetime | None = None

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
    """One list of a member as this run reads it; `on_page` is called as soon as a page is stored.

    `hidden` is how many films are announced and never shown, as the last read to the end found.
    """

    def __init__(self, services: Services, run: Run, member: RunMember, kind: ListKind, on_page: OnPage) -> None:
        self.cursor = Cursor()
        self.extent = Extent.FULL
        self.hidden = 0
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
        """Read as far as is wanted, from where it stands; once more when the list moved meanwhile.

        Raises the SourceError of the page that could not be read; what was read before it is kept.
        """
        if not self.cursor.pages:
            await self.begin()
        while not self._is_done():
            while not (self.cursor.ended or self.cursor.stopped):
                await self._read_page()
            if self._is_done() or not self.cursor.moved or self.cursor.read_pass == PASSES:
                break
            self.cursor = self.cursor.restarted()
        await self._conclude()

    async def _resume(self) -> None:
        async with self._services.database.read() as db:
            saved = await runs.load_checkpoint(db, self._run.order.id, self._member.id, self._kind.source)
        if saved is not None:
            self.cursor = msgspec.convert(saved, Cursor)
            await self._on_page(self)

    def _is_done(self) -> bool:
        return self.cursor.is_complete or self.cursor.stopped

    async def _read_page(self) -> None:
        kind, member, order, asked_at = self._kind, self._member, self._run.order, datetime.now(UTC)
        page = await kind.page(self._services.letterboxd, member.username, self.cursor.next_path)
        now = datetime.now(UTC)
        self.cursor.begun_at = self.cursor.begun_at or asked_at
        async with self._writing() as db:
            film_ids = await tiles.store(db, page.films, now)
            news = await kind.store(db, self._place(asked_at, now), page, film_ids)
            self.cursor.take(page, film_ids)
            if self.extent is not Extent.FULL:
                self.cursor.known = len(await kind.known(db, member.id))
            self.cursor.stopped = self._may_stop(page, news)
            await sources.count(db, member.id, kind.source, expected=self.cursor.announced, got=self._got())
            await runs.save_checkpoint(db, order.id, member.id, kind.source, msgspec.to_builtins(self.cursor), now)
        await self._on_page(self)

    def _may_stop(self, page: ListPage, news: int) -> bool:
        if self.extent is Extent.FIRST:
            return True
        all_known = page.announced is not None and self.cursor.known + self.hidden == page.announced
        return self.extent is Extent.NEWS and all_known and (news < len(page.films) or not page.films)

    def _got(self) -> int:
        """How many films are known to be on the list, of which a read for news sees only some."""
        cursor = self.cursor
        return cursor.got if self.extent is Extent.FULL else max(cursor.got, min(cursor.known, cursor.announced or 0))

    def _place(self, asked_at: datetime, now: datetime) -> Place:
        return Place(
            member_id=self._member.id,
            refresh_id=self._run.order.id,
            read=self.cursor.films,
            asked_at=asked_at,
            now=now,
        )

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Connection]:
        """A write by the run's own worker. Raises LeaseLost."""
        async with self._services.database.write() as db:
            await runs.demand_lease(db, self._run.order)
            yield db

    async def _conclude(self) -> None:
        """Take down how the read ended; only a complete one removes what it did not show.

        A first page that is read while the others are refused does not end the refusal.
        """
        cursor, kind, now = self.cursor, self._kind, datetime.now(UTC)
        async with self._writing() as db:
            is_proof = cursor.is_complete and not await self._is_suddenly_empty(db)
            news = self._news(is_proof, now)
            if is_proof:
                await kind.remove_missing(db, self._place(cursor.begun_at or now, now))
            if is_proof or self.extent is not Extent.FIRST:
                await sources.record(db, self._member.id, kind.source, news)
        if news.message and not cursor.stopped:
            await self._tell(news.message)

    def _news(self, is_proof: bool, now: datetime) -> SourceNews:
        cursor = self.cursor
        news = SourceNews(state="ok", tried_at=now, expected=cursor.announced, got=self._got())
        news.to_the_end = cursor.ended and not cursor.moved
        if not is_proof and (not cursor.stopped or self.hidden):
            news.state, news.message = "incomplete", self._shortfall()
        return news

    async def _is_suddenly_empty(self, db: Connection) -> bool:
        """Whether a list of opinions that held many films shows none: it may be hidden rather than cleared."""
        if self.cursor.announced or not self._kind.may_stop:
            return False
        return len(await self._kind.known(db, self._member.id)) > FEW

    async def _tell(self, message: str) -> None:
        member_id, source = self._member.id, self._kind.source
        if self._kind.wanted:
            await self._run.source_failed(member_id, source, "incomplete", message)
        else:
            await self._run.note_problem("incomplete", message, source=source, member_id=member_id)

    def _shortfall(self) -> str:
        if self.cursor.announced == 0:
            return f"Letterboxd showed none of {self._kind.name(self._member.username)}, of which Marquee knows many."
        announced = "an unknown number" if self.cursor.announced is None else str(self.cursor.announced)
        return f"Letterboxd showed {self._got()} of {announced} films of {self._kind.name(self._member.username)}."
