"""One member's watchlist in a run: whether it is read now, what follows when it cannot be, and how long it is."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Self

from api.db import runs, sources, watchlists
from api.db.runs import RunMember
from api.db.sources import Standing
from api.errors import SourceError
from worker.progress import Run
from worker.services import Services
from worker.sources.letterboxd.pages import WATCHLIST_PAGE_SIZE
from worker.sync.enrichment import Enrichment
from worker.sync.reading import SOURCE, Reading
from worker.sync.setbacks import left_alone, setback


class MemberList:
    """A watchlist whose films are enriched as soon as they are known, and which need not be read to the end for that.

    A run that tries again what failed does not read a list that is well: it is there for another source.
    `size` is how many films are on it as far as is known, None before anything is; it never becomes less, and films
    that turn out not to be there are done. `on_change` is called when `size` or `pages_left` may have changed.
    """

    def __init__(
        self,
        services: Services,
        run: Run,
        member: RunMember,
        enrichment: Enrichment,
        on_change: Callable[[], None],
        *,
        standing: Standing,
        listed: int,
    ) -> None:
        self.size = listed or standing.expected
        self._services = services
        self._run = run
        self._member = member
        self._enrichment = enrichment
        self._on_change = on_change
        self._standing = standing
        self._reading = Reading(services, run, member, self._on_page)
        self._added: set[int] = set()
        self._ended = False

    @classmethod
    async def of(
        cls, services: Services, run: Run, member: RunMember, enrichment: Enrichment, on_change: Callable[[], None]
    ) -> Self:
        """The member's watchlist as the database knows it."""
        async with services.database.read() as db:
            standing = await sources.standing(db, member.id, SOURCE)
            listed = await watchlists.film_ids(db, member.id)
        return cls(services, run, member, enrichment, on_change, standing=standing, listed=len(listed))

    @property
    def pages_left(self) -> int:
        unread = 0 if self._ended else (self.size or 0) - self._reading.cursor.got
        return max(0, -(-unread // WATCHLIST_PAGE_SIZE))

    async def begin(self) -> None:
        """Read the first page, unless this list is left in peace for now."""
        await self._attempt(self._reading.begin)

    async def finish(self) -> None:
        """Read the list to its end, and see to what was on it before."""
        await self._attempt(self._reading.read)
        self._ended = True
        async with self._services.database.read() as db:
            listed = await watchlists.film_ids(db, self._member.id)
        await self._add(listed)
        self._enrichment.tally.advance((self.size or 0) - len(self._added))
        self._on_change()

    async def _attempt(self, read: Callable[[], Awaitable[None]]) -> None:
        standing = self._standing
        if self._ended or (self._run.order.trigger == "retry" and standing.state == "ok"):
            return
        if standing.is_left_alone(datetime.now(UTC), asked=self._run.order.asked, force=self._run.order.force):
            await self._end(standing.state, left_alone(standing, self._services.settings))
            return
        try:
            await read()
        except SourceError as error:
            await self._record_setback(error)

    async def _on_page(self, reading: Reading) -> None:
        self.size = max(self.size or 0, reading.cursor.announced or 0)
        await self._add(reading.cursor.films)
        self._on_change()

    async def _add(self, film_ids: Iterable[int]) -> None:
        """Have these films enriched, each once."""
        new = [film_id for film_id in film_ids if film_id not in self._added]
        self._added.update(new)
        self.size = max(self.size or 0, len(self._added))
        await self._enrichment.add(new)

    async def _record_setback(self, error: SourceError) -> None:
        now, cursor = datetime.now(UTC), self._reading.cursor
        name, failures = self._member.username, self._standing.failures
        news = setback(
            error, source=f"{name}’s watchlist", page=cursor.pages + 1, member=name, failures=failures, now=now
        )
        if cursor.pages:
            news.expected, news.got = cursor.announced, cursor.got
        async with self._services.database.write() as db:
            await runs.demand_lease(db, self._run.order)
            await sources.record(db, self._member.id, SOURCE, news)
        await self._end(news.state, news.message or str(error))

    async def _end(self, state: str, message: str) -> None:
        """Read no more of this list in this run; other pages are not touched by what happened to it."""
        self._ended = True
        await self._run.source_failed(self._member.id, SOURCE, state, message)
