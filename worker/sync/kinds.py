"""The lists of a member that are read page by page: where their pages are, and what is kept of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from api.db import members, ratings, watchlists
from api.db.connection import Connection
from api.db.ratings import Judgement
from worker.sources.letterboxd.client import LetterboxdClient
from worker.sources.letterboxd.films import PAGE_SIZE, JudgedTile
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
    """Whose list is written, by which run, and when; `read` are the films of the pages before, in their order.

    `asked_at` is when the page was asked for; where a whole list was read, its first page.
    """

    member_id: int
    refresh_id: int
    read: Sequence[int]
    asked_at: datetime
    now: datetime


class ListKind(Protocol):
    """One list that every member has; `source` is its name among the sources.

    Of one that `may_stop`, a run reads only as far as there is news, and its first page alone where the others are
    refused. What is `wanted` is enriched with its offers, and without it a run is not well. The films of one that is
    `counted` are part of a run's progress; those of the others are on such a list, too.
    """

    source: str
    page_size: int
    may_stop: bool
    wanted: bool
    counted: bool

    def name(self, username: str) -> str:
        """What people call it, such as "alice’s watchlist"."""

    async def page(self, letterboxd: LetterboxdClient, username: str, path: str | None) -> ListPage:
        """A page as Letterboxd shows it: the first, or the `next_path` of the one before."""

    async def known(self, db: Connection, member_id: int) -> Sequence[int]:
        """The films that are on it as far as Marquee knows."""

    async def store(self, db: Connection, place: Place, page: ListPage, film_ids: Sequence[int]) -> int:
        """Take over what a page shows; how many films it says something new of."""

    async def remove_missing(self, db: Connection, place: Place) -> None:
        """Take off what a complete read did not show."""


class Watchlist:
    """What a member wants to see."""

    source = "watchlist"
    page_size = WATCHLIST_PAGE_SIZE
    may_stop = False
    wanted = True
    counted = True

    def name(self, username: str) -> str:
        return f"{username}’s watchlist"

    async def page(self, letterboxd: LetterboxdClient, username: str, path: str | None) -> ListPage:
        return await letterboxd.watchlist_page(username, path)

    async def known(self, db: Connection, member_id: int) -> Sequence[int]:
        return await watchlists.film_ids(db, member_id)

    async def store(self, db: Connection, place: Place, page: ListPage, film_ids: Sequence[int]) -> int:
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
        return len(new)

    async def remove_missing(self, db: Connection, place: Place) -> None:
        await watchlists.remove_missing(db, place.member_id, place.read, refresh_id=place.refresh_id, now=place.now)
        await members.fully_read(db, place.member_id, place.now)


class Watched:
    """What a member watched, with stars and hearts, by the date of release."""

    source = "films"
    page_size = PAGE_SIZE
    may_stop = True
    wanted = False
    counted = True

    def name(self, username: str) -> str:
        return f"{username}’s films"

    async def page(self, letterboxd: LetterboxdClient, username: str, path: str | None) -> ListPage:
        return await letterboxd.films_page(username, path)

    async def known(self, db: Connection, member_id: int) -> Sequence[int]:
        return await ratings.watched(db, member_id)

    async def store(self, db: Connection, place: Place, page: ListPage, film_ids: Sequence[int]) -> int:
        return await _show(db, place, page, film_ids, ratings.FILMS)

    async def remove_missing(self, db: Connection, place: Place) -> None:
        await ratings.unwatch(db, place.member_id, place.read, place.asked_at)


class Liked:
    """The films that a member likes, seen or not, the one liked last first."""

    source = "likes"
    page_size = PAGE_SIZE
    may_stop = True
    wanted = False
    counted = False

    def name(self, username: str) -> str:
        return f"{username}’s likes"

    async def page(self, letterboxd: LetterboxdClient, username: str, path: str | None) -> ListPage:
        return await letterboxd.likes_page(username, path)

    async def known(self, db: Connection, member_id: int) -> Sequence[int]:
        return await ratings.liked(db, member_id)

    async def store(self, db: Connection, place: Place, page: ListPage, film_ids: Sequence[int]) -> int:
        return await _show(db, place, page, film_ids, ratings.LIKES)

    async def remove_missing(self, db: Connection, place: Place) -> None:
        await ratings.unlike(db, place.member_id, place.read, place.asked_at)


async def _show(db: Connection, place: Place, page: ListPage, film_ids: Sequence[int], provenance: str) -> int:
    shown = {
        film_id: Judgement(film_id=film_id, rating=film.rating, liked=film.liked)
        for film_id, film in zip(film_ids, page.films, strict=True)
        if isinstance(film, JudgedTile)
    }
    return await ratings.show(db, place.member_id, list(shown.values()), provenance=provenance, asked_at=place.asked_at)


WATCHLIST = Watchlist()
FILMS = Watched()
LIKES = Liked()
