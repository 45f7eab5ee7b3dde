"""A run on a real database, with a Letterboxd and a TMDB that answer what a test puts into them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import select

from api.db import refreshes, runs
from api.db.availability import OfferRow
from api.db.details import Details
from api.db.engine import Database
from api.db.runs import RunOrder
from api.db.tables import events, film_matches, films, refresh_items, source_states
from api.errors import Missing
from api.settings import Settings
from worker.counting import count_request
from worker.estimate import Estimate
from worker.progress import Run
from worker.services import Services
from worker.sources.letterboxd.film import FilmPage
from worker.sources.letterboxd.films import PAGE_SIZE, FilmsPage, JudgedTile
from worker.sources.letterboxd.pages import WATCHLIST_PAGE_SIZE, WatchlistPage
from worker.sources.letterboxd.profile import Profile
from worker.sources.letterboxd.rss import Feed
from worker.sources.letterboxd.tiles import Tile
from worker.sources.tmdb.shapes import Hit, SearchResult
from worker.sync import watchlist

MUBI = OfferRow(country="GB", provider_id=11, provider="MUBI", logo_path=None, offer="flatrate", priority=1)


def tile(number: int, **facts: Any) -> Tile:
    """A film named by its number, in two words: searching takes one request."""
    known = {"lid": f"l{number}", "letterboxd_id": number, "slug": f"film-{number}", "title": f"Blue {number}"}
    return Tile(**{**known, "year": 2000, **facts})


def tiles(*numbers: int) -> list[Tile]:
    return [tile(number) for number in numbers]


def judged(number: int, rating: float | None = None, *, liked: bool = False) -> JudgedTile:
    """The film of this number as films and likes pages show it."""
    return JudgedTile(**asdict(tile(number)), rating=rating, liked=liked)


def plain_profile(username: str, **facts: Any) -> Profile:
    known = {"display_name": username.title(), "bio": None, "avatar_url": None, "films_watched": None, "lists": None}
    return Profile(**{**known, "following": None, "followers": None, "favorites": [], **facts})


class Letterboxd:
    """`lists` holds each member's tiles, `feeds` what else than an empty feed there is, `pages` the film pages.

    `watched` and `liked` are the films of their pages, `announced` how many these say that there are where that is
    another number, `profiles` what else there is than a plain one; `opinions_asked` is what of these was asked for,
    `page_size` to a page.
    `faults` is what happens at a path, a slug, "alice rss", "alice profile", "alice films 1" or "alice likes 1"
    instead.
    """

    def __init__(self) -> None:
        self.lists: dict[str, list[Tile]] = {}
        self.faults: dict[str, Exception] = {}
        self.pages: dict[str, FilmPage] = {}
        self.feeds: dict[str, Feed] = {}
        self.feeds_asked: list[tuple[str, str | None, str | None]] = []
        self.asked: list[str] = []
        self.on_page: Callable[[str], Awaitable[None]] | None = None
        self.watched: dict[str, list[JudgedTile]] = {}
        self.liked: dict[str, list[JudgedTile]] = {}
        self.announced: dict[str, int] = {}
        self.profiles: dict[str, Profile] = {}
        self.opinions_asked: list[str] = []
        self.page_size = PAGE_SIZE

    async def profile(self, username: str) -> Profile:
        await self._ask_opinion(f"{username} profile")
        return self.profiles.get(username) or plain_profile(username)

    async def films_page(self, username: str, path: str | None = None) -> FilmsPage:
        return await self._judged_page(f"{username} films", self.watched.get(username, []), path)

    async def likes_page(self, username: str, path: str | None = None) -> FilmsPage:
        return await self._judged_page(f"{username} likes", self.liked.get(username, []), path)

    async def _judged_page(self, what: str, films: list[JudgedTile], path: str | None) -> FilmsPage:
        number = int(path or "1")
        shown = films[(number - 1) * self.page_size :][: self.page_size]
        more = number * self.page_size < len(films)
        page = FilmsPage(shown, self.announced.get(what, len(films)), str(number + 1) if more else None)
        await self._ask_opinion(f"{what} {number}")
        return page

    async def _ask_opinion(self, what: str) -> None:
        self.opinions_asked.append(what)
        if self.on_page:
            await self.on_page(what)
        if what in self.faults:
            raise self.faults[what]

    async def watchlist_page(self, username: str, path: str | None = None) -> WatchlistPage:
        number = int(path or "1")
        await self._ask(f"{username} {number}")
        films, start = self.lists[username], (number - 1) * WATCHLIST_PAGE_SIZE
        shown = films[start : start + WATCHLIST_PAGE_SIZE]
        more = start + WATCHLIST_PAGE_SIZE < len(films)
        return WatchlistPage(shown, len(films), str(number + 1) if more else None)

    async def film_page(self, slug: str) -> FilmPage:
        await self._ask(slug)
        return self.pages[slug]

    async def rss(self, username: str, etag: str | None = None, last_modified: str | None = None) -> Feed | None:
        self.feeds_asked.append((username, etag, last_modified))
        if self.on_page:
            await self.on_page(f"{username} rss")
        if fault := self.faults.get(f"{username} rss"):
            raise fault
        feed = self.feeds.get(username, Feed(entries=[]))
        return None if etag and etag == feed.etag else feed

    async def _ask(self, what: str) -> None:
        await asyncio.sleep(0)
        count_request()
        self.asked.append(what)
        if self.on_page:
            await self.on_page(what)
        if what in self.faults:
            raise self.faults[what]


class Tmdb:
    """Every film is the one movie of its name, with the number of its slug and one offer.

    `fault` is raised by every request; `twins` are names borne by two titles, `gone` numbers that TMDB has not.
    """

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.twins: set[str] = set()
        self.gone: set[int] = set()
        self.offered: list[OfferRow] = [MUBI]
        self.asked: list[str] = []
        self.on_request: Callable[[str], Awaitable[None]] | None = None

    async def search_all(self, title: str) -> SearchResult:
        await self._ask(f"search {title}")
        number = int(title.split()[-1])
        found = [number, 1000 + number] if title in self.twins else [number]
        hits = [
            Hit(media_type="movie", tmdb_id=number, title=title, original_title=title, year=2000) for number in found
        ]
        return SearchResult(hits, True)

    async def search_movies(self, title: str, year: int) -> SearchResult:
        return await self.search_all(title)

    async def search_shows(self, title: str, year: int) -> SearchResult:
        return SearchResult([], True)

    async def find(self, imdb_id: str) -> list[Hit]:
        return []

    async def details(self, media_type: str, tmdb_id: int, countries: Sequence[str]) -> Details:
        await self._ask(f"details {tmdb_id}")
        return Details(
            media_type=media_type,
            tmdb_id=tmdb_id,
            imdb_id=None,
            title=f"Blue {tmdb_id}",
            original_title=f"Bleu {tmdb_id}",
            release_date=None,
            year=2000,
            runtime_minutes=90,
            overview=None,
            poster_path=None,
            original_language=None,
            rating=None,
            votes=0,
            popularity=0.0,
            genres=[],
            countries=[],
            people=[],
            offers=list(self.offered),
            links={},
        )

    async def offers(
        self, media_type: str, tmdb_id: int, countries: Sequence[str]
    ) -> tuple[list[OfferRow], dict[str, str]]:
        await self._ask(f"offers {tmdb_id}")
        return list(self.offered), {}

    async def _ask(self, what: str) -> None:
        await asyncio.sleep(0)
        self.asked.append(what)
        if self.on_request:
            await self.on_request(what)
        if self.fault:
            raise self.fault
        if any(what.endswith(f" {number}") for number in self.gone) and not what.startswith("search"):
            raise Missing(f"/3/movie/{what}")


class Watched(Run):
    """A run that remembers every (done, total) that it showed."""

    def __init__(self, database: Database, order: RunOrder) -> None:
        super().__init__(database, order, Estimate(seconds_per_page=2.0, requests_per_second=20.0))
        self.shown: list[tuple[int, int]] = []

    def expect(self, films: int) -> None:
        super().expect(films)
        self.shown.append((self.progress.done, self.progress.total))


class Bench:
    """One database, and as many runs on it as a test asks for."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.letterboxd = Letterboxd()
        self.tmdb = Tmdb()

    async def start(
        self, *members: str, trigger: Any = "manual", force: bool = False, sources: list[str] | None = None
    ) -> Watched:
        """A run that is this test's to do."""
        now = datetime.now(UTC)
        async with self.database.write() as db:
            run = await refreshes.start(db, members, trigger=trigger, force=force, sources=sources)
            order = await runs.claim(db, run.id, "tester", now)
        assert order is not None
        return Watched(self.database, order)

    async def refresh(self, *members: str, **how: Any) -> Watched:
        """A run from its start to the end of its work."""
        run = await self.start(*members, **how)
        await watchlist.refresh(self.services(), run)
        await self.end(run)
        return run

    async def end(self, run: Run) -> None:
        async with self.database.write() as db:
            await refreshes.close(db, run.order.id, status="succeeded", now=datetime.now(UTC))

    def services(self) -> Services:
        settings = Settings(letterboxd_username=("alice",), tmdb_api_key="key")
        outside: dict[str, Any] = {"letterboxd": self.letterboxd, "tmdb": self.tmdb}
        return Services(settings=settings, database=self.database, **outside)

    async def match(self, slug: str = "film-1") -> Any:
        """The row of this film's match."""
        async with self.database.read() as db:
            return (await db.execute(select(film_matches).join(films).where(films.c.slug == slug))).one()

    async def source(self, source: str = "watchlist") -> Any:
        """The row of this source of the only member."""
        async with self.database.read() as db:
            return (await db.execute(select(source_states).where(source_states.c.source == source))).one()

    async def failed_sources(self) -> list[str | None]:
        """The source of everything that failed, in order; None where it was not one that could not be read."""
        async with self.database.read() as db:
            return list((await db.execute(select(refresh_items.c.source).order_by(refresh_items.c.id))).scalars())

    async def failures(self) -> list[tuple[str | None, str, str]]:
        """The (slug, code, message) of everything that failed, in order."""
        query = select(films.c.slug, refresh_items.c.code, refresh_items.c.message).select_from(refresh_items)
        async with self.database.read() as db:
            return [tuple(row) for row in await db.execute(query.outerjoin(films).order_by(refresh_items.c.id))]

    async def event_kinds(self) -> list[str]:
        async with self.database.read() as db:
            return list((await db.execute(select(events.c.kind).order_by(events.c.id))).scalars())
