"""One film: find its TMDB title where that is due, read what TMDB says, and take it down in one transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from api.db import availability, details, matches
from api.db.availability import OfferRow
from api.db.details import Details
from api.db.matches import FilmWork, MatchNews
from api.db.runs import RunOrder
from api.errors import Missing
from worker.services import Services
from worker.sources.letterboxd.pages import FilmPage
from worker.sync.due import Due
from worker.sync.matching import FilmIdentity, Match, find_match

GetFilmPage = Callable[[str], Awaitable[FilmPage]]
TitleKey = tuple[str, int]


async def enrich(services: Services, order: RunOrder, due: Due, work: FilmWork, film_page: GetFilmPage) -> None:
    """Do what is due for one film. Raises the SourceError that stopped it; nothing is half-written then."""
    film = FilmTurn(services, order, work, film_page)
    if due.is_match_due(work) or work.title_key is None:
        await film.match(frozenset())
        return
    try:
        if due.are_details_due(work):
            await film.store(await services.tmdb.details(*work.title_key, services.settings.country), None)
        else:
            await film.store_offers(*await services.tmdb.offers(*work.title_key, services.settings.country))
    except Missing:
        if work.locked:
            raise
        await film.match(frozenset({work.title_key}))


class FilmTurn:
    """One film's turn in a run."""

    def __init__(self, services: Services, order: RunOrder, work: FilmWork, film_page: GetFilmPage) -> None:
        self._services = services
        self._order = order
        self._work = work
        self._film_page = film_page

    async def match(self, dropped: frozenset[TitleKey]) -> None:
        """Find the film's title, and read it; titles in `dropped` are known to be gone."""
        tmdb, countries = self._services.tmdb, self._services.settings.country
        match = await find_match(self._identity(), tmdb, self._film_page, countries, exclude=dropped)
        if match.state != "found" or match.media_type is None or match.tmdb_id is None:
            await self._store_unmatched(match, bool(dropped))
            return
        try:
            found = match.details or await tmdb.details(match.media_type, match.tmdb_id, countries)
        except Missing:
            if dropped:
                raise
            await self.match(frozenset({(match.media_type, match.tmdb_id)}))
            return
        await self.store(found, match)

    async def store(self, found: Details, match: Match | None) -> None:
        """Take down a title with its offers, and how it was matched where that is new."""
        now, film_id = datetime.now(UTC), self._work.film_id
        async with self._services.database.write() as db:
            if match is not None:
                news = _news(match)
                news.imdb_id = news.imdb_id or found.imdb_id
                await matches.record(db, film_id, news, now)
                if self._work.title_key not in (None, (found.media_type, found.tmdb_id)):
                    await availability.withdraw(db, film_id, now)
            await details.store(db, film_id, self._work.title, found, now)
            await self._record_offers(db, found.offers, found.links, now)

    async def store_offers(self, offers: list[OfferRow], links: dict[str, str]) -> None:
        async with self._services.database.write() as db:
            await self._record_offers(db, offers, links, datetime.now(UTC))

    async def _record_offers(
        self, db: AsyncConnection, offers: Sequence[OfferRow], links: Mapping[str, str], now: datetime
    ) -> None:
        await availability.record(
            db,
            self._work.film_id,
            offers,
            countries=self._services.settings.country,
            links=links,
            refresh_id=self._order.id,
            now=now,
        )

    async def _store_unmatched(self, match: Match, was_dropped: bool) -> None:
        now, film_id = datetime.now(UTC), self._work.film_id
        async with self._services.database.write() as db:
            await matches.record(db, film_id, _news(match), now)
            if was_dropped:
                await availability.withdraw(db, film_id, now)
                await details.forget(db, film_id)

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
