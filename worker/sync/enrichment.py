"""Matching and enriching films while they are still being read: concurrent, under the shared limits.

Letterboxd's limit belongs to the watchlists first: film pages, needed where searching proved nothing, wait until
these are read. A film that waits for its page leaves its place to another one.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from api.db import matches, runs
from api.db.matches import FilmWork
from api.db.runs import LeaseLost
from api.errors import KeyRefused, SourceError
from worker.progress import AWAY, Run
from worker.services import Services
from worker.sources.letterboxd.pages import FilmPage
from worker.sync import films
from worker.sync.due import due_in, due_of_watched
from worker.sync.film_pages import SOURCE as FILM_PAGES
from worker.sync.film_pages import FilmPageSource
from worker.sync.films import Tools
from worker.sync.reach import GivenUp, Reach
from worker.sync.setbacks import sentence
from worker.sync.tally import Tally
from worker.sync.tmdb import ReachedTmdb

logger = logging.getLogger(__name__)

CONCURRENCY = 10
# TMDB is waited for as long as this; a run that holds on for longer would only stand in the way of the next one.
TMDB_PATIENCE = 3600.0
# So many film pages a run reads for films that were only watched: watchlists need Letterboxd's time more.
PAGES_OF_WATCHED = 30


@asynccontextmanager
async def enriching(services: Services, run: Run) -> AsyncIterator["Enrichment"]:
    """An enrichment that has seen to all its films when the block ends; raises ExceptionGroups alone."""
    async with asyncio.TaskGroup() as tasks:
        yield Enrichment(services, run, tasks)


class Enrichment:
    """The films of one run, each seen to once."""

    def __init__(self, services: Services, run: Run, tasks: asyncio.TaskGroup) -> None:
        places = asyncio.Semaphore(CONCURRENCY)
        self.tally = Tally(run)
        self.film_pages = FilmPages(services, places, run)
        self._run = run
        self._tasks = tasks
        self._places = places
        self._known: set[int] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        self._later: Counter[int] = Counter()
        self._due_of_watched = due_of_watched(run.order, services.settings)
        self._tools = Tools(
            database=services.database,
            countries=services.settings.country,
            flap=timedelta(hours=services.settings.flap_hours),
            fence=lambda db: runs.demand_lease(db, run.order),
            refresh_id=run.order.id,
            due=due_in(run.order, services.settings),
            tmdb=ReachedTmdb(services.tmdb, Reach(run, patience=TMDB_PATIENCE)),
            film_page=self.film_pages.get,
        )

    @property
    def tools(self) -> Tools:
        """What the films of this run are seen to with."""
        return self._tools

    async def add(self, film_ids: Iterable[int]) -> None:
        """See to these films of one list; one that another list has too, or that has nothing due, costs nothing."""
        added = set(film_ids)
        new = sorted(added - self._known)
        self._known.update(new)
        async with self._tools.database.read() as db:
            works = await matches.work(db, new, self._tools.countries)
        due = [work for work in works if self._tools.due.is_anything_due(work)]
        self.tally.advance(len(added) - len(due))
        for work in due:
            self._under_way.add(self._tasks.create_task(self._see_to(self._tools, work)))

    def add_later(self, film_ids: Iterable[int], *, counted: bool) -> None:
        """See to these films of one list when all others are done: they were watched, and nobody waits for them."""
        for film_id in film_ids:
            self._later[film_id] += counted

    async def see_to_later(self) -> None:
        """See to the films of `add_later`, as far as something is due; not to their offers, nor to many film pages."""
        if self._under_way:
            await asyncio.wait(self._under_way)
        tools = replace(self._tools, due=self._due_of_watched, film_page=self.film_pages.get_of_watched)
        async with tools.database.read() as db:
            works = await matches.work(db, sorted(self._later.keys() - self._known), tools.countries)
        due = [work for work in works if tools.due.is_anything_due(work)]
        self.tally.advance(self._later.total() - sum(self._later[work.film_id] > 0 for work in due))
        for work in due:
            self._tasks.create_task(self._see_to(tools, work, counted=self._later[work.film_id] > 0))

    async def _see_to(self, tools: Tools, work: FilmWork, *, counted: bool = True) -> None:
        """Enrich one film; whatever goes wrong with it is noted, and ends nothing but this film's turn.

        A database that is away ends the whole: the run goes on, from here, when it is back.
        """
        async with self._places:
            self._run.estimate.begin_film()
            try:
                await films.enrich(tools, work)
            except (KeyRefused, LeaseLost, *AWAY):
                raise
            except Postponed:
                pass
            except GivenUp:
                return
            except SourceError as error:
                await self._note(work, error.code, sentence(error))
            except Exception as error:  # one bad film never fails a run
                logger.exception("The film %s could not be enriched", work.slug)
                await self._note(work, "unexpected", f"Marquee made a mistake ({type(error).__name__}).")
            finally:
                self._run.estimate.end_film()
        if counted:
            self.tally.advance()

    async def _note(self, work: FilmWork, code: str, message: str) -> None:
        async with self._tools.database.write() as db:
            await runs.demand_lease(db, self._run.order)
            await matches.record_error(db, work.film_id, message, datetime.now(UTC))
        await self._run.film_failed(work.film_id, code, message)


class Postponed(GivenUp):
    """This film is left to a later run, and that is no problem."""


class FilmPages:
    """The film pages that a run needs, once its watchlists are read."""

    def __init__(self, services: Services, places: asyncio.Semaphore, run: Run) -> None:
        self._places = places
        self._run = run
        self.source = FilmPageSource(services, asked=run.order.asked, force=run.order.force)
        self._opened = asyncio.Event()
        self._given_up = False
        self._left_for_watched = PAGES_OF_WATCHED

    def open(self) -> None:
        """Let film pages be asked for."""
        self._opened.set()

    async def get(self, slug: str) -> FilmPage:
        """The page of this film; the caller's place is free for others while it waits. Raises GivenUp."""
        self._run.estimate.want_page()
        self._places.release()
        try:
            await self._opened.wait()
            return await self.source.page(slug)
        except GivenUp as end:
            await self._note(end)
            raise
        finally:
            self._run.estimate.get_page()
            await self._places.acquire()

    async def get_of_watched(self, slug: str) -> FilmPage:
        """The page of a film that is on no watchlist, of which a run reads some. Raises GivenUp, or Postponed."""
        if self._left_for_watched <= 0:
            raise Postponed("Its page on Letterboxd is left to a later refresh.")
        self._left_for_watched -= 1
        return await self.get(slug)

    async def _note(self, end: GivenUp) -> None:
        """Say once in the run why film pages are left in peace."""
        if not self._given_up:
            self._given_up = True
            await self._run.note_problem(end.code, f"{end} The films that need one wait.", source=FILM_PAGES)
