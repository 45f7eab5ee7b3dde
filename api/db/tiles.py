"""Films as Letterboxd's grids show them: who a film is, before TMDB knows it."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import or_, select

from api.db import decisions, diary, matches
from api.db.connection import Connection
from api.db.tables import film_matches, films, watchlist_entries
from api.db.text import search_text, sort_key

logger = logging.getLogger(__name__)


class Tile(Protocol):
    """A film on a page. `lid` and `letterboxd_id` survive a rename; old pages lack the first, new ones may both."""

    @property
    def lid(self) -> str | None: ...
    @property
    def letterboxd_id(self) -> int | None: ...
    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def year(self) -> int | None: ...


class _Known:
    """The films that these tiles may mean, by each of their three names."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.by_lid = {row.lid: row for row in rows if row.lid}
        self.by_number = {row.letterboxd_id: row for row in rows if row.letterboxd_id}
        self.by_slug = {row.slug: row for row in rows}

    def find(self, tile: Tile) -> Any:
        """The film of this tile: by lid, else by number, else by a slug that no other film claims."""
        if tile.lid and tile.lid in self.by_lid:
            return self.by_lid[tile.lid]
        if tile.letterboxd_id and tile.letterboxd_id in self.by_number:
            return self.by_number[tile.letterboxd_id]
        row = self.by_slug.get(tile.slug)
        return row if row is not None and not _differs(row, tile) else None


def _differs(row: Any, tile: Tile) -> bool:
    """Whether a film with the tile's slug is provably another one."""
    return bool(
        (tile.lid and row.lid and tile.lid != row.lid)
        or (tile.letterboxd_id and row.letterboxd_id and tile.letterboxd_id != row.letterboxd_id)
    )


async def store(db: Connection, tiles: Sequence[Tile], now: datetime) -> list[int]:
    """The film id of each tile, in order; new films are added, and what a tile says anew is taken over."""
    known = _Known(await _candidates(db, tiles))
    found = {tile.slug: (tile, known.find(tile)) for tile in reversed(tiles)}
    freed = [
        holder
        for slug, (_, row) in found.items()
        if (holder := known.by_slug.get(slug)) is not None and holder is not row
    ]
    for holder in freed:
        await _free_slug(db, holder)
    for tile, row in found.values():
        await _free_number(db, tile, row, known, now)
    ids = {
        slug: await _add(db, tile, now) if row is None else await _update(db, row, tile, now, moved=row in freed)
        for slug, (tile, row) in found.items()
    }
    await _meet_decisions(db, found, ids, now)
    for slug, (_, row) in found.items():
        if row is not None and (holder := known.by_slug.get(slug)) in freed:
            await _join(db, holder, row, now)
    return [ids[tile.slug] for tile in tiles]


async def _candidates(db: Connection, tiles: Sequence[Tile]) -> Sequence[Any]:
    names = "id", "lid", "letterboxd_id", "slug", "title", "year", "original_title"
    columns = [films.c[name] for name in names]
    return (
        await db.execute(
            select(*columns).where(
                or_(
                    films.c.lid.in_([tile.lid for tile in tiles if tile.lid]),
                    films.c.letterboxd_id.in_([tile.letterboxd_id for tile in tiles if tile.letterboxd_id]),
                    films.c.slug.in_([tile.slug for tile in tiles]),
                )
            )
        )
    ).all()


async def _add(db: Connection, tile: Tile, now: datetime) -> int:
    values = _values(tile, None) | {"lid": tile.lid, "letterboxd_id": tile.letterboxd_id}
    film_id = (
        await db.execute(films.insert().values(**values, created_at=now, updated_at=now).returning(films.c.id))
    ).scalar_one()
    await db.execute(film_matches.insert().values(film_id=film_id, state="pending"))
    return int(film_id)


async def _update(db: Connection, row: Any, tile: Tile, now: datetime, *, moved: bool) -> int:
    """Take over what the tile says anew; a page without a year or an id does not take away a known one.

    `moved` says that the film's slug was freed for another one just now.
    """
    fresh = _values(tile, row.original_title) | {
        "year": tile.year or row.year,
        "lid": tile.lid or row.lid,
        "letterboxd_id": tile.letterboxd_id or row.letterboxd_id,
    }
    if moved or any(fresh[name] != getattr(row, name) for name in ("lid", "letterboxd_id", "slug", "title", "year")):
        await db.execute(films.update().where(films.c.id == row.id).values(**fresh, updated_at=now))
    if (fresh["title"], fresh["year"]) != (row.title, row.year):
        await matches.doubt(db, row.id)
    return int(row.id)


async def _meet_decisions(
    db: Connection, found: Mapping[str, tuple[Tile, Any]], ids: Mapping[str, int], now: datetime
) -> None:
    """Give films whose lid is new to Marquee what a person decided under it; `found` holds tiles and known films."""
    learnt = {tile.lid: slug for slug, (tile, row) in found.items() if tile.lid and not (row and row.lid == tile.lid)}
    waiting = await decisions.kept(db, list(learnt)) if learnt else {}
    for lid, slug in learnt.items():
        if lid in waiting or found[slug][1] is not None:
            await decisions.meet(db, ids[slug], lid, waiting, now)


async def _free_slug(db: Connection, row: Any) -> None:
    """Give a film whose slug went to another film an address that Letterboxd resolves as well."""
    slug = f"film:{row.letterboxd_id}" if row.letterboxd_id else f"{row.slug}~{row.id}"
    await db.execute(films.update().where(films.c.id == row.id).values(slug=slug))


async def _join(db: Connection, holder: Any, row: Any, now: datetime) -> None:
    """Join a film that was known by its slug alone, as feeds name films, to the one that turned out to bear it."""
    if holder.lid or holder.letterboxd_id:
        return
    await diary.move(db, holder.id, row.id, now)
    await decisions.inherit(db, holder.id, row.id, now)
    entries = select(watchlist_entries.c.id).where(watchlist_entries.c.film_id == holder.id)
    if (await db.execute(entries.limit(1))).first() is None:
        logger.info("The films %d and %d are the same one, %s", row.id, holder.id, holder.slug)
        await db.execute(films.delete().where(films.c.id == holder.id))


async def _free_number(db: Connection, tile: Tile, row: Any, known: _Known, now: datetime) -> None:
    """Take the tile's number from a second row of the same film: pages without lids and pages without numbers made two.

    The row that bears the lid goes on, with what a person decided for the other one, which leaves the watchlists with
    the next complete read.
    """
    holder = known.by_number.get(tile.letterboxd_id) if tile.letterboxd_id else None
    if holder is None or row is None or holder.id == row.id:
        return
    logger.info("The films %d and %d are the same one, %s", row.id, holder.id, tile.slug)
    await db.execute(films.update().where(films.c.id == holder.id).values(letterboxd_id=None))
    await decisions.inherit(db, holder.id, row.id, now)


def _values(tile: Tile, original_title: str | None) -> dict[str, Any]:
    return {
        "slug": tile.slug,
        "title": tile.title,
        "year": tile.year,
        "sort_title": sort_key(tile.title),
        "search_title": search_text(tile.title, original_title),
    }
