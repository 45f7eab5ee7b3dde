"""Bringing one list on TMDB in step: find or make it, see what is on it, plan, and write the fewest changes.

Where it is not known whether a change was made, the list is read and planned again; a broken-off run goes on in
the same way.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from api.db import tmdb_lists, tmdb_targets
from api.db.chunks import in_chunks
from api.db.tmdb_lists import Kept, Outcome, Refusal, Title
from api.db.tmdb_syncs import SyncEntry
from api.db.tmdb_targets import Target
from api.errors import ListRefused, Missing, Transient
from worker.services import Services
from worker.sources.tmdb.lists import BATCH, ListClient, ListSummary
from worker.sync.list_hold import Hold
from worker.sync.list_plan import Key, Mode, Plan, plan
from worker.sync.shelf import Shelf

TRUST = timedelta(days=7)
"""For so long the content of a list is taken from memory while TMDB says that it did not change."""
ROUNDS = 4
NOTHING = "There is nothing to list yet."
UNREAD = "Nothing was read of {} yet, so nothing was changed: the next refresh may bring it."
MADE_AGAIN = "The list was deleted on TMDB; Marquee made it again."
WOULD_BE_MADE_AGAIN = "The list was deleted on TMDB; it would be made again."
WOULD_BE_MADE = "The list is not on TMDB yet; it would be made."


class Place(msgspec.Struct):
    """Where a list is on TMDB, if it is: `summary` as its account's page has it."""

    tmdb_id: int | None = None
    summary: ListSummary | None = None
    deleted: bool = False


class ListSync:
    """One list of a run."""

    def __init__(self, services: Services, client: ListClient, shelf: Shelf, hold: Hold, entry: SyncEntry) -> None:
        self._services = services
        self._client = client
        self._shelf = shelf
        self._hold = hold
        self._entry = entry
        self._titles: dict[Key, Title] = {}
        self._refused: dict[Key, Refusal] = {}
        self._before = (
            {each.key: each for each in entry.report.additions},
            {each.key: each for each in entry.report.removals},
        )
        self._added: set[Key] = set()
        self._removed: set[Key] = set()

    async def carry_out(self) -> None:
        """Bring the list in step, or in a dry run say what that would take; raises what the client raises."""
        kept, target, is_read = await self._begin()
        if not target.titles and not target.not_matched and not is_read:
            await self._end("succeeded", UNREAD.format(self._entry.username))
            return
        place = await self._locate(kept)
        if place.tmdb_id is None and not target.titles:
            await self._end("succeeded", NOTHING)
        elif self._hold.dry_run:
            await self._foretell(kept, place, target)
        else:
            await self._write(await self._demand(kept), place, target)

    async def _begin(self) -> tuple[Kept | None, Target, bool]:
        """The list as it was left, what it shall hold, and whether anything was read of that; nothing of a dry run is
        kept."""
        entry, now = self._entry, datetime.now(UTC)
        async with self._services.database.read() as db:
            target = await tmdb_targets.target(db, entry.username, entry.order, self._services.settings.country)
            is_read = await tmdb_targets.is_read(db, entry.member_id, entry.order.kind)
            kept = await tmdb_lists.find(db, entry.member_id, entry.order)
        if not self._hold.dry_run:
            async with self._services.database.write() as db:
                kept = await tmdb_lists.keep(db, entry.member_id, entry.order, now)
        self._titles |= {title.key: title for title in target.titles}
        entry.report.not_matched = target.not_matched
        entry.state, entry.total, entry.list_id = "running", len(target.titles), kept.id if kept else None
        entry.tmdb_id = kept.tmdb_id if kept else None
        await self._hold.save(entry)
        return kept, target, is_read

    async def _demand(self, kept: Kept | None) -> Kept:
        assert kept is not None  # noqa: S101  only a dry run keeps nothing
        return kept

    async def _locate(self, kept: Kept | None) -> Place:
        """Where the list is; another account's raises NotOurs."""
        if kept is not None and kept.tmdb_id is not None:
            summary = await self._shelf.find(kept.tmdb_id)
            if summary is not None or await self._is_there(kept.tmdb_id):
                return Place(kept.tmdb_id, summary)
            return msgspec.structs.replace(await self._namesake(kept), deleted=True)
        return await self._namesake(kept)

    async def _is_there(self, tmdb_id: int) -> bool:
        try:
            await self._client.demand_own(tmdb_id)
        except Missing:
            return False
        return True

    async def _namesake(self, kept: Kept | None) -> Place:
        """A list of this name that Marquee may take: nothing is on it, or it says of itself what Marquee would say."""
        async with self._services.database.read() as db:
            used = await tmdb_lists.used_ids(db, kept.id if kept else None)
        if kept is not None and kept.tmdb_id is not None:
            used = {*used, kept.tmdb_id}
        found = await self._shelf.named(self._entry.order.name, used)
        for summary in found:
            if not summary.items or summary.description == self._description:
                return Place(summary.id, summary)
        if found:
            raise ListRefused(
                "Your account has another list of this name, which Marquee did not make. Give that one, or this one, "
                "another name"
            )
        return Place()

    async def _foretell(self, kept: Kept | None, place: Place, target: Target) -> None:
        """Say what would be changed."""
        message = WOULD_BE_MADE if place.tmdb_id is None else None
        current = await self._current(kept, place) if place.tmdb_id is not None else []
        planned = self._plan(current, target.titles)
        self._added, self._removed = set(planned.add), set(planned.remove)
        self._report(planned.kept)
        await self._end("succeeded", WOULD_BE_MADE_AGAIN if place.deleted else message)

    async def _write(self, kept: Kept, place: Place, target: Target) -> None:
        """Make the list as it shall be, and remember how it was left."""
        is_new = place.tmdb_id is None
        tmdb_id = place.tmdb_id or await self._create()
        if tmdb_id != kept.tmdb_id:
            await self._settle_on(kept, tmdb_id)
        is_due = kept.details_due or tmdb_id != kept.tmdb_id
        if is_due and not is_new:
            await self._describe(kept.id, tmdb_id)
        current = [] if is_new else await self._current(kept, Place(tmdb_id, place.summary))
        was_seen = kept.seen_updated_at is not None and not is_new
        left = await self._change(kept.id, tmdb_id, current, target)
        summary = place.summary
        if self._added or self._removed or not was_seen or is_due:
            self._shelf.forget()
            summary = await self._shelf.find(tmdb_id)
        if is_due and summary is not None:
            await self._see_to_details(kept.id, summary)
        await self._remember(kept, summary, left, target, message=MADE_AGAIN if place.deleted else None)

    async def _create(self) -> int:
        """The number of a new list. Where it is not known whether one was made, that is looked up by its name."""
        order = self._entry.order
        try:
            return await self._client.create(order.name, self._description, public=order.public)
        except Transient:
            self._shelf.forget()
            found = await self._namesake(None)
            if found.tmdb_id is not None:
                return found.tmdb_id
        return await self._client.create(order.name, self._description, public=order.public)

    async def _settle_on(self, kept: Kept, tmdb_id: int) -> None:
        """Keep a list's number before anything else is done with it."""
        self._entry.tmdb_id = tmdb_id
        async with self._services.database.write() as db:
            await tmdb_lists.place(db, kept.id, tmdb_id, details_due=True)
        await self._hold.save(self._entry)

    async def _describe(self, list_id: int, tmdb_id: int) -> None:
        await self._client.describe(tmdb_id, self._description, public=self._entry.order.public)
        async with self._services.database.write() as db:
            await tmdb_lists.described(db, list_id)

    async def _see_to_details(self, list_id: int, summary: ListSummary) -> None:
        """Set right what TMDB made of the description, and of who may see the list: it takes both as it likes."""
        if (summary.public, summary.description) != (self._entry.order.public, self._description):
            await self._describe(list_id, summary.id)
            self._shelf.forget()
            return
        async with self._services.database.write() as db:
            await tmdb_lists.described(db, list_id)

    async def _current(self, kept: Kept | None, place: Place) -> list[Key]:
        """What is on the list: from memory while TMDB says that nothing changed, else read."""
        assert place.tmdb_id is not None  # noqa: S101  there is a list
        if kept is not None and self._holds(kept, place.summary):
            for refusal in kept.refused:
                self._refused[refusal.title.key] = refusal
            found: Iterable[Title] = kept.content or ()
            self._read_at = kept.read_at
        else:
            found = await self._read(place.tmdb_id)
        for title in found:
            self._titles.setdefault(title.key, title)
        return [title.key for title in found]

    def _holds(self, kept: Kept, summary: ListSummary | None) -> bool:
        if summary is None or kept.content is None or kept.read_at is None or kept.tmdb_id != summary.id:
            return False
        is_same = (summary.updated_at, summary.items) == (kept.seen_updated_at, len(kept.content))
        return is_same and summary.updated_at is not None and datetime.now(UTC) - kept.read_at < TRUST

    _read_at: datetime | None = None

    async def _read(self, tmdb_id: int) -> list[Title]:
        found = await self._client.read(tmdb_id)
        self._read_at = datetime.now(UTC)
        return [Title(each.media_type, each.tmdb_id, each.title, each.year) for each in found]

    def _plan(self, current: Sequence[Key], titles: Iterable[Title]) -> Plan:
        """What TMDB refused before is left out: it would move all that comes after it each time."""
        mode: Mode = "add" if self._entry.order.mode == "add" else "mirror"
        return plan(current, [title.key for title in titles if title.key not in self._refused], mode)

    async def _change(self, list_id: int, tmdb_id: int, current: list[Key], target: Target) -> list[Key]:
        """Change the list until it is as planned; what is on it then."""
        wanted = {title.key for title in target.titles}
        for round_ in range(1, ROUNDS + 1):
            planned = self._plan(current, target.titles)
            self._report(planned.kept)
            self._entry.done = len(wanted.intersection(planned.kept)) + len(self._refused)
            if planned.is_empty:
                break
            if round_ == 1:
                async with self._services.database.write() as db:
                    await tmdb_lists.distrust(db, list_id)
            current, is_sure = await self._carry_out(tmdb_id, current, planned)
            if is_sure:
                break
        else:
            raise Transient(str(tmdb_id), because="kept changing the list while it was brought in step", host="TMDB")
        return current

    async def _carry_out(self, tmdb_id: int, current: list[Key], planned: Plan) -> tuple[list[Key], bool]:
        """What is on the list after these changes, and whether that is all that was planned."""
        batch: Sequence[Key] = ()
        try:
            for batch in in_chunks(planned.remove, BATCH):
                await self._client.remove(tmdb_id, batch)
                current = await self._removed_now(current, batch)
            for batch in in_chunks(planned.add, BATCH):
                added = await self._client.add(tmdb_id, batch)
                for key, fault in added.faults.items():
                    self._refused[key] = Refusal(self._titles[key], fault)
                current = await self._added_now(current, [key for key in batch if key not in added.faults])
                if added.taken:
                    return await self._seen(tmdb_id), False
        except Transient:
            found = await self._seen(tmdb_id)
            await self._removed_now(current, [key for key in batch if key in current and key not in found])
            await self._added_now(current, [key for key in batch if key not in current and key in found])
            return found, False
        return current, True

    async def _seen(self, tmdb_id: int) -> list[Key]:
        found = await self._read(tmdb_id)
        for title in found:
            self._titles.setdefault(title.key, title)
        return [title.key for title in found]

    async def _removed_now(self, current: list[Key], gone: Sequence[Key]) -> list[Key]:
        self._removed |= set(gone)
        return await self._advanced([key for key in current if key not in set(gone)])

    async def _added_now(self, current: list[Key], new: Sequence[Key]) -> list[Key]:
        self._added |= set(new)
        self._entry.done = min(self._entry.done + len(new), self._entry.total)
        return await self._advanced([*current, *new])

    async def _advanced(self, current: list[Key]) -> list[Key]:
        self._report()
        await self._hold.save(self._entry)
        return current

    def _report(self, kept: Sequence[Key] | None = None) -> None:
        """Say what was done so far, an attempt before this one included."""
        added, removed = ({**before} for before in self._before)
        added |= {key: self._titles[key] for key in self._titles if key in self._added - self._removed}
        removed |= {key: self._titles[key] for key in self._titles if key in self._removed - self._added}
        report = self._entry.report
        report.additions = [title for key, title in added.items() if key not in removed]
        report.removals = [title for key, title in removed.items() if key not in added]
        report.moved = len(self._added & self._removed)
        report.failed = [*self._refused.values()]
        report.requests = self._hold.requests
        if kept is not None:
            report.kept = len(kept)

    async def _remember(
        self, kept: Kept, summary: ListSummary | None, left: list[Key], target: Target, *, message: str | None
    ) -> None:
        """Keep how the list was left, so that the next sync need not read it while nobody changes it."""
        is_seen = summary is not None and summary.items == len(left)
        state = "partial" if self._refused else "succeeded"
        outcome = Outcome(
            state=state,
            message=message,
            not_matched=target.not_matched,
            content=[self._titles[key] for key in left],
            refused=[*self._refused.values()],
            seen_updated_at=summary.updated_at if summary and is_seen else None,
            read_at=self._read_at or datetime.now(UTC),
        )
        async with self._services.database.write() as db:
            await tmdb_lists.settle(db, kept.id, outcome, datetime.now(UTC))
        await self._end(state, message)

    async def _end(self, state: str, message: str | None) -> None:
        self._entry.state, self._entry.message = state, message
        self._entry.done = self._entry.total
        self._report()
        await self._hold.save(self._entry)

    @property
    def _description(self) -> str:
        return tmdb_lists.description_of(self._entry.order, self._entry.username)
