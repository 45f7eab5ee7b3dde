"""The lists of one TMDB account over HTTP: read as they are now, and changed in batches, with a result per title.

Nothing that changes a list is sent twice by itself, but after a 429, which says that nothing was done.
"""

import asyncio
import uuid
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import msgspec

from api.errors import NotOurs
from worker.counting import HostCounts
from worker.http import OutsideHost, Pace, Params, Sleep
from worker.sources.tmdb.answers import NAME, decoded
from worker.sources.tmdb.credentials import keep_keys_out_of_logs
from worker.sources.tmdb.list_answers import classify
from worker.sources.tmdb.list_wire import CreatedWire, ItemsWire, ItemWire, ListWire, SummariesWire, SummaryWire
from worker.sources.tmdb.wire import RowWire

BATCH = 200
MOST_PAGES = 500
TAKEN = "already been taken"
UNEXPLAINED = "TMDB gave no reason"
REFUSED = (
    "TMDB does not accept the token of your account: approve Marquee on TMDB anew, or give a good token in "
    "TMDB_V4_ACCESS_TOKEN"
)
Body = TypeVar("Body")
Key = tuple[str, int]


class ListSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A list as its account's page tells it; `updated_at` in TMDB's own words."""

    id: int
    name: str
    description: str
    public: bool
    items: int
    updated_at: str | None


class ListedTitle(msgspec.Struct, frozen=True, kw_only=True):
    """A title on a list."""

    media_type: str
    tmdb_id: int
    title: str
    year: int | None

    @property
    def key(self) -> Key:
        return self.media_type, self.tmdb_id


class Added(msgspec.Struct, frozen=True):
    """What did not go well where titles were added: why each of `faults` is not on the list, and what was there."""

    faults: dict[Key, str]
    taken: frozenset[Key]


class ListClient:
    """Reads and changes the lists of the account whose user access token this is.

    Every call raises TokenRefused, NotOurs, Missing, ListRefused, RateLimited, Transient, or SourceError with TMDB's
    own words. After Transient it is not known whether a change was made.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        account_id: str,
        pace: Pace,
        *,
        counts: HostCounts | None = None,
        sleep: Sleep = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        keep_keys_out_of_logs()
        self.account_id = account_id
        self._host = OutsideHost(
            base_url,
            pace,
            name=NAME,
            headers={"Authorization": f"Bearer {token}"},
            classify=lambda response: classify(response, lambda text: text.replace(token, "…"), REFUSED),
            counts=counts,
            sleep=sleep,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._host.aclose()

    async def summaries(self, page: int) -> tuple[list[ListSummary], int]:
        """A page of the account's lists, and how many pages there are."""
        found = await self._get(f"/4/account/{self.account_id}/lists", page, SummariesWire)
        return [_summary(each) for each in found.results], found.total_pages or 1

    async def read(self, list_id: int) -> list[ListedTitle]:
        """Everything on a list of this account, in its order; raises NotOurs for another's."""
        titles: list[ListedTitle] = []
        page, pages = 0, 1
        while page < pages:
            page += 1
            found = await self._get(_path(list_id), page, ListWire)
            self._demand_own(found)
            titles += [_title(row) for row in found.results]
            pages = min(found.total_pages or 1, MOST_PAGES)
        return titles

    async def demand_own(self, list_id: int) -> None:
        """Make sure that a list is of this account; raises NotOurs, and Missing where there is none."""
        self._demand_own(await self._get(_path(list_id), 1, ListWire))

    async def create(self, name: str, description: str, *, public: bool) -> int:
        """A new list; TMDB takes `public` as a number here, and overlooks false."""
        body = {"name": name, "description": description, "iso_639_1": "en", "public": int(public)}
        return (await self._change("POST", "/4/list", body, CreatedWire)).id

    async def describe(self, list_id: int, description: str, *, public: bool) -> None:
        """Change what is said of a list, and who sees it."""
        await self._change("PUT", _path(list_id), {"description": description, "public": public}, msgspec.Raw)

    async def add(self, list_id: int, titles: Sequence[Key]) -> Added:
        """Put titles at the end of a list."""
        found = await self._items("POST", list_id, titles)
        faults = {key: fault for key in titles if (fault := _fault(found.get(key)))}
        taken = frozenset(key for key, fault in faults.items() if TAKEN in fault)
        return Added(faults={key: fault for key, fault in faults.items() if key not in taken}, taken=taken)

    async def remove(self, list_id: int, titles: Sequence[Key]) -> None:
        """Take titles off a list; one that is not there is no mistake."""
        await self._items("DELETE", list_id, titles)

    async def _items(self, method: str, list_id: int, titles: Sequence[Key]) -> dict[Key, ItemWire]:
        body = {"items": [{"media_type": media_type, "media_id": tmdb_id} for media_type, tmdb_id in titles]}
        answer = await self._change(method, f"{_path(list_id)}/items", body, ItemsWire)
        return {(each.media_type, each.media_id): each for each in answer.results}

    def _demand_own(self, found: ListWire) -> None:
        owner = found.created_by
        if owner is None or owner.id != self.account_id:
            raise NotOurs((owner.username or owner.name) if owner else None, _path(found.id))

    async def _get(self, path: str, page: int, kind: type[Body]) -> Body:
        """Read with a parameter that TMDB does not know: what it keeps for others may be minutes old."""
        query: Params = {"page": page, "_": uuid.uuid4().hex}
        return decoded(await self._host.get(path, query), lambda content: msgspec.json.decode(content, type=kind))

    async def _change(self, method: str, path: str, body: dict[str, Any], kind: type[Body]) -> Body:
        answer = await self._host.send(method, path, body)
        return decoded(answer, lambda content: msgspec.json.decode(content, type=kind))


def _path(list_id: int) -> str:
    return f"/4/list/{list_id:d}"


def _summary(wire: SummaryWire) -> ListSummary:
    return ListSummary(
        id=wire.id,
        name=wire.name or "",
        description=wire.description or "",
        public=bool(wire.public),
        items=int(wire.number_of_items or 0),
        updated_at=wire.updated_at,
    )


def _title(row: RowWire) -> ListedTitle:
    date = row.release_date or row.first_air_date or ""
    return ListedTitle(
        media_type=row.media_type or ("movie" if row.title is not None else "tv"),
        tmdb_id=row.id,
        title=row.title or row.name or f"TMDB {row.id}",
        year=int(date[:4]) if date[:4].isdecimal() else None,
    )


def _fault(item: ItemWire | None) -> str | None:
    """Why a title is not on the list now; None where it is."""
    if item is None:
        return "TMDB said nothing about it"
    if item.success:
        return None
    words = [item.error] if isinstance(item.error, str) else item.error or []
    reason = "; ".join(" ".join(word.split()) for word in words)[:200]
    return reason or UNEXPLAINED
