"""Refreshing watchlists: reading and enriching overlap, and what could not be read changes nothing."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from api.errors import KeyRefused, MarqueeError
from worker.progress import AWAY, Run
from worker.services import Services
from worker.sync import diary, proof
from worker.sync.enrichment import Enrichment, enriching
from worker.sync.lists import MemberList

GRAVEST_FIRST = (KeyRefused, MarqueeError, (*AWAY, SQLAlchemyError))


async def refresh(services: Services, run: Run) -> None:
    """Read the run's watchlists and feeds, and enrich what the lists hold, and what is known to be on them.

    Raises KeyRefused as soon as TMDB does not accept the key, Unavailable or the database's own error where it is
    away, and LeaseLost; one error, whatever else went wrong beside it.
    """
    try:
        async with enriching(services, run) as enrichment:
            await _read(services, run, enrichment)
            for member in run.order.members:
                await diary.read(services, run, member, enrichment.tools)
            run.enter("enriching")
            enrichment.film_pages.open()
    except ExceptionGroup as group:
        raise _gravest(group) from group
    await proof.try_film_pages(services, enrichment.film_pages.source)


async def _read(services: Services, run: Run, enrichment: Enrichment) -> None:
    """Read every member's list; first one page of those of unknown length, so that progress knows how much there is."""
    outlook = Outlook(run, enrichment)
    outlook.lists = [
        await MemberList.of(services, run, member, enrichment, outlook.update) for member in run.order.members
    ]
    outlook.update()
    for one in outlook.lists:
        if one.size is None:
            await one.begin()
    for one in outlook.lists:
        await one.finish()


class Outlook:
    """How much there is to do, as the lists say it page by page."""

    def __init__(self, run: Run, enrichment: Enrichment) -> None:
        self.lists: list[MemberList] = []
        self._run = run
        self._enrichment = enrichment

    def update(self) -> None:
        """Say how much there is, once every list is known to some degree."""
        sizes = [one.size for one in self.lists]
        known = [size for size in sizes if size is not None]
        if len(known) == len(sizes):
            self._run.estimate.list_pages_left = sum(one.pages_left for one in self.lists)
            self._enrichment.tally.expect(sum(known))


def _gravest(group: ExceptionGroup[Exception]) -> Exception:
    """The one error that says best why the work ended."""
    errors = list(_leaves(group))
    for kind in GRAVEST_FIRST:
        for error in errors:
            if isinstance(error, kind):
                return error
    return errors[0]


def _leaves(group: ExceptionGroup[Exception]) -> Iterator[Exception]:
    for error in group.exceptions:
        if isinstance(error, ExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
