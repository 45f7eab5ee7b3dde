"""Refreshing members: reading and enriching overlap, and what could not be read changes nothing.

Watchlists come first, since somebody waits for them. What members watched and liked is read after that, and its films
are seen to when all others are done.
"""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from api.db.runs import RunMember
from api.errors import KeyRefused, MarqueeError
from worker.progress import AWAY, Run
from worker.services import Services
from worker.sync import diary, profile, proof
from worker.sync.enrichment import Enrichment, enriching
from worker.sync.kinds import FILMS, LIKES, WATCHLIST, ListKind
from worker.sync.lists import MemberList

GRAVEST_FIRST = (KeyRefused, MarqueeError, (*AWAY, SQLAlchemyError))


async def refresh(services: Services, run: Run) -> None:
    """Read what the run is to read of its members, and enrich the films that are known to be on their lists.

    Raises KeyRefused as soon as TMDB does not accept the key, Unavailable or the database's own error where it is
    away, and LeaseLost; one error, whatever else went wrong beside it.
    """
    try:
        async with enriching(services, run) as enrichment:
            outlook = Outlook(run, enrichment)
            await _read_wanted(services, run, enrichment, outlook)
            enrichment.film_pages.open()
            await _read_others(services, run, outlook)
            run.enter("enriching")
            await enrichment.see_to_later()
    except ExceptionGroup as group:
        raise _gravest(group) from group
    await proof.try_film_pages(services, enrichment.film_pages.source)


async def _read_wanted(services: Services, run: Run, enrichment: Enrichment, outlook: "Outlook") -> None:
    """Read every member's watchlist and feed; of every list of unknown length one page first, so that progress knows
    how much there is.
    """
    for kind in (WATCHLIST, FILMS, LIKES):
        if run.order.reads(kind.source):
            for member in run.order.members:
                await outlook.add(services, member, kind)
    outlook.update()
    for one in outlook.lists:
        if not one.is_known and one.kind.counted:
            await one.begin()
    for one in outlook.lists:
        if one.kind.wanted:
            await one.finish()
    if run.order.reads(diary.SOURCE):
        for member in run.order.members:
            await diary.read(services, run, member, enrichment.tools)


async def _read_others(services: Services, run: Run, outlook: "Outlook") -> None:
    """Read profiles, and what members watched and liked; nothing of one whom Letterboxd does not know."""
    for member in run.order.members:
        if run.order.reads(profile.SOURCE) and not await profile.read(services, run, member):
            outlook.leave(member)
    for one in outlook.lists:
        if not one.kind.wanted:
            await one.finish()


class Outlook:
    """The lists of a run, and how much there is to do as they say it page by page."""

    def __init__(self, run: Run, enrichment: Enrichment) -> None:
        self.lists: list[MemberList] = []
        self._run = run
        self._enrichment = enrichment

    async def add(self, services: Services, member: RunMember, kind: ListKind) -> None:
        """Take up one list of the run."""
        self.lists.append(await MemberList.of(services, self._run, member, kind, self._enrichment, self.update))

    def leave(self, member: RunMember) -> None:
        """Read nothing more of this member, but the watchlist, which was read."""
        for one in self.lists:
            if one.member == member:
                one.leave()

    def update(self) -> None:
        """Say how much there is, once every list is known to some degree."""
        if all(one.is_known for one in self.lists if one.kind.counted):
            self._run.estimate.list_pages_left = sum(one.pages_left for one in self.lists)
            self._enrichment.tally.expect(sum(one.counts for one in self.lists))


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
