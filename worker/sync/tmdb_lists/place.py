"""Where a member's list is on TMDB: found by its number or its name, or made."""

import msgspec

from api.db import tmdb_lists
from api.db.engine import Database
from api.db.tmdb_lists import Kept, ListOrder
from api.errors import ListRefused, Missing, Transient
from worker.sources.tmdb.lists import ListClient, ListSummary
from worker.sync.tmdb_lists.shelf import Shelf

ANOTHER = (
    "Your account has another list of this name, which Marquee did not make. Give that one, or this one, another name"
)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The list's number on TMDB, None where it must be made; `summary` as its account's page has it.

    `deleted`: it was there before.
    """

    tmdb_id: int | None = None
    summary: ListSummary | None = None
    deleted: bool = False


class Finder:
    """Finds and makes one list of the account whose lists are on `shelf`."""

    def __init__(
        self, database: Database, client: ListClient, shelf: Shelf, order: ListOrder, description: str
    ) -> None:
        self._database = database
        self._client = client
        self._shelf = shelf
        self._order = order
        self._description = description

    async def locate(self, kept: Kept | None) -> Place:
        """Where the list is; raises NotOurs where it is another account's, and ListRefused where its name is taken."""
        if kept is None or kept.tmdb_id is None:
            return await self._namesake(kept)
        summary = await self._shelf.find(kept.tmdb_id)
        if summary is not None or await self._is_ours(kept.tmdb_id):
            return Place(tmdb_id=kept.tmdb_id, summary=summary)
        return msgspec.structs.replace(await self._namesake(kept), deleted=True)

    async def make(self) -> int:
        """The number of a new list. Where it is not known whether one was made, that is looked up by its name."""
        try:
            return await self._create()
        except Transient:
            self._shelf.forget()
            found = await self._namesake(None)
        return found.tmdb_id or await self._create()

    async def _create(self) -> int:
        return await self._client.create(self._order.name, self._description, public=self._order.public)

    async def _is_ours(self, tmdb_id: int) -> bool:
        """False where there is no such list any more; raises NotOurs."""
        try:
            await self._client.demand_own(tmdb_id)
        except Missing:
            return False
        return True

    async def _namesake(self, kept: Kept | None) -> Place:
        """A list of this name that Marquee may take: nothing is on it, or it says of itself what Marquee would say.

        A run that was broken off may have left one.
        """
        async with self._database.read() as db:
            used = await tmdb_lists.used_ids(db)
        found = await self._shelf.named(self._order.name, used)
        for summary in found:
            if not summary.items or summary.description == self._description:
                return Place(tmdb_id=summary.id, summary=summary)
        if found:
            raise ListRefused(ANOTHER)
        return Place()
