"""The lists of an account as its page on TMDB tells them: read as far as is needed, and not twice in a run."""

from collections.abc import Collection

from worker.sources.tmdb.lists import ListClient, ListSummary

MOST_PAGES = 100


class Shelf:
    """What `forget` makes it read anew: TMDB tells what changed by another `updated_at`."""

    def __init__(self, client: ListClient) -> None:
        self._client = client
        self._known: dict[int, ListSummary] = {}
        self._read, self._pages = 0, 1

    async def find(self, list_id: int) -> ListSummary | None:
        """The list of this number; None where the account has none."""
        while list_id not in self._known and self._read < self._pages:
            await self._read_on()
        return self._known.get(list_id)

    async def named(self, name: str, besides: Collection[int]) -> list[ListSummary]:
        """The account's lists of this name, without those of these numbers."""
        while self._read < self._pages:
            await self._read_on()
        return [each for each in self._known.values() if each.name == name and each.id not in besides]

    def forget(self) -> None:
        self._known.clear()
        self._read, self._pages = 0, 1

    async def _read_on(self) -> None:
        found, pages = await self._client.summaries(self._read + 1)
        self._known |= {each.id: each for each in found}
        self._read, self._pages = self._read + 1, min(pages, MOST_PAGES)
