"""One film: find its TMDB title where that is due, read what TMDB says, and take it down in one transaction.

Between reading and writing, minutes or hours may pass. So each write looks first whether the film still is what the
turn began with; where a person or another run matched it meanwhile, nothing is written, and the film is seen to anew.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db import availability, details, matches, runs
from api.db.availability import OfferRow
from api.db.details import Details
from api.db.engine import Database
from api.db.matches import FilmWork, MatchNews
from api.db.runs import RunOrder
from api.errors import KeyRefused, Missing, SourceError
from worker.sources.letterboxd.pages import FilmPage
from worker.sync.due import Due
from worker.sync.matching import FilmIdentity, Match, by_page, by_search
from worker.sync.reach import GivenUp
from worker.sync.setbacks import sentence
from worker.sync.tmdb import ReachedTmdb

GetFilmPage = Callable[[str], Awaitable[FilmPage]]
TitleKey = tuple[str, int]


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """What the films of a run are seen to with; `tmdb` and `film_page` raise GivenUp where the run asks no more."""

    database: Database
    countries: Sequence[str]
    order: RunOrder
    due: Due
    tmdb: ReachedTmdb
    film_page: GetFilmPage


class Overtaken(Exception):
    """The film was matched by somebody else since its turn began: what was read for it may be of another title."""


async def enrich(tools: Tools, work: FilmWork) -> None:
    """Do what is due for one film. Raises the SourceError or GivenUp that stopped it; nothing is half-written then."""
    try:
        await FilmTurn(tools, work).take()
    except Overtaken:
        await _anew(tools, work.film_id)


async def _anew(tools: Tools, film_id: int) -> None:
    """Once more, from what the film is now; one that is overtaken again is in somebody else's hands."""
    async with tools.database.read() as db:
        works = await matches.work(db, [film_id], tools.countries)
    for work in works:
        if tools.due.is_anything_due(work):
            with suppress(Overtaken):
                await FilmTurn(tools, work).take()


class FilmTurn:
    """One film's turn in a run."""

    def __init__(self, tools: Tools, work: FilmWork) -> None:
        self._tools = tools
        self._work = work

    async def take(self) -> None:
        """Do what is due; raises Overtaken, besides what stops it."""
        tools, work = self._tools, self._work
        if work.title_key is None or tools.due.is_match_due(work):
            await self._match(frozenset())
            return
        try:
            if tools.due.are_details_due(work):
                await self._store(await tools.tmdb.details(*work.title_key, tools.countries), None)
            else:
                await self._store_offers(*await tools.tmdb.offers(*work.title_key, tools.countries))
        except Missing:
            if work.locked:
                raise
            await self._match(frozenset({work.title_key}))

    async def _match(self, dropped: frozenset[TitleKey]) -> None:
        """Find the film's title, and read it; titles in `dropped` are known to be gone."""
        tmdb, countries = self._tools.tmdb, self._tools.countries
        match = await by_search(self._identity(), tmdb, exclude=dropped)
        if match.state == "pending":
            match = await self._by_page(match, dropped)
        if match.state != "found" or match.media_type is None or match.tmdb_id is None:
            await self._store_unmatched(match)
            return
        try:
            found = match.details or await tmdb.details(match.media_type, match.tmdb_id, countries)
        except Missing:
            if dropped:
                raise
            await self._match(frozenset({(match.media_type, match.tmdb_id)}))
            return
        await self._store(found, match)

    async def _by_page(self, searched: Match, dropped: frozenset[TitleKey]) -> Match:
        """What the film's page proves; where that cannot be learnt, the search's candidates are kept for a person."""
        tools = self._tools
        try:
            return await by_page(
                self._identity(), tools.tmdb, tools.film_page, tools.countries, searched=searched, exclude=dropped
            )
        except KeyRefused:
            raise
        except (SourceError, GivenUp) as error:
            async with self._writing() as db:
                reason, now = sentence(error), datetime.now(UTC)
                await matches.record_error(db, self._work.film_id, reason, now, searched.candidates)
            raise

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        """A write by the run's own worker to a film that still is as the turn began with it, or none."""
        async with self._tools.database.write() as db:
            await runs.demand_lease(db, self._tools.order)
            if not await matches.is_unchanged(db, self._work):
                raise Overtaken
            yield db

    async def _record(self, db: AsyncConnection, news: MatchNews, now: datetime) -> None:
        if not await matches.record(db, self._work.film_id, news, now):
            raise Overtaken

    async def _store(self, found: Details, match: Match | None) -> None:
        """Take down a title with its offers, and how it was matched where that is new."""
        now, work = datetime.now(UTC), self._work
        async with self._writing() as db:
            if match is not None:
                news = _news(match)
                news.imdb_id = news.imdb_id or found.imdb_id
                await self._record(db, news, now)
                if work.title_key not in (None, (found.media_type, found.tmdb_id)):
                    await availability.withdraw(db, work.film_id, now)
            await details.store(db, work.film_id, found, now)
            await self._record_offers(db, found.offers, found.links, now)

    async def _store_offers(self, offers: list[OfferRow], links: dict[str, str]) -> None:
        async with self._writing() as db:
            await self._record_offers(db, offers, links, datetime.now(UTC))

    async def _record_offers(
        self, db: AsyncConnection, offers: Sequence[OfferRow], links: Mapping[str, str], now: datetime
    ) -> None:
        countries, refresh_id = self._tools.countries, self._tools.order.id
        await availability.record(
            db, self._work.film_id, offers, countries=countries, links=links, refresh_id=refresh_id, now=now
        )

    async def _store_unmatched(self, match: Match) -> None:
        """Take down that the film has no title, or none any more: what was known by the former one goes."""
        now, work = datetime.now(UTC), self._work
        async with self._writing() as db:
            await self._record(db, _news(match), now)
            if work.title_key is not None:
                await availability.withdraw(db, work.film_id, now)
                await details.forget(db, work.film_id)

    def _identity(self) -> FilmIdentity:
        work = self._work
        return FilmIdentity(
            slug=work.slug, title=work.title, year=work.year, lid=work.lid, letterboxd_id=work.letterboxd_id
        )


def _news(match: Match) -> MatchNews:
    return MatchNews(
        state=match.state,
        media_type=match.media_type,
        tmdb_id=match.tmdb_id,
        imdb_id=match.imdb_id,
        method=match.method,
        confidence=match.confidence,
        candidates=match.candidates,
        message=match.message,
    )
