"""Letterboxd's film pages, as every part of Marquee asks for them: one family of pages, which rests on its own.

How they stand is kept as a source of the owner. So a refusal that one piece of work met holds for the next one too,
stops no other family, and nothing but an answered page ends it.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from api.db import members, sources
from api.db.sources import SourceNews, Standing
from api.errors import Blocked, Disallowed, MarkupChanged, RateLimited, SourceError, Transient
from worker.counting import counting
from worker.services import Services
from worker.sources.letterboxd.pages import FilmPage
from worker.sync.reach import MOST_FAILURES, GivenUp
from worker.sync.setbacks import left_alone, setback

Clock = Callable[[], datetime]

SOURCE = "film_pages"
NAME = "film pages"
NOTED_EVERY = timedelta(minutes=1)
WELL = ("ok", "never")


def now_utc() -> datetime:
    return datetime.now(UTC)


class FilmPageSource:
    """Film pages in one piece of work, a refresh or the nightly proof: asked for one at a time, in `requests` so far.

    `asked`: a person wants them now. That ends no rest which Letterboxd asked for by turning Marquee away: only
    `force` does.
    """

    def __init__(self, services: Services, *, asked: bool = False, force: bool = False, clock: Clock = now_utc) -> None:
        self.requests = 0
        self._settings = services.settings
        self._database = services.database
        self._letterboxd = services.letterboxd
        self._owner = services.settings.letterboxd_username[0]
        self._asked = asked
        self._force = force
        self._clock = clock
        self._turn = asyncio.Lock()
        self._standing: Standing | None = None
        self._end: GivenUp | None = None
        self._state: str = "never"
        self._was_well = True
        self._failures = 0
        self._understood = False
        self._noted_at: datetime | None = None

    async def page(self, slug: str) -> FilmPage:
        """The page of this film.

        Raises GivenUp, now and at every later call, where film pages are left in peace: they rest, were refused, or
        MOST_FAILURES in a row could not be used. Raises the SourceError of a page that fails alone.
        """
        async with self._turn:
            await self._begin()
            if self._end is not None:
                raise GivenUp(str(self._end), self._end.code)
            try:
                page = await self._asked_for(slug)
            except (Blocked, Disallowed, RateLimited) as error:
                raise await self._give_up(error) from error
            except (Transient, MarkupChanged) as error:
                await self._fail(error)
                raise
            except SourceError:
                await self._answered(understood=False)
                raise
            self._understood = True
            await self._answered(understood=True)
            return page

    async def is_overdue(self) -> bool:
        """Whether film pages were not well, may be asked for again, and were not asked for in this work."""
        async with self._turn:
            standing = await self._begin()
            is_untried = self.requests == 0 and self._end is None
            return is_untried and not self._was_well and not standing.is_left_alone(self._clock(), asked=False)

    async def _asked_for(self, slug: str) -> FilmPage:
        with counting() as requests:
            try:
                return await self._letterboxd.film_page(slug)
            finally:
                self.requests += requests.made

    async def _begin(self) -> Standing:
        """See once how film pages stand, and whether they are left alone for now."""
        if self._standing is not None:
            return self._standing
        async with self._database.read() as db:
            ids = await members.ids(db, [self._owner])
            member_id = ids.get(self._owner)
            standing = await sources.standing(db, member_id, SOURCE) if member_id else Standing(state="never")
        self._standing = standing
        if standing.is_left_alone(self._clock(), asked=self._asked, force=self._force):
            self._end = GivenUp(left_alone(standing, self._settings), standing.state)
        self._state = standing.state
        self._was_well = standing.state in WELL
        return standing

    async def _fail(self, error: Transient | MarkupChanged) -> None:
        """Count a page that could not be used; raises GivenUp when these were too many.

        The first page of all shows whether film pages still are what they were, or are well again: where it is not
        understood, or they were not well, that is told at once, though a single odd page does not keep the others from
        being asked for.
        """
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            raise await self._give_up(error) from error
        is_first = not self._understood and self._failures == 1
        if is_first and (isinstance(error, MarkupChanged) or not self._was_well):
            await self._set_back(error)

    async def _give_up(self, error: SourceError) -> GivenUp:
        self._end = GivenUp(await self._set_back(error), error.code)
        return self._end

    async def _set_back(self, error: SourceError) -> str:
        """Take down that film pages rest; the reason for it."""
        failures = self._standing.failures if self._standing else 0
        news = setback(error, source=NAME, failures=failures, now=self._clock())
        await self._record(news)
        return news.message or str(error)

    async def _answered(self, *, understood: bool) -> None:
        """Letterboxd answered, so film pages are well: taken down now and then, not at every page.

        That a film has no page does not tell whether pages that changed are understood again.
        """
        self._failures, now = 0, self._clock()
        if not understood and self._state == "changed":
            return
        if self._noted_at is None or now - self._noted_at >= NOTED_EVERY:
            await self._record(SourceNews(state="ok", tried_at=now, understood=understood))

    async def _record(self, news: SourceNews) -> None:
        async with self._database.write() as db:
            owner = (await members.ensure(db, [self._owner]))[self._owner]
            await sources.record(db, owner, SOURCE, news)
        self._state = news.state
        self._noted_at = news.tried_at if news.state == "ok" and news.understood else None
