"""Changing one list on TMDB in batches until it is as planned.

Where it is not known whether a batch was done, the list is read and planned again.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from api.db.chunks import in_chunks
from api.db.tmdb_lists import Title
from api.errors import Transient
from worker.sources.tmdb.lists import BATCH, ListClient
from worker.sync.tmdb_lists.ledger import Ledger
from worker.sync.tmdb_lists.plan import Key, Plan

ROUNDS = 4
HIDDEN = "TMDB says that it is on the list, and does not show it"


class ListWriter:
    """Changes the list of this number; `advanced` is told how many titles more are as they shall be, batch by batch."""

    def __init__(
        self, client: ListClient, tmdb_id: int, ledger: Ledger, advanced: Callable[[int], Awaitable[None]]
    ) -> None:
        self.read_at: datetime | None = None
        self._client = client
        self._tmdb_id = tmdb_id
        self._ledger = ledger
        self._advanced = advanced

    async def read(self) -> list[Key]:
        """What is on the list now."""
        found = await self._client.read(self._tmdb_id)
        self.read_at = datetime.now(UTC)
        return self._ledger.learn(Title(each.media_type, each.tmdb_id, each.title, each.year) for each in found)

    async def change(self, current: list[Key], plan: Callable[[list[Key]], Plan]) -> list[Key]:
        """Change the list until nothing is left to do; what is on it then. Raises Transient where it does not end."""
        for _ in range(ROUNDS):
            planned = plan(current)
            if planned.is_empty:
                return current
            current, is_sure = await self._carry_out(current, planned)
            if is_sure:
                return current
        raise Transient(
            "", because="did not answer, or the list kept changing while it was brought in step", host="TMDB"
        )

    async def _carry_out(self, current: list[Key], planned: Plan) -> tuple[list[Key], bool]:
        """What is on the list after these changes, and whether all of them are known to be made."""
        batch: Sequence[Key] = ()
        try:
            for batch in in_chunks(planned.remove, BATCH):
                await self._client.remove(self._tmdb_id, batch)
                current = await self._removed(current, batch)
            for batch in in_chunks(planned.add, BATCH):
                current, is_sure = await self._add(current, batch)
                if not is_sure:
                    return current, False
        except Transient:
            found = await self.read()
            await self._removed(current, [key for key in batch if key in current and key not in found])
            await self._added(current, [key for key in batch if key in found and key not in current])
            return found, False
        return current, True

    async def _add(self, current: list[Key], batch: Sequence[Key]) -> tuple[list[Key], bool]:
        """Add a batch; where somebody else had put a title on the list, it is not known what is where."""
        answer = await self._client.add(self._tmdb_id, batch)
        for key, fault in answer.faults.items():
            self._ledger.refuse(key, fault, datetime.now(UTC))
        current = await self._added(current, [key for key in batch if key not in answer.faults])
        if not answer.taken:
            return current, True
        found = await self.read()
        for key in answer.taken.difference(found):
            self._ledger.refuse(key, HIDDEN, datetime.now(UTC))
        return found, False

    async def _removed(self, current: list[Key], gone: Sequence[Key]) -> list[Key]:
        self._ledger.remove(gone)
        await self._advanced(0)
        return [key for key in current if key not in set(gone)]

    async def _added(self, current: list[Key], new: Sequence[Key]) -> list[Key]:
        self._ledger.add(new)
        await self._advanced(len(new))
        return [*current, *new]
