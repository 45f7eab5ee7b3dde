"""The lists of a member that are read page by page: where their pages are, and what is kept of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from api.db import members, watchlists
from api.db.connection import Connection
from worker.sources.letterboxd.client import LetterboxdClient
from worker.sources.letterboxd.pages import WATCHLIST_PAGE_SIZE
from worker.sources.letterboxd.tiles import Tile


class ListPage(Protocol):
    """One page of a list, as `announced` says of how many films in all; `next_path` is None on the last."""

    @property
    def films(self) -> Sequence[Tile]: ...
    @property
    def announced(self) -> int | None: ...
    @property
    def next_path(self) -> str | None: ...


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Whose list is written, by which run, and when; `read` are the films of the pages before, in their order."""

    member_id: int
    refresh_id: int
    read: Sequence[int]
    now: datetime


class ListKind(Protocol):
    """One list that every member has; `source` is its name among the sources."""

    source: str
    page_size: int

    def name(self, username: str) -> str:
        """What people call it, such as "alice’s watchlist"."""

    async def page(self, letterboxd: LetterboxdClient, username: str, path: str | None) -> ListPage:
        """A page as Letterboxd shows it: the first, or the `next_path` of the one before."""

    async def known(self, db: Connection, member_id: int) -> Sequence[int]:
        """The films that are on it as far as Marquee knows."""

    async def store(self, db: Connection, place: Place, page: ListPage, film_ids: Sequence[int]) -> None:
        """Take over what a page shows."""

    async def remove_missing(self, db: Connection, place: Place) -> None:
        """Take off what a complete read did not show."""


class Watchlist:
    """What a member wants to see."""

    source = "watchlist"
    page_size = WATCHLIST_PAGE_SIZE

    def name(self, username: str) -> str:
        return f"{username}’s watchlist"

    async def page(self, letterboxd: LetterboxdClient, username: str, path: str | None) -> ListPage:
        return await letterboxd.watchlist_page(username, path)

    async def known(self, db: Connection, member_id: int) -> Sequence[int]:
        return await watchlists.film_ids(db, member_id)

    async def store(self, db: Connection, place: Place, page: ListPage, film_ids: Sequence[int]) -> None:
        """Put the page's films on the list, after those of the pages before and above those still to come."""
        read: Collection[int] = set(place.read)
        new = [film_id for film_id in dict.fromkeys(film_ids) if film_id not in read]
        await watchlists.store(
            db,
            place.member_id,
            new,
            first_position=len(read) + 1,
            refresh_id=place.refresh_id,
            now=place.now,
        )
        await watchlists.push_down(db, place.member_id, [*place.read, *new])

    async def remove_missing(self, db: Connection, place: Place) -> None:
        await watchlists.remove_missing(db, place.member_id, place.read, refresh_id=place.refresh_id, now=place.now)
        await members.fully_read(db, place.member_id, place.now)


WATCHLIST = Watchlist()
