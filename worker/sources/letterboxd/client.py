"""Letterboxd's public pages, over HTTP: each answer is judged before it is parsed."""

import asyncio
import logging
from collections.abc import Callable
from typing import Self, TypeVar

import httpx
from msgspec.structs import replace

from api.errors import MarkupChanged
from worker.http import OutsideHost, Pace, RefusedAnswer, Sleep, bare
from worker.sources.letterboxd import urls
from worker.sources.letterboxd.answers import NAME, classify
from worker.sources.letterboxd.markup import slug_in
from worker.sources.letterboxd.pages import NEXT, FilmPage, WatchlistPage, film_page, watchlist_page

logger = logging.getLogger(__name__)

Page = TypeVar("Page")

LARGE = 1_000_000


class LetterboxdClient:
    """Every method raises the SourceErrors of an answer that is no page, and MarkupChanged for one not understood."""

    def __init__(self, host: OutsideHost) -> None:
        self._host = host

    @classmethod
    def at(
        cls,
        base_url: str,
        pace: Pace,
        *,
        sleep: Sleep = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> Self:
        return cls(OutsideHost(base_url, pace, name=NAME, classify=classify, sleep=sleep, transport=transport))

    async def watchlist_page(self, username: str, path: str | None = None) -> WatchlistPage:
        """A page of the member's watchlist: the first, or the `next_path` of the one before.

        A path that is no page of this watchlist is not asked for, and a page whose next one is none, or not a later
        one, is not believed: MarkupChanged.
        """
        path = path or urls.watchlist(username)
        number = urls.watchlist_page_number(username, path)
        if number is None:
            raise MarkupChanged(NEXT, url=urls.watchlist(username))
        response = await self._host.get(path)
        if urls.watchlist_page_number(username, self._host.path_of(response)) != number:
            raise RefusedAnswer(bare(response.url), because="redirects to another page", host=NAME)
        page = await _parsed(response, lambda html: watchlist_page(html, number))
        if page.next_path and (urls.watchlist_page_number(username, page.next_path) or 0) <= number:
            raise MarkupChanged(NEXT, url=bare(response.url))
        return page

    async def film_page(self, slug: str) -> FilmPage:
        """The page of a film; the answer's slug is another when the film was renamed, or is another film."""
        response = await self._host.get(urls.film(slug))
        final = slug_in(self._host.path_of(response))
        if final is None:
            raise RefusedAnswer(bare(response.url), because="redirects to another page", host=NAME)
        page = await _parsed(response, film_page)
        return replace(page, slug=page.slug or final)

    async def aclose(self) -> None:
        await self._host.aclose()


async def _parsed(response: httpx.Response, parse: Callable[[str], Page]) -> Page:
    """What `parse` makes of the page; a page far larger than any real one must not hold up everything else."""
    html = response.text
    try:
        return await asyncio.to_thread(parse, html) if len(html) > LARGE else parse(html)
    except MarkupChanged as changed:
        changed.url = bare(response.url)
        logger.warning("%s: nothing matches %s in %s", changed.url, changed.selector, changed.sample or "it")
        raise
