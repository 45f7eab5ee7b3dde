"""One list of a member in a run: whether it is read now, what follows when it cannot be, and how long it is."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Self

from api.db import runs, sources
from api.db.runs import RunMember
from api.db.sources import Standing
from api.errors import SourceError
from worker.progress import Run
from worker.services import Services
from worker.sync.enrichment import Enrichment
from worker.sync.kinds import ListKind
from worker.sync.reading import Extent, Reading
from worker.sync.setbacks import left_alone, setback


class MemberList:
    """A list whose films are enriched as soon as they are known, and which need not be read to the end for that.

    A run that tries again what failed does not read a list that is well: it is there for another source.
    `size` is how many films are on it as far as is known, None before anything is; it never becomes less, and films
    that turn out not to be there are done. `on_change` is called when `size` or `pages_left` may have changed.
    """

    def __init__(
        self,
        services: Services,
        run: Run,
        member: RunMember,
        kind: ListKind,
        enrichment: Enrichment,
        on_change: Callable[[], None],
        *,
        standing: Standing,
        listed: int,
    ) -> None:
        self.size = (listed or standing.expected) if kind.wanted else _largest(listed, standing.expected)
        self._services = services
        self._run = run
        self.member = member
        self.kind = kind
        self._enrichment = enrichment
        self._on_change = on_change
        self._standing = standing
        self._reading = Reading(services, run, member, kind, self._on_page)
        self._reading.hidden = standing.hidden
        self._reading.extent = self._extent()
        self._added: set[int] = set()
        self._ended = False
        self._told = False

    @classmethod
    async def of(
        cls,
        services: Services,
        run: Run,
        member: RunMember,
        kind: ListKind,
        enrichment: Enrichment,
        on_change: Callable[[], None],
    ) -> Self:
        """The member's list as the database knows it."""
        async with services.database.read() as db:
            standing = await sources.standing(db, member.id, kind.source)
            listed = await kind.known(db, member.id)
        return cls(services, run, member, kind, enrichment, on_change, standing=standing, listed=len(listed))

    @property
    def is_known(self) -> bool:
        """Whether it is known how long the list is, or that this cannot be known in this run."""
        return self.size is not None or self._ended

    @property
    def counts(self) -> int:
        """How many of its films are part of the run's progress."""
        return (self.size or 0) if self.kind.counted else 0

    @property
    def pages_left(self) -> int:
        if self._ended:
            return 0
        if self._reading.extent is not Extent.FULL:
            return 0 if self._reading.cursor.pages else 1
        return max(0, -(-((self.size or 0) - self._reading.cursor.got) // self.kind.page_size))

    async def begin(self) -> None:
        """Read the first page, unless this list is left in peace for now."""
        await self._attempt(self._reading.begin)

    async def finish(self) -> None:
        """Read the list as far as is wanted, and see to what was on it before."""
        await self._attempt(self._reading.read)
        self._ended = True
        async with self._services.database.read() as db:
            listed = await self.kind.known(db, self.member.id)
        await self._add(listed)
        self._enrichment.tally.advance(self.counts - len(self._added) if self.kind.counted else 0)
        self._on_change()

    def leave(self) -> None:
        """Read nothing of this list in this run."""
        self._ended = True

    def _extent(self) -> Extent:
        """How far the list is read: now and then to its end, and its first page alone while the others are refused."""
        kind, standing, order, now = self.kind, self._standing, self._run.order, datetime.now(UTC)
        if not kind.may_stop or order.force:
            return Extent.FULL
        if standing.is_left_alone(now, asked=order.asked):
            return Extent.FIRST
        every = timedelta(days=self._services.settings.full_read_days)
        is_due = standing.full_read_at is None or standing.full_read_at + every <= now
        return Extent.FULL if is_due else Extent.NEWS

    async def _attempt(self, read: Callable[[], Awaitable[None]]) -> None:
        if self._ended or not await self._is_to_be_read():
            self._ended = True
            return
        try:
            await read()
        except SourceError as error:
            await self._record_setback(error)

    async def _is_to_be_read(self) -> bool:
        """Whether Letterboxd is asked for this list now; where it is left in peace, who is concerned is told, once."""
        kind, standing, order = self.kind, self._standing, self._run.order
        is_retry = order.trigger == "retry"
        if is_retry and standing.state == "ok":
            return False
        if not standing.is_left_alone(datetime.now(UTC), asked=order.asked, force=order.force):
            return True
        if not self._told and (kind.wanted or order.names(kind.source)):
            self._told = True
            await self._tell(standing.state, left_alone(standing, self._services.settings))
        return kind.may_stop and bool(standing.got) and not is_retry

    async def _on_page(self, reading: Reading) -> None:
        self.size = max(self.size or 0, reading.cursor.announced or 0)
        await self._add(reading.cursor.films)
        self._on_change()

    async def _add(self, film_ids: Iterable[int]) -> None:
        """Have these films enriched, each once."""
        new = [film_id for film_id in film_ids if film_id not in self._added]
        self._added.update(new)
        self.size = max(self.size or 0, len(self._added))
        if self.kind.wanted or self._run.order.names(self.kind.source):
            self._run.known_films += len(new)
        if self.kind.wanted:
            await self._enrichment.add(new)
        else:
            self._enrichment.add_later(new, counted=self.kind.counted)

    async def _record_setback(self, error: SourceError) -> None:
        now, cursor = datetime.now(UTC), self._reading.cursor
        name, failures = self.member.username, self._standing.failures
        news = setback(
            error, source=self.kind.name(name), page=cursor.pages + 1, member=name, failures=failures, now=now
        )
        if cursor.pages:
            news.expected, news.got = cursor.announced, cursor.got
            if self.kind.may_stop:
                news.message = f"{news.message} It showed {cursor.got} of {cursor.announced or 'an unknown number'}."
        async with self._services.database.write() as db:
            await runs.demand_lease(db, self._run.order)
            await sources.record(db, self.member.id, self.kind.source, news)
        self._ended = True
        await self._tell(news.state, news.message or str(error))

    async def _tell(self, state: str, message: str) -> None:
        """Say why nothing more of this list is read; other pages are not touched by what happened to it."""
        member_id, source = self.member.id, self.kind.source
        if self.kind.wanted:
            await self._run.source_failed(member_id, source, state, message)
        else:
            await self._run.note_problem(state, message, source=source, member_id=member_id)


def _largest(*sizes: int | None) -> int | None:
    """The largest number that says something; None without one."""
    return max((size for size in sizes if size), default=None)
