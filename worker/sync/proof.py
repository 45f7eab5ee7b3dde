"""Proving what searching made probable: a few film pages a night, for the films that matter most.

Every film is a transaction of its own, so that a night that ends early loses nothing. The budget is of requests, tried
again and redirected ones too, and of a day: what an earlier, interrupted night spent of it counts.
"""

import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from api.db import matches, proofs
from api.db.matches import FilmWork
from api.errors import Missing, SourceError
from worker.progress import AWAY
from worker.services import Services
from worker.sources.letterboxd.film import FilmPage
from worker.sync.case import Match, Named
from worker.sync.due import all_due
from worker.sync.film_pages import FilmPageSource
from worker.sync.films import FilmTurn, Overtaken, Tools, identity
from worker.sync.matching import Doubt, by_evidence, by_ids, case_of, is_another
from worker.sync.reach import GivenUp

logger = logging.getLogger(__name__)

RETRY_AFTER = timedelta(days=30)
# Well before the end of the longest housekeeping, seconds.
LONGEST_NIGHT = 45 * 60.0
DISAGREED = "and by its page the film is another than the only one of its name on TMDB"
UNTOLD = "and its page says too little to tell that the film is the only one of its name on TMDB"
COUNTED = ("asked", "proven", "corrected", "questioned", "unproved", "failed")


async def prove(services: Services, *, clock: Callable[[], float] = time.monotonic) -> dict[str, int]:
    """Spend what is left of the day's budget of Letterboxd requests on probable matches; how it went, as counts.

    asked: film pages; proven; corrected: to another title; questioned: left to a person; unproved: still probable;
    failed. Where Letterboxd or TMDB refuses, the night ends, and after LONGEST_NIGHT too. Raises only where the
    database is away.
    """
    night = Night(services, FilmPageSource(services), clock)
    await night.work()
    return night.counts


async def try_film_pages(services: Services, film_pages: FilmPageSource) -> None:
    """Ask for one film page where they were not well, may be asked for again, and this work needed none of them.

    Nothing but an answer ends a refusal. Where the budget has one left, it is the page of a film to be proved.
    """
    if await film_pages.is_overdue():
        await Night(services, film_pages, time.monotonic).work(most=1)


class Night:
    """One night's proving; `counts` as in `prove`."""

    def __init__(self, services: Services, film_pages: FilmPageSource, clock: Callable[[], float]) -> None:
        self.counts = dict.fromkeys(COUNTED, 0)
        self._database = services.database
        self._pages = film_pages
        self._clock = clock
        self._end = clock() + LONGEST_NIGHT
        self._today = datetime.now(ZoneInfo(services.settings.refresh_timezone)).date()
        self._left = services.settings.proof_budget
        self._followed = services.settings.letterboxd_username
        self._failed_alone: list[int] = []
        self._tools = Tools(
            database=services.database,
            countries=services.settings.country,
            due=all_due(datetime.now(UTC)),
            tmdb=services.tmdb,
            film_page=film_pages.page,
            flap=timedelta(hours=services.settings.flap_hours),
        )

    async def work(self, *, most: int | None = None) -> None:
        """Prove films as long as there is budget and time, and no more than `most` of them."""
        try:
            for film_id in (await self._due())[:most]:
                if self._left <= 0 or self._clock() >= self._end:
                    break
                await self._attempt(film_id)
            await self._note_tried(*self._failed_alone)
            await self._look_at_any()
        except (GivenUp, SourceError) as error:
            logger.info("No more matches are proved for now: %s", error)

    async def _due(self) -> Sequence[int]:
        async with self._database.read() as db:
            self._left -= await proofs.spent(db, self._today)
            before = datetime.now(UTC) - RETRY_AFTER
            return await proofs.due(db, self._followed, tried_before=before, limit=max(0, self._left))

    async def _look_at_any(self) -> None:
        """Ask for any film's page where these were refused, and none was needed: it tells whether they still are."""
        if not await self._pages.is_overdue():
            return
        async with self._database.read() as db:
            slug = await proofs.any_slug(db)
        if slug is not None:
            async with self._spending():
                await self._pages.page(slug)

    async def _attempt(self, film_id: int) -> None:
        """Prove one film; a mistake at it ends nothing but its turn. Raises GivenUp, and TMDB's SourceError."""
        try:
            await self._prove(film_id)
        except (GivenUp, SourceError, *AWAY):
            raise
        except Exception:  # one odd film never ends the night
            logger.exception("The film %d could not be proved", film_id)
            self._count("failed")
            await self._note_tried(film_id)

    async def _prove(self, film_id: int) -> None:
        async with self._database.read() as db:
            works = await matches.work(db, [film_id], self._tools.countries)
        for work in works:
            if work.title_key is None or work.confidence != "probable" or work.locked:
                continue
            page = await self._page(work)
            try:
                if page is not None:
                    await self._settle(work, page)
            except Overtaken:
                logger.info("The film %s was seen to by somebody else meanwhile", work.slug)
            except SourceError:
                self._count("failed")
                raise

    async def _page(self, work: FilmWork) -> FilmPage | None:
        """The film's page, None where it is of no use: gone, another film's, or not to be read.

        Raises GivenUp where film pages are left in peace.
        """
        try:
            async with self._spending():
                page: FilmPage | None = await self._pages.page(work.slug)
        except GivenUp as end:
            self._count("failed", times=end.__cause__ is not None)
            raise
        except Missing:
            page = None
        except SourceError as error:
            logger.info("The page of the film %s could not be used: %s", work.slug, error)
            self._count("failed")
            self._failed_alone.append(work.film_id)
            return None
        failed, self._failed_alone = self._failed_alone, []
        await self._note_tried(*failed)
        if page is None or is_another(page, identity(work)):
            self._count("unproved")
            await self._note_tried(work.film_id)
            return None
        return page

    async def _settle(self, work: FilmWork, page: FilmPage) -> None:
        """Take down what the page says of the match; raises Overtaken, and TMDB's errors."""
        turn, match = FilmTurn(self._tools, work), await self._judged(work, page)
        if match is None:
            self._count("unproved")
            await self._note_tried(work.film_id)
        elif match.state != "found" or match.details is None:
            await turn.store_unmatched(self._dated(match))
            self._count("questioned")
        elif (match.media_type, match.tmdb_id) == work.title_key:
            await turn.confirm(self._dated(match))
            self._count("proven")
        else:
            await turn.store(match.details, self._dated(match))
            self._count("corrected")

    async def _judged(self, work: FilmWork, page: FilmPage) -> Match | None:
        """What the page makes of the film; None where the match stays probable.

        Without an id that leads anywhere, its directors and its length must at least be those of the title.
        """
        case = case_of(identity(work), page, self._tools.tmdb, self._tools.countries)
        outcome = await by_ids(case, page)
        if isinstance(outcome, Match):
            return outcome
        current = await case.details(work.title_key) if work.title_key else None
        if current is None or case.evidence is None or (verdict := case.evidence.weigh(current)) == "agrees":
            return None
        because = f"{outcome.because}, {DISAGREED if verdict == 'differs' else UNTOLD}"
        former = Named(current, "it alone has the film's name and year", case.against(current))
        return await by_evidence(case, page, Doubt(because, [*outcome.named, former]))

    def _dated(self, match: Match) -> Match:
        return replace(match, proof_tried_at=datetime.now(UTC))

    @asynccontextmanager
    async def _spending(self) -> AsyncIterator[None]:
        """A block that asks for a film page; what that took is taken down, whatever comes of it."""
        before = self._pages.requests
        try:
            yield
        finally:
            if requests := self._pages.requests - before:
                self._count("asked")
                self._left -= requests
                async with self._database.write() as db:
                    await proofs.spend(db, self._today, requests)

    def _count(self, name: str, *, times: int = 1) -> None:
        self.counts[name] += times

    async def _note_tried(self, *film_ids: int) -> None:
        if not film_ids:
            return
        async with self._database.write() as db:
            await proofs.note_tried(db, film_ids, datetime.now(UTC))
