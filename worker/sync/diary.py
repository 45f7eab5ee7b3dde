"""Reading one member's RSS feed: what was watched, rated and liked last, and which TMDB titles these films are.

The feed is a source of its own, which a watchlist that cannot be read does not stop, nor the other way round. It is
asked for on condition that it changed; an unchanged one is as good as one that was read.
"""

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from api.db import diary, runs, sources, tiles
from api.db.connection import Connection
from api.db.corrections import TitleKey
from api.db.diary import DiaryEntry
from api.db.runs import LeaseLost, RunMember
from api.db.sources import SourceNews, Standing
from api.errors import KeyRefused, SourceError
from worker.progress import AWAY, Run
from worker.services import Services
from worker.sources.letterboxd.rss import Feed, FeedEntry
from worker.sources.letterboxd.tiles import Tile
from worker.sync import links
from worker.sync.films import Tools
from worker.sync.setbacks import left_alone, setback

logger = logging.getLogger(__name__)

SOURCE = "rss"


async def read(services: Services, run: Run, member: RunMember, tools: Tools) -> None:
    """Read the member's feed, unless it rests, which who asked is told; a setback is noted, and stops nothing else."""
    async with services.database.read() as db:
        standing = await sources.standing(db, member.id, SOURCE)
    if standing.is_left_alone(datetime.now(UTC), asked=run.order.asked, force=run.order.force):
        if run.order.asked:
            said = left_alone(standing, services.settings)
            await run.note_problem(standing.state, said, source=SOURCE, member_id=member.id)
        return
    try:
        await DiaryReading(services, run, member, tools, standing).read()
    except (KeyRefused, LeaseLost, *AWAY):
        raise
    except Exception as error:  # one odd feed never fails a run
        logger.exception("The feed of %s could not be used", member.username)
        said = f"Marquee made a mistake at {member.username}’s RSS feed ({type(error).__name__})."
        await run.note_problem("unexpected", said, source=SOURCE, member_id=member.id)


class DiaryReading:
    """One member's feed as this run reads it."""

    def __init__(self, services: Services, run: Run, member: RunMember, tools: Tools, standing: Standing) -> None:
        self._services = services
        self._run = run
        self._member = member
        self._tools = tools
        self._standing = standing

    async def read(self) -> None:
        """Take over what the feed says; only when all of it is used is it noted that it need not be sent again."""
        try:
            feed = await self._answer()
        except SourceError as error:
            await self._set_back(error)
            return
        if feed is None:
            await self._note_unchanged()
            return
        titles = await self._store(feed)
        if await links.prove(self._tools, titles) and not feed.skipped:
            async with self._writing() as db:
                names = {"etag": feed.etag, "last_modified": feed.last_modified}
                await sources.remember(db, self._member.id, SOURCE, **names)

    async def _answer(self) -> Feed | None:
        """The feed; None where it is what was read last time. A forced run reads it whatever it was."""
        known, username = self._standing, self._member.username
        if known.state != "ok" or self._run.order.force:
            return await self._services.letterboxd.rss(username)
        return await self._services.letterboxd.rss(username, known.etag, known.last_modified)

    async def _store(self, feed: Feed) -> dict[int, TitleKey]:
        """Write down the entries, and how the feed stands; the TMDB titles that it names, by film."""
        now, got = datetime.now(UTC), len(feed.entries)
        news = SourceNews(state="ok", tried_at=now, expected=got + feed.skipped, got=got)
        if feed.skipped:
            news.message = f"Marquee did not understand {feed.skipped} of {news.expected} entries, and left them out."
        async with self._writing() as db:
            film_ids = await _film_ids(db, feed.entries, now)
            rows = [_row(entry, film_ids[entry.slug]) for entry in feed.entries]
            await diary.store(db, self._member.id, rows, gone=await self._gone(db, feed), now=now)
            await sources.remember(db, self._member.id, SOURCE, etag=None, last_modified=None)
            await sources.record(db, self._member.id, SOURCE, news)
        return _titles(feed.entries, film_ids)

    async def _gone(self, db: Connection, feed: Feed) -> set[str]:
        """What the member took back: entries that a whole feed no longer has between those that it has."""
        if feed.skipped or not feed.entries or not feed.is_in_order:
            return set()
        oldest = feed.entries[-1].published_at
        return await diary.published_after(db, self._member.id, oldest) - {entry.guid for entry in feed.entries}

    async def _note_unchanged(self) -> None:
        expected = self._standing.expected
        news = SourceNews(state="ok", tried_at=datetime.now(UTC), expected=expected, got=expected)
        async with self._writing() as db:
            await sources.record(db, self._member.id, SOURCE, news)

    async def _set_back(self, error: SourceError) -> None:
        name, failures = self._member.username, self._standing.failures
        news = setback(error, source=f"{name}’s RSS feed", member=name, failures=failures, now=datetime.now(UTC))
        async with self._writing() as db:
            await sources.record(db, self._member.id, SOURCE, news)
        await self._run.note_problem(news.state, news.message or str(error), source=SOURCE, member_id=self._member.id)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Connection]:
        """A write by the run's own worker. Raises LeaseLost."""
        async with self._services.database.write() as db:
            await runs.demand_lease(db, self._run.order)
            yield db


async def _film_ids(db: Connection, entries: Sequence[FeedEntry], now: datetime) -> dict[str, int]:
    """The film of each slug; one that Marquee does not know is added by its slug, until a page tells its codes."""
    known = await diary.films_by_slug(db, list({entry.slug for entry in entries}))
    new = {
        entry.slug: Tile(lid=None, letterboxd_id=None, slug=entry.slug, title=entry.title, year=entry.year)
        for entry in entries
        if entry.slug not in known
    }
    added = await tiles.store(db, list(new.values()), now) if new else []
    return known | dict(zip(new, added, strict=True))


def _row(entry: FeedEntry, film_id: int) -> DiaryEntry:
    return DiaryEntry(
        guid=entry.guid,
        film_id=film_id,
        url=entry.url,
        watched_on=entry.watched_on,
        rating=entry.rating,
        liked=entry.liked,
        rewatch=entry.rewatch,
        published_at=entry.published_at,
    )


def _titles(entries: Sequence[FeedEntry], film_ids: Mapping[str, int]) -> dict[int, TitleKey]:
    """The TMDB title of each film; none where entries of one film disagree."""
    named: defaultdict[int, set[TitleKey]] = defaultdict(set)
    for entry in entries:
        if entry.tmdb is not None:
            named[film_ids[entry.slug]].add(entry.tmdb)
    return {film_id: titles.pop() for film_id, titles in named.items() if len(titles) == 1}
