"""TMDB over HTTP: few calls, each answer classified before it is read."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar, get_args

import httpx

from api.db.availability import OfferRow
from api.db.details import Details
from api.errors import Transient
from worker.counting import HostCounts
from worker.http import OutsideHost, Pace, Params, Sleep
from worker.sources.tmdb import reading
from worker.sources.tmdb.answers import NAME, classify, decoded
from worker.sources.tmdb.credentials import Credential, keep_keys_out_of_logs
from worker.sources.tmdb.shapes import Hit, MediaType, SearchResult

MIXED_PAGES = 2
YEAR_PAGES = 3
APPENDED = "watch/providers,credits,external_ids"
Body = TypeVar("Body")


class TmdbClient:
    """Reads TMDB under the operator's own key.

    Every call raises KeyRefused, RateLimited, Transient, or SourceError with TMDB's own words. Neither `language`
    nor `region` is sent: they change titles and release dates, and with them the matching.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        pace: Pace,
        *,
        counts: HostCounts | None = None,
        sleep: Sleep = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        keep_keys_out_of_logs()
        credential = Credential(key)
        self._host = OutsideHost(
            base_url,
            pace,
            name=NAME,
            headers=credential.headers,
            params=credential.params,
            classify=lambda response: classify(response, credential.redact),
            counts=counts,
            sleep=sleep,
            transport=transport,
        )

    async def search_all(self, title: str) -> SearchResult:
        """Films and shows of any year by title."""
        return await self._search("/3/search/multi", {"query": title}, None, most=MIXED_PAGES)

    async def search_movies(self, title: str, year: int) -> SearchResult:
        """Films by title with any release date in `year`; their primary release may be of another."""
        return await self._search("/3/search/movie", {"query": title, "year": int(year)}, "movie", most=YEAR_PAGES)

    async def search_shows(self, title: str, year: int) -> SearchResult:
        """Shows by title whose first episode is of `year`."""
        query: Params = {"query": title, "first_air_date_year": int(year)}
        return await self._search("/3/search/tv", query, "tv", most=YEAR_PAGES)

    async def find(self, imdb_id: str) -> list[Hit]:
        """The films and shows that TMDB links to an IMDb id; none where it is not one."""
        if not reading.IMDB_ID.fullmatch(imdb_id):
            return []
        return await self._read(f"/3/find/{imdb_id}", {"external_source": "imdb_id"}, reading.found)

    async def details(self, media_type: str, tmdb_id: int, countries: Sequence[str]) -> Details:
        """All that is kept of one title, in one request; raises Missing where TMDB has it no more."""
        path = _path(media_type, tmdb_id)
        query = {"append_to_response": APPENDED}
        details = await self._read(path, query, lambda content: reading.details(content, media_type, countries))
        if details.tmdb_id != tmdb_id:
            raise Transient(path, because="answered about another title", host=NAME)
        return details

    async def offers(
        self, media_type: str, tmdb_id: int, countries: Sequence[str]
    ) -> tuple[list[OfferRow], dict[str, str]]:
        """The offers of one title in these countries, and TMDB's own page of them by country."""
        path = f"{_path(media_type, tmdb_id)}/watch/providers"
        return await self._read(path, {}, lambda content: reading.offers(content, countries))

    async def aclose(self) -> None:
        await self._host.aclose()

    async def _search(self, path: str, query: Params, media_type: MediaType | None, *, most: int) -> SearchResult:
        """Every page where there are at most `most`; otherwise only the first, since the rest would not complete it.

        Adult titles are asked for too: a title is the only one of its name when none is held back.
        """
        query = {**query, "include_adult": "true"}
        pages: list[list[Hit]] = []
        total: int | None = 1
        while total is not None and len(pages) < total <= most:
            paged = {**query, "page": len(pages) + 1} if pages else query
            hits, total = await self._read(path, paged, lambda content: reading.search_page(content, media_type))
            pages.append(hits)
        return reading.merged(pages, complete=total is not None and total <= len(pages))

    async def _read(self, path: str, query: Params, decode: Callable[[bytes], Body]) -> Body:
        return decoded(await self._host.get(path, query), decode)


def _path(media_type: str, tmdb_id: int) -> str:
    """Of checked parts alone: TMDB resolves `..` in a path."""
    if media_type not in get_args(MediaType) or not isinstance(tmdb_id, int) or tmdb_id < 1:
        raise ValueError(f"{media_type!r} {tmdb_id!r} names no title on TMDB")
    return f"/3/{media_type}/{tmdb_id:d}"
