"""Letterboxd's public pages, over HTTP: each answer is judged before it is parsed."""

import asyncio
import logging
from collections.abc import Callable
from typing import Self, TypeVar

import httpx
from msgspec.structs import replace

from api.errors import MarkupChanged, Renamed
from worker.counting import HostCounts
from worker.http import OutsideHost, Pace, RefusedAnswer, Rules, Sleep, bare
from worker.sources.letterboxd import urls
from worker.sources.letterboxd.answers import NAME, classify
from worker.sources.letterboxd.films import FilmsPage, films_page, likes_page
from worker.sources.letterboxd.listing import NEXT
from worker.sources.letterboxd.markup import redacted, slug_in
from worker.sources.letterboxd.pages import FilmPage, WatchlistPage, film_page, watchlist_page
from worker.sources.letterboxd.profile import Profile, profile_page
from worker.sources.letterboxd.rss import Feed, feed

logger = logging.getLogger(__name__)

Page = TypeVar("Page")
ListPage = TypeVar("ListPage", WatchlistPage, FilmsPage)

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
        rules: Rules | None = None,
        counts: HostCounts | None = None,
        sleep: Sleep = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> Self:
        host = OutsideHost(
            base_url,
            pace,
            name=NAME,
            classify=classify,
            rules=rules,
            counts=counts,
            sleep=sleep,
            transport=transport,
        )
        return cls(host)

    async def watchlist_page(self, username: str, path: str | None = None) -> WatchlistPage:
        """A page of the member's watchlist: the first, or the `next_path` of the one before.

        A path that is no page of this watchlist is not asked for, and a page whose next one is none, or not a later
        one, is not believed: MarkupChanged.
        """
        return await self._list_page(urls.watchlist(username), path, watchlist_page, username)

    async def films_page(self, username: str, path: str | None = None) -> FilmsPage:
        """A page of what the member watched, asked for and believed as one of the watchlist is."""
        return await self._list_page(urls.films(username), path, films_page, username)

    async def likes_page(self, username: str, path: str | None = None) -> FilmsPage:
        """A page of the films that the member liked, asked for and believed as one of the watchlist is."""
        return await self._list_page(urls.likes(username), path, likes_page, username)

    async def profile(self, username: str) -> Profile:
        """The member's profile; raises Renamed where Letterboxd leads to another one."""
        response = await self._host.get(urls.profile(username))
        final = urls.member_in(self._host.path_of(response))
        if final is None:
            raise RefusedAnswer(bare(response.url), because="redirects to another page", host=NAME)
        if final != username.lower():
            raise Renamed(bare(response.url), final)
        return await _parsed(response, profile_page, username)

    async def film_page(self, slug: str) -> FilmPage:
        """The page of a film; the answer's slug is another when the film was renamed, or is another film."""
        response = await self._host.get(urls.film(slug))
        final = slug_in(self._host.path_of(response))
        if final is None:
            raise RefusedAnswer(bare(response.url), because="redirects to another page", host=NAME)
        page = await _parsed(response, film_page, final)
        return replace(page, slug=page.slug or final)

    async def rss(self, username: str, etag: str | None = None, last_modified: str | None = None) -> Feed | None:
        """The member's feed; None where it still is the one that was answered with this etag or date."""
        known = {"if-none-match": etag, "if-modified-since": last_modified}
        conditions = {name: value for name, value in known.items() if value}
        response = await self._host.get(urls.rss(username), headers=conditions)
        if self._host.path_of(response).lower() != urls.rss(username):
            raise RefusedAnswer(bare(response.url), because="redirects to another page", host=NAME)
        if response.status_code == 304 and conditions:
            return None
        found = await _parsed(response, lambda _html: feed(response.content), username)
        return replace(found, etag=response.headers.get("etag"), last_modified=response.headers.get("last-modified"))

    async def _list_page(
        self, first: str, path: str | None, parse: Callable[[str, int], ListPage], username: str
    ) -> ListPage:
        """The page at `path` of the list that begins at `first`."""
        number = urls.page_number(first, path or first)
        if number is None:
            raise MarkupChanged(NEXT, url=first)
        response = await self._host.get(path or first)
        if urls.page_number(first, self._host.path_of(response)) != number:
            raise RefusedAnswer(bare(response.url), because="redirects to another page", host=NAME)
        page = await _parsed(response, lambda html: parse(html, number), username)
        if page.next_path and (urls.page_number(first, page.next_path) or 0) <= number:
            raise MarkupChanged(NEXT, url=bare(response.url))
        return page

    async def aclose(self) -> None:
        await self._host.aclose()


async def _parsed(response: httpx.Response, parse: Callable[[str], Page], name: str) -> Page:
    """What `parse` makes of the page; a page far larger than any real one must not hold up everything else.

    The sample of one that is not understood does not hold `name`, of whom or what the page is.
    """
    html = response.text
    try:
        return await asyncio.to_thread(parse, html) if len(html) > LARGE else parse(html)
    except MarkupChanged as changed:
        changed.url, changed.sample = bare(response.url), redacted(changed.sample, name)
        logger.warning("%s: nothing is as expected at %s", changed.url, changed.selector)
        raise
