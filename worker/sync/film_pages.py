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
from worker.services import Services
from worker.sources.letterboxd.pages import FilmPage
from worker.sync.reach import MOST_FAILURES, GivenUp
from worker.sync.setbacks import setback

Clock = Callable[[], datetime]

SOURCE = "film_pages"
NAME = "film pages"
NOTED_EVERY = timedelta(minutes=1)


def now_utc() -> datetime:
    return datetime.now(UTC)


class FilmPageSource:
    """Film pages in one piece of work, a refresh or the nightly proof: asked for one at a time.

    `insist`: they are asked for though they rest, since a person wants it now.
    """

    def __init__(self, services: Services, *, insist: bool = False, clock: Clock = now_utc) -> None:
        self._database = services.database
        self._letterboxd = services.letterboxd
        self._owner = services.settings.letterboxd_username[0]
        self._insist = insist
        self._clock = clock
        self._turn = asyncio.Lock()
        self._standing: Standing | None = None
        self._end: GivenUp | None = None
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
                page = await self._letterboxd.film_page(slug)
            except (Blocked, Disallowed, RateLimited) as error:
                raise await self._give_up(error) from error
            except (Transient, MarkupChanged) as error:
                await self._fail(error)
                raise
            except SourceError:
                await self._answered()
                raise
            self._understood = True
            await self._answered()
            return page

    async def _begin(self) -> None:
        """See once how film pages stand; resting ones are not asked for unless somebody insists."""
        if self._standing is not None:
            return
        async with self._database.read() as db:
            ids = await members.ids(db, [self._owner])
            member_id = ids.get(self._owner)
            standing = await sources.standing(db, member_id, SOURCE) if member_id else Standing(state="never")
        self._standing = standing
        if not self._insist and standing.is_resting(self._clock()):
            self._end = GivenUp(standing.message or "Letterboxd’s film pages are left alone for now.", standing.state)

    async def _fail(self, error: Transient | MarkupChanged) -> None:
        """Count a page that could not be used; raises GivenUp when these were too many.

        The first page of all shows whether film pages still are what they were: where it is not understood, that is
        told at once, though a single odd page does not keep the others from being asked for.
        """
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            raise await self._give_up(error) from error
        if isinstance(error, MarkupChanged) and not self._understood and self._failures == 1:
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

    async def _answered(self) -> None:
        """Letterboxd answered, so film pages are well: taken down now and then, not at every page."""
        self._failures, now = 0, self._clock()
        if self._noted_at is None or now - self._noted_at >= NOTED_EVERY:
            await self._record(SourceNews(state="ok", tried_at=now))

    async def _record(self, news: SourceNews) -> None:
        async with self._database.write() as db:
            owner = (await members.ensure(db, [self._owner]))[self._owner]
            await sources.record(db, owner, SOURCE, news)
        self._noted_at = news.tried_at if news.state == "ok" else None
