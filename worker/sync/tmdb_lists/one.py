"""Bringing one list on TMDB in step: find or make it, see what is on it, plan, and write the fewest changes."""

from datetime import UTC, datetime, timedelta

from api.db import tmdb_lists, tmdb_targets
from api.db.tmdb_lists import Kept, Outcome
from api.db.tmdb_syncs import SyncEntry
from api.db.tmdb_targets import Target
from worker.services import Services
from worker.sources.tmdb.lists import ListClient, ListSummary
from worker.sync.tmdb_lists.hold import Hold
from worker.sync.tmdb_lists.ledger import Ledger
from worker.sync.tmdb_lists.place import Finder, Place
from worker.sync.tmdb_lists.plan import Key, Plan, plan
from worker.sync.tmdb_lists.shelf import Shelf
from worker.sync.tmdb_lists.writer import ListWriter

TRUST = timedelta(days=7)
"""For so long a list's content is taken from memory while TMDB says that it did not change, and a refusal stands."""
NOTHING = "There is nothing to list yet."
UNREAD = "Nothing was read of {} yet, so nothing was changed: the next refresh may bring it."
CANNOT_BE_READ = "{} Nothing was changed."
MADE_AGAIN = "The list was deleted on TMDB; Marquee made it again."
WOULD_BE_MADE_AGAIN = "The list was deleted on TMDB; it would be made again."
WOULD_BE_MADE = "The list is not on TMDB yet; it would be made."


class ListSync:
    """One list of a run."""

    def __init__(self, services: Services, client: ListClient, shelf: Shelf, hold: Hold, entry: SyncEntry) -> None:
        self._database = services.database
        self._countries = services.settings.country
        self._client = client
        self._shelf = shelf
        self._hold = hold
        self._entry = entry
        self._ledger = Ledger(entry.report)
        self._description = tmdb_lists.description_of(entry.order, entry.username)
        self._wanted: list[Key] = []

    async def carry_out(self) -> None:
        """Bring the list in step, or in a dry run say what that would take; raises what the client raises."""
        kept, target = await self._begin()
        if target is None:
            await self._end("succeeded", await self._why_unread())
            return
        finder = Finder(self._database, self._client, self._shelf, self._entry.order, self._description)
        place = await finder.locate(kept)
        if place.tmdb_id is None and not self._wanted:
            await self._end("succeeded", NOTHING)
        elif kept is None or self._hold.dry_run:
            await self._foretell(kept, place)
        else:
            await self._write(kept, place, finder)

    async def _begin(self) -> tuple[Kept | None, Target | None]:
        """The list as it was left; what it shall hold, None where nothing of that was read. A dry run keeps no list."""
        entry, now = self._entry, datetime.now(UTC)
        async with self._database.read() as db:
            target = await tmdb_targets.target(db, entry.username, entry.order, self._countries)
            is_read = await tmdb_targets.is_read(db, entry.member_id, entry.order.kind)
            kept = await tmdb_lists.find(db, entry.member_id, entry.order)
        if not self._hold.dry_run:
            async with self._database.write() as db:
                kept = await tmdb_lists.keep(db, entry.member_id, entry.order, now)
        if kept is not None:
            entry.list_id, entry.tmdb_id = kept.id, kept.tmdb_id
            self._ledger.refused = {each.title.key: each for each in kept.refused if now - each.at < TRUST}
        self._wanted = self._ledger.learn(target.titles)
        entry.report.not_matched = target.not_matched
        entry.state, entry.total = "running", len(self._wanted)
        await self._save()
        return kept, target if is_read or self._wanted or target.not_matched else None

    async def _why_unread(self) -> str:
        async with self._database.read() as db:
            told = await tmdb_targets.why_unread(db, self._entry.member_id, self._entry.order.kind)
        return CANNOT_BE_READ.format(told) if told else UNREAD.format(self._entry.username)

    async def _foretell(self, kept: Kept | None, place: Place) -> None:
        """Say what would be changed."""
        current: list[Key] = []
        if place.tmdb_id is not None:
            current, _ = await self._current(kept, place, self._writer(place.tmdb_id))
        self._ledger.foretell(self._plan(current))
        message = WOULD_BE_MADE if place.tmdb_id is None else None
        await self._end("succeeded", WOULD_BE_MADE_AGAIN if place.deleted else message)

    async def _write(self, kept: Kept, place: Place, finder: Finder) -> None:
        """Make the list as it shall be, and remember how it was left."""
        is_new = place.tmdb_id is None
        tmdb_id = place.tmdb_id or await finder.make()
        is_due = kept.details_due or tmdb_id != kept.tmdb_id
        if tmdb_id != kept.tmdb_id:
            await self._settle_on(kept, tmdb_id)
        if is_due and not is_new:
            await self._describe(kept, tmdb_id)
        writer = self._writer(tmdb_id)
        current, read_at = ([], datetime.now(UTC)) if is_new else await self._current(kept, place, writer)
        left = await self._change(kept, writer, current)
        summary = place.summary
        if self._ledger.has_changes or is_due:
            self._shelf.forget()
            summary = await self._shelf.find(tmdb_id)
        if is_due:
            summary = await self._see_to_details(kept, summary)
        await self._remember(kept, summary, left, writer.read_at or read_at, MADE_AGAIN if place.deleted else None)

    async def _settle_on(self, kept: Kept, tmdb_id: int) -> None:
        """Keep a list's number before anything else is done with it."""
        self._entry.tmdb_id = tmdb_id
        async with self._database.write() as db:
            await tmdb_lists.place(db, kept.id, tmdb_id)
        await self._save()

    async def _describe(self, kept: Kept, tmdb_id: int) -> None:
        await self._client.describe(tmdb_id, self._description, public=self._entry.order.public)
        async with self._database.write() as db:
            await tmdb_lists.described(db, kept.id)

    async def _see_to_details(self, kept: Kept, summary: ListSummary | None) -> ListSummary | None:
        """Set right what TMDB made of the description and of who may see the list, which it takes as it likes."""
        if summary is None:
            return None
        if (summary.public, summary.description) == (self._entry.order.public, self._description):
            async with self._database.write() as db:
                await tmdb_lists.described(db, kept.id)
            return summary
        await self._describe(kept, summary.id)
        self._shelf.forget()
        return await self._shelf.find(summary.id)

    async def _current(self, kept: Kept | None, place: Place, writer: ListWriter) -> tuple[list[Key], datetime]:
        """What is on the list and when it was read: from memory while TMDB says that nothing changed, else now."""
        if kept is not None and kept.content is not None and kept.read_at is not None and self._holds(kept, place):
            return self._ledger.learn(kept.content), kept.read_at
        return await writer.read(), datetime.now(UTC)

    def _holds(self, kept: Kept, place: Place) -> bool:
        """Whether the list is as the last sync left it."""
        seen = place.summary
        if seen is None or seen.updated_at is None or kept.content is None or kept.read_at is None:
            return False
        is_same = (seen.id, seen.updated_at, seen.items) == (kept.tmdb_id, kept.seen_updated_at, len(kept.content))
        return is_same and datetime.now(UTC) - kept.read_at < TRUST

    def _plan(self, current: list[Key]) -> Plan:
        wanted = [key for key in self._wanted if key not in self._ledger.refused]
        return plan(current, wanted, "add" if self._entry.order.mode == "add" else "mirror")

    async def _change(self, kept: Kept, writer: ListWriter, current: list[Key]) -> list[Key]:
        """What is on the list once it was changed; before the first change, what is remembered of it is forgotten."""
        planned = self._plan(current)
        self._ledger.keep(planned.kept)
        self._entry.done = len({*self._wanted}.intersection(planned.kept)) + len(self._ledger.refused)
        if planned.is_empty:
            return current
        async with self._database.write() as db:
            await tmdb_lists.distrust(db, kept.id)
        return await writer.change(current, self._plan)

    async def _remember(
        self, kept: Kept, summary: ListSummary | None, left: list[Key], read_at: datetime, message: str | None
    ) -> None:
        """Keep how the list was left, so that the next sync need not read it while nobody changes it."""
        is_seen = summary is not None and summary.items == len(left)
        outcome = Outcome(
            state="partial" if self._ledger.refused else "succeeded",
            message=message,
            not_matched=self._entry.report.not_matched,
            content=self._ledger.titles(left),
            refused=[*self._ledger.refused.values()],
            seen_updated_at=summary.updated_at if summary and is_seen else None,
            read_at=read_at,
        )
        async with self._database.write() as db:
            await tmdb_lists.settle(db, kept.id, outcome, datetime.now(UTC))
        await self._end(outcome.state, message)

    async def _end(self, state: str, message: str | None) -> None:
        self._entry.state, self._entry.message = state, message
        self._entry.done = self._entry.total
        await self._save()
        if not self._hold.dry_run and self._entry.list_id is not None:
            async with self._database.write() as db:
                await tmdb_lists.note(db, self._entry.list_id, state, message)

    def _writer(self, tmdb_id: int) -> ListWriter:
        return ListWriter(self._client, tmdb_id, self._ledger, self._advanced)

    async def _advanced(self, titles: int) -> None:
        self._entry.done = min(self._entry.done + titles, self._entry.total)
        await self._save()

    async def _save(self) -> None:
        self._ledger.write(self._hold.requests)
        await self._hold.save(self._entry)
