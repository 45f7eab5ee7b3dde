"""One film: find its TMDB title where that is due, read what TMDB says, and take it down in one transaction.

Between reading and writing, minutes or hours may pass. So each write looks first whether the film still is what the
turn began with; where a person or another run matched it meanwhile, nothing is written, and the film is seen to anew.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec
from msgspec.structs import replace

from api.db import availability, details, matches
from api.db.availability import OfferRow
from api.db.connection import Connection
from api.db.corrections import TitleKey
from api.db.details import Details
from api.db.engine import Database
from api.db.matches import QUESTIONS, FilmWork, MatchNews
from api.errors import KeyRefused, Missing, SourceError
from worker.services import Services
from worker.sources.tmdb.matching import contradicts
from worker.sync import matching
from worker.sync.due import Due, all_due
from worker.sync.film_pages import FilmPageSource
from worker.sync.matching import NONE_EXCLUDED, FilmIdentity, FilmPages, Match, by_page, by_search
from worker.sync.reach import GivenUp
from worker.sync.setbacks import sentence

Fence = Callable[[Connection], Awaitable[None]]


class Tmdb(matching.Tmdb, Protocol):
    """What seeing to films asks of TMDB."""

    async def offers(
        self, media_type: str, tmdb_id: int, countries: Sequence[str]
    ) -> tuple[list[OfferRow], dict[str, str]]: ...


async def unfenced(_db: Connection) -> None:
    """Nobody else need be feared: whether the film itself is unchanged is asked anyway."""


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """What films are seen to with; `tmdb` and `film_page` raise GivenUp where they are not to be asked any more.

    `fence` is asked first in every write, and raises where the work has become somebody else's. `refresh_id` is
    whose the events are, and an offer that is back within `flap` was never away.
    """

    database: Database
    countries: Sequence[str]
    flap: timedelta
    due: Due
    tmdb: Tmdb
    film_page: FilmPages
    fence: Fence = unfenced
    refresh_id: int | None = None


class Overtaken(Exception):
    """The film was matched by somebody else since its turn began: what was read for it may be of another title."""


async def enrich(tools: Tools, work: FilmWork) -> None:
    """Do what is due for one film. Raises the SourceError or GivenUp that stopped it; nothing is half-written then."""
    try:
        await FilmTurn(tools, work).take()
    except Overtaken:
        await _anew(tools, work.film_id)


async def see_to(services: Services, film_id: int, film_pages: FilmPageSource) -> None:
    """Match this film where that is open, and read its details and offers, whatever is known; not part of any run.

    Raises the SourceError or GivenUp that stopped it. A film that is gone is done, and so is one of which a person said
    that TMDB has none, or whose title they chose and TMDB has no more.
    """
    tools = Tools(
        database=services.database,
        countries=services.settings.country,
        flap=timedelta(hours=services.settings.flap_hours),
        due=all_due(datetime.now(UTC)),
        tmdb=services.tmdb,
        film_page=film_pages.page,
    )
    async with services.database.read() as db:
        works = await matches.work(db, [film_id], tools.countries)
    for work in works:
        if tools.due.is_anything_due(work):
            await enrich(tools, work)


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
            await self._match(NONE_EXCLUDED)
            return
        try:
            if tools.due.are_details_due(work):
                await self._store_known(await tools.tmdb.details(*work.title_key, tools.countries))
            else:
                await self._store_offers(*await tools.tmdb.offers(*work.title_key, tools.countries))
        except Missing:
            if work.locked:
                await self._tell_that_it_is_gone(work.title_key)
            else:
                await self._match(frozenset({work.title_key}))

    async def _store_known(self, found: Details) -> None:
        """Take over what TMDB says of the film's title; one that nobody looked at yet may be another film's."""
        work = self._work
        unseen = work.method == "rss" and work.details_checked_at is None and not work.locked
        if unseen and contradicts(found, titles=[work.title], year=work.year):
            await self._match(frozenset({(found.media_type, found.tmdb_id)}))
            return
        await self.store(found, None)

    async def _match(self, dropped: frozenset[TitleKey]) -> None:
        """Find the film's title, and read it; titles in `dropped` are known to be gone.

        What its page left open once is not settled by a search.
        """
        tmdb, countries = self._tools.tmdb, self._tools.countries
        match = await by_search(
            identity(self._work),
            tmdb,
            exclude=dropped,
            is_taken=self._is_taken,
            believing=self._work.state not in QUESTIONS,
        )
        if match.state == "pending":
            match = await self._by_page(match, dropped)
        if match.state != "found" or match.media_type is None or match.tmdb_id is None:
            await self.store_unmatched(match)
            return
        try:
            found = match.details or await tmdb.details(match.media_type, match.tmdb_id, countries)
        except Missing:
            if dropped:
                raise
            await self._match(frozenset({(match.media_type, match.tmdb_id)}))
            return
        await self.store(found, match)

    async def _by_page(self, searched: Match, dropped: frozenset[TitleKey]) -> Match:
        """What the film's page proves; where that cannot be learnt, the search's candidates are kept for a person.

        What the page only made probable is not proved any better by reading it again soon.
        """
        tools, film = self._tools, identity(self._work)
        try:
            match = await by_page(
                film, tools.tmdb, tools.film_page, tools.countries, searched=searched, exclude=dropped
            )
            return replace(match, proof_tried_at=datetime.now(UTC)) if match.confidence == "probable" else match
        except KeyRefused:
            raise
        except (SourceError, GivenUp) as error:
            async with self._writing() as db:
                reason, now = sentence(error), datetime.now(UTC)
                await matches.record_error(db, self._work.film_id, reason, now, searched.candidates)
            raise

    async def _is_taken(self, key: TitleKey) -> bool:
        async with self._tools.database.read() as db:
            return await matches.is_taken(db, key, self._work.film_id)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Connection]:
        """A write by whoever may, to a film that still is as the turn began with it, or none."""
        async with self._tools.database.write() as db:
            await self._tools.fence(db)
            if not await matches.is_unchanged(db, self._work):
                raise Overtaken
            yield db

    async def store(self, found: Details, match: Match | None) -> None:
        """Take down a title with its offers, and how it was matched where that is new; raises Overtaken.

        What its name alone speaks for is overtaken by another film that was found to be the same title meanwhile.
        """
        now, work = datetime.now(UTC), self._work
        async with self._writing() as db:
            if match is not None:
                await self._record(db, found, match, now)
            else:
                await matches.learn_imdb_id(db, work.film_id, found.imdb_id)
                if work.locked:
                    await matches.tell(db, work.film_id, None)
            await details.store(db, work.film_id, found, now)
            await self._record_offers(db, found.offers, found.links, now)

    async def _record(self, db: Connection, found: Details, match: Match, now: datetime) -> None:
        film_id, key = self._work.film_id, (found.media_type, found.tmdb_id)
        if match.by_name_alone and await matches.is_taken(db, key, film_id):
            raise Overtaken
        news = news_of(match)
        news.imdb_id = news.imdb_id or found.imdb_id
        await matches.record(db, film_id, news, now)

    async def confirm(self, match: Match) -> None:
        """Take down a better proof of the title that the film has; raises Overtaken."""
        async with self._writing() as db:
            await matches.record(db, self._work.film_id, news_of(match), datetime.now(UTC))

    async def store_unmatched(self, match: Match) -> None:
        """Take down that the film has no title, or none any more; raises Overtaken."""
        async with self._writing() as db:
            await matches.record(db, self._work.film_id, news_of(match), datetime.now(UTC))

    async def _store_offers(self, offers: list[OfferRow], links: dict[str, str]) -> None:
        async with self._writing() as db:
            await self._record_offers(db, offers, links, datetime.now(UTC))

    async def _record_offers(
        self, db: Connection, offers: Sequence[OfferRow], links: Mapping[str, str], now: datetime
    ) -> None:
        tools = self._tools
        await availability.record(
            db,
            self._work.film_id,
            offers,
            countries=tools.countries,
            links=links,
            refresh_id=tools.refresh_id,
            now=now,
            flap=tools.flap,
        )

    async def _tell_that_it_is_gone(self, key: TitleKey) -> None:
        """A person's choice stays, but they are told where they chose it: no run fails because of it."""
        noun = "movie" if key[0] == "movie" else "show"
        async with self._writing() as db:
            await matches.tell(db, self._work.film_id, f"TMDB has no {noun} {key[1]}.")


def identity(work: FilmWork) -> FilmIdentity:
    return FilmIdentity(
        slug=work.slug, title=work.title, year=work.year, lid=work.lid, letterboxd_id=work.letterboxd_id
    )


def news_of(match: Match) -> MatchNews:
    return MatchNews(
        state=match.state,
        media_type=match.media_type,
        tmdb_id=match.tmdb_id,
        imdb_id=match.imdb_id,
        method=match.method,
        confidence=match.confidence,
        candidates=match.candidates,
        evidence=match.evidence,
        message=match.message,
        because=match.because,
        proof_tried_at=match.proof_tried_at,
    )
