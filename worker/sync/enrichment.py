"""Matching and enriching films while they are still being read: concurrent, under the shared limits.

Letterboxd's limit belongs to the watchlists first: film pages, needed where searching proved nothing, wait until
these are read. A film that waits for its page leaves its place to another one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from api.db import matches
from api.db.matches import FilmWork
from api.errors import Blocked, KeyRefused, RateLimited, SourceError
from worker.progress import Run
from worker.services import Services
from worker.sources.letterboxd.pages import FilmPage
from worker.sync import films
from worker.sync.due import due_in

logger = logging.getLogger(__name__)

CONCURRENCY = 10


@asynccontextmanager
async def enriching(services: Services, run: Run) -> AsyncIterator["Enrichment"]:
    """An enrichment that has seen to all its films when the block ends; KeyRefused comes out in an ExceptionGroup."""
    async with asyncio.TaskGroup() as tasks:
        yield Enrichment(services, run, tasks)


class Enrichment:
    """The films of one run, each seen to once."""

    def __init__(self, services: Services, run: Run, tasks: asyncio.TaskGroup) -> None:
        self._services = services
        self._run = run
        self._tasks = tasks
        self._due = due_in(run.order, services.settings)
        self._known: set[int] = set()
        self._places = asyncio.Semaphore(CONCURRENCY)
        self._film_pages = FilmPages(services, self._places, run)

    @property
    def films(self) -> int:
        """How many films were added so far."""
        return len(self._known)

    @property
    def film_pages_left(self) -> int:
        """How many film pages wait to be asked for."""
        return self._film_pages.waiting

    async def add(self, film_ids: Iterable[int]) -> None:
        """See to these films; one that was added before, or has nothing due, costs nothing."""
        new = [film_id for film_id in dict.fromkeys(film_ids) if film_id not in self._known]
        self._known.update(new)
        if not new:
            return
        async with self._services.database.read() as db:
            works = await matches.work(db, new, self._services.settings.country)
        due = [work for work in works if self._due.is_anything_due(work)]
        self._run.advance(len(new) - len(due))
        for work in due:
            self._tasks.create_task(self._see_to(work))

    def reading_ended(self) -> None:
        """Let film pages be asked for."""
        self._film_pages.open()

    async def _see_to(self, work: FilmWork) -> None:
        """Enrich one film; whatever goes wrong with it is noted, and ends nothing but this film's turn."""
        async with self._places:
            self._run.estimate.begin_film()
            try:
                await films.enrich(self._services, self._run.order, self._due, work, self._film_pages.get)
            except KeyRefused:
                raise
            except SourceError as error:
                await self._note(work, error.code, str(error))
            except Exception as error:  # one bad film never fails a run
                logger.exception("The film %s could not be enriched", work.slug)
                await self._note(work, "unexpected", f"Marquee made a mistake ({type(error).__name__})")
        self._run.estimate.end_film()
        self._run.advance()

    async def _note(self, work: FilmWork, code: str, message: str) -> None:
        async with self._services.database.write() as db:
            await matches.record_error(db, work.film_id, message, datetime.now(UTC))
        await self._run.film_failed(work.film_id, code, message)


class FilmPages:
    """Film pages, one at a time, once the watchlists are read; a refusal holds for the rest of the run."""

    def __init__(self, services: Services, places: asyncio.Semaphore, run: Run) -> None:
        self.waiting = 0
        self._services = services
        self._places = places
        self._run = run
        self._opened = asyncio.Event()
        self._turn = asyncio.Lock()
        self._refusal: SourceError | None = None

    def open(self) -> None:
        self._opened.set()

    async def get(self, slug: str) -> FilmPage:
        """The page of this film; the caller's place is free for others while it waits."""
        self.waiting += 1
        self._places.release()
        try:
            await self._opened.wait()
            async with self._turn:
                return await self._ask(slug)
        finally:
            self.waiting -= 1
            self._run.estimate.pages_left = self.waiting if self._opened.is_set() else self._run.estimate.pages_left
            await self._places.acquire()

    async def _ask(self, slug: str) -> FilmPage:
        if self._refusal is not None:
            raise self._refusal
        try:
            return await self._services.letterboxd.film_page(slug)
        except (Blocked, RateLimited) as error:
            self._refusal = error
            raise
