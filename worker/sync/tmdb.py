"""TMDB as one run reaches it."""

from collections.abc import Sequence

from api.db.availability import OfferRow
from api.db.details import Details
from worker.sources.tmdb.client import TmdbClient
from worker.sources.tmdb.shapes import Hit, SearchResult
from worker.sync.reach import Reach


class ReachedTmdb:
    """The client's calls, each through the run's reach of TMDB: they raise GivenUp beside what the client raises."""

    def __init__(self, client: TmdbClient, reach: Reach) -> None:
        self._client = client
        self._reach = reach

    async def search_all(self, title: str) -> SearchResult:
        return await self._reach.ask(lambda: self._client.search_all(title))

    async def search_movies(self, title: str, year: int) -> SearchResult:
        return await self._reach.ask(lambda: self._client.search_movies(title, year))

    async def search_shows(self, title: str, year: int) -> SearchResult:
        return await self._reach.ask(lambda: self._client.search_shows(title, year))

    async def find(self, imdb_id: str) -> list[Hit]:
        return await self._reach.ask(lambda: self._client.find(imdb_id))

    async def details(self, media_type: str, tmdb_id: int, countries: Sequence[str]) -> Details:
        return await self._reach.ask(lambda: self._client.details(media_type, tmdb_id, countries))

    async def offers(
        self, media_type: str, tmdb_id: int, countries: Sequence[str]
    ) -> tuple[list[OfferRow], dict[str, str]]:
        return await self._reach.ask(lambda: self._client.offers(media_type, tmdb_id, countries))
