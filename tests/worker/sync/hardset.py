"""Refreshes and proofs against the built-in upstream, in this process, and how the matches compare to the truth."""

from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
from sqlalchemy import select

from api.db.tables import film_matches, films
from api.settings import Settings
from tests.worker.sync.bench import Bench
from worker.demo.world import World
from worker.services import Services
from worker.sources.letterboxd.client import LetterboxdClient
from worker.sources.tmdb.client import TmdbClient
from worker.sync import watchlist

ADDRESS = "http://upstream.test"


class NoPace:
    """As fast as it goes."""

    async def slot(self, patience: float = 0.0) -> None:
        return None

    async def pause(self, seconds: float) -> None:
        return None


class Outcome(msgspec.Struct, frozen=True):
    """How one film ended: what it was matched to, and what it truly is."""

    slug: str
    kind: str
    state: str
    confidence: str | None
    matched: tuple[str, int] | None
    truth: tuple[str, int] | None
    message: str | None

    @property
    def is_wrong(self) -> bool:
        return self.matched is not None and self.matched != self.truth


class HardSet(Bench):
    """Refreshes of the built-in members, with real clients and a real database."""

    def __init__(self, bench: Bench, app: Any, world: World, member: str, budget: int) -> None:
        super().__init__(bench.database)
        self._world = world
        self._member = member
        self._transport = transport = httpx.ASGITransport(app=app)
        self._settings = Settings(letterboxd_username=(member,), tmdb_api_key="key", proof_budget=budget)
        self._letterboxd = LetterboxdClient.at(ADDRESS, NoPace(), transport=transport)
        self._tmdb = TmdbClient(f"{ADDRESS}/tmdb", "key", NoPace(), transport=transport)

    def services(self) -> Services:
        return Services(settings=self._settings, database=self.database, letterboxd=self._letterboxd, tmdb=self._tmdb)

    async def first_refresh(self) -> None:
        run = await self.start(self._member)
        await watchlist.refresh(self.services(), run)
        await self.end(run)

    async def film_pages(self) -> dict[str, int]:
        """How often each film page was asked for."""
        async with httpx.AsyncClient(transport=self._transport, base_url=ADDRESS) as client:
            answer = await client.get("/_demo/requests", params={"prefix": "/film/"})
        return dict(answer.json())

    async def aclose(self) -> None:
        await self._letterboxd.aclose()
        await self._tmdb.aclose()

    async def outcomes(self) -> list[Outcome]:
        match = film_matches.c
        query = select(films.c.slug, match.state, match.confidence, match.media_type, match.tmdb_id, match.message)
        async with self.database.read() as db:
            rows = (await db.execute(query.join(films))).all()
        return list(self._compared(rows))

    def _compared(self, rows: Any) -> Iterator[Outcome]:
        for slug, state, confidence, media_type, tmdb_id, message in rows:
            film = self._world.films[slug]
            matched = (media_type, tmdb_id) if tmdb_id else None
            yield Outcome(slug, film.case, state, confidence, matched, film.tmdb, message)
