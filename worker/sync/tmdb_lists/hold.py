"""A run over TMDB lists in the hands of this worker: what it writes of it, it writes while it holds it."""

import asyncio
import logging
from datetime import UTC, datetime

from api.db import tmdb_syncs
from api.db.engine import Database
from api.db.tmdb_syncs import SyncEntry, SyncLost, SyncOrder
from worker.counting import Requests
from worker.progress import AWAY

logger = logging.getLogger(__name__)

HOLD_EVERY = 4.0


class Hold:
    """`requests` is how many were made for the list at hand."""

    def __init__(self, database: Database, order: SyncOrder) -> None:
        self.order = order
        self._database = database
        self._counted = Requests()

    @property
    def dry_run(self) -> bool:
        return self.order.dry_run

    @property
    def requests(self) -> int:
        return self._counted.made

    def count(self, counted: Requests) -> None:
        """Count from here on for another list."""
        self._counted = counted

    async def save(self, entry: SyncEntry) -> None:
        """Write how far a list is; raises SyncLost."""
        async with self._database.write() as db:
            await tmdb_syncs.save(db, self.order, entry)

    async def keep(self) -> None:
        """Hold the run until it is another worker's; while the database is away, for as long as it is still ours."""
        held = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(HOLD_EVERY)
            try:
                async with self._database.write() as db:
                    await tmdb_syncs.hold(db, self.order, datetime.now(UTC))
                held = asyncio.get_running_loop().time()
            except SyncLost:
                return
            except AWAY as error:
                logger.warning("The sync %d of TMDB lists could not be held: %s", self.order.id, error)
                if asyncio.get_running_loop().time() - held > tmdb_syncs.LEASE.total_seconds():
                    return
