"""Refreshing watchlists: reading and enriching overlap, and what could not be read changes nothing."""

from datetime import UTC, datetime

from api.db import sources, watchlists
from api.db.runs import RunMember
from api.errors import KeyRefused, SourceError
from worker.progress import Run
from worker.services import Services
from worker.sync.enrichment import Enrichment, enriching
from worker.sync.reading import SOURCE, Reading
from worker.sync.setbacks import setback

PAGE_SIZE = 28


async def refresh(services: Services, run: Run) -> None:
    """Read the run's watchlists and enrich what they hold, and what is known to be on them.

    Raises KeyRefused as soon as TMDB does not accept the key.
    """
    try:
        async with enriching(services, run) as enrichment:
            outlook = Outlook(run, enrichment)
            for member in run.order.members:
                await _read(services, run, member, enrichment, outlook)
            run.enter("enriching")
            run.estimate.pages_left = enrichment.film_pages_left
            enrichment.reading_ended()
    except* KeyRefused as refused:
        raise refused.exceptions[0] from None


class Outlook:
    """Sees to the films of each page, and to how much is still to be read, as the pages announce it."""

    def __init__(self, run: Run, enrichment: Enrichment) -> None:
        self._run = run
        self._enrichment = enrichment

    async def update(self, reading: Reading) -> None:
        await self._enrichment.add(reading.cursor.films)
        unread = max(0, (reading.cursor.announced or 0) - reading.cursor.got)
        self._run.estimate.pages_left = -(-unread // PAGE_SIZE) + self._enrichment.film_pages_left
        self._run.expect(self._enrichment.films + (unread if reading.cursor.read_pass == 1 else 0))


async def _read(services: Services, run: Run, member: RunMember, enrichment: Enrichment, outlook: Outlook) -> None:
    """Read one member's watchlist, and see to the films that were on it before."""

    reading = Reading(services, run, member, outlook.update)
    async with services.database.read() as db:
        standing = await sources.standing(db, member.id, SOURCE)
    if run.order.trigger != "manual" and standing.is_resting(datetime.now(UTC)):
        await run.source_failed(member.id, standing.state, standing.message or "")
    else:
        try:
            await reading.read()
        except SourceError as error:
            await _record_setback(services, run, member, reading, error, standing.failures)
    async with services.database.read() as db:
        listed = await watchlists.film_ids(db, member.id)
    await enrichment.add(listed)
    run.expect(enrichment.films)


async def _record_setback(
    services: Services, run: Run, member: RunMember, reading: Reading, error: SourceError, failures: int
) -> None:
    now = datetime.now(UTC)
    news = setback(error, page=reading.cursor.pages + 1, failures=failures, now=now)
    if reading.cursor.announced is not None:
        news.expected, news.got = reading.cursor.announced, reading.cursor.got
    async with services.database.write() as db:
        await sources.record(db, member.id, SOURCE, news)
    await run.source_failed(member.id, news.state, news.message or str(error))
