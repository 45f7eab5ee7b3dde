"""TMDB lists of members who love films of the built-in world, with a real database and a real TMDB over HTTP."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from api.db import members, tmdb_lists, tmdb_syncs
from api.db.engine import Database
from api.db.tables import film_matches, films, ratings, source_states
from api.db.tmdb_lists import ListOrder
from api.schemas.tmdb_lists import TmdbSync, TmdbSyncedList
from api.settings import Settings
from tests.drivers.upstream import Upstream
from tests.factories import FilmRow, MatchRow, add
from worker.demo.lists import token
from worker.demo.world import World
from worker.services import Services
from worker.sources.tmdb.accounts import TmdbAccounts
from worker.sync.tmdb_lists.plan import Key
from worker.sync.tmdb_lists.runs import perform

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGES = "https://tmdb.test"


class NoWait:
    """A pace that lets everybody go; how long a host asked to be left alone is in `pauses`."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    async def slot(self, patience: float = 0) -> None:
        """At once."""

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


class Librarian:
    """`titles` are those of the world that members may love, in the order of their names."""

    def __init__(self, database: Database, upstream: Upstream, world: World, **settings: Any) -> None:
        known: dict[str, Any] = {"tmdb_v4_access_token": token(), "tmdb_sync_enabled": True}
        self.database = database
        self.upstream = upstream
        self.pace = NoWait()
        self.settings = Settings(
            letterboxd_username=("ana",), tmdb_api_key="demo", tmdb_base_url=upstream.tmdb_url, **(known | settings)
        )
        found = sorted((title for title in world.titles.values() if title.slug), key=lambda title: title.tmdb_id)
        self.titles: list[Key] = [title.key for title in found]

    @property
    def services(self) -> Services:
        nobody: Any = None
        accounts = TmdbAccounts(self.settings.tmdb_base_url, self.settings.tmdb_api_key, self.pace)
        return Services(
            settings=self.settings, database=self.database, letterboxd=nobody, tmdb=nobody, accounts=accounts
        )

    async def loves(self, username: str, titles: Sequence[Key | None]) -> None:
        """From now on the member loves just these titles, the first one most; None is a film without a match."""
        async with self.database.write() as db:
            member_id = (await members.ensure(db, [username]))[username]
            await db.execute(ratings.delete().where(ratings.c.member_id == member_id))
            read = source_states.update().where(source_states.c.member_id == member_id)
            await db.execute(read.values(state="ok", good_at=NOON))
            for place, key in enumerate(titles):
                film_id = await self._film(db, key)
                row = {"member_id": member_id, "film_id": film_id, "rating": 5 - place / 1000, "liked": True}
                await add(db, ratings, row | {"provenance": "films", "updated_at": NOON})

    async def sync(self, *usernames: str, dry_run: bool = False, **order: Any) -> TmdbSync:
        """Bring the lists of these members in step, to the end; the run."""
        sync_id = await self.ordered(*usernames, dry_run=dry_run, **order)
        await perform(self.services, sync_id)
        return await self.run(sync_id)

    async def synced(self, username: str = "ana", **order: Any) -> TmdbSyncedList:
        """What became of the only list of a run over one member."""
        [found] = (await self.sync(username, **order)).lists
        return found

    async def ordered(self, *usernames: str, dry_run: bool = False, **order: Any) -> int:
        async with self.database.write() as db:
            ids = await members.ensure(db, usernames)
            wanted = [(member_id, list_order(name, **order)) for name, member_id in ids.items()]
            return (await tmdb_syncs.start(db, wanted, trigger="manual", dry_run=dry_run))[0]

    async def run(self, sync_id: int) -> TmdbSync:
        async with self.database.read() as db:
            return await tmdb_syncs.by_id(db, sync_id, PAGES)

    async def on_tmdb(self) -> list[Key]:
        """What is on the only list of TMDB."""
        [found] = await self.upstream.tmdb_lists()
        return found.items

    async def _film(self, db: Any, key: Key | None) -> int:
        slug = f"{key[0]}-{key[1]}" if key else "unmatched"
        row = (await db.execute(films.select().where(films.c.slug == slug))).one_or_none()
        if row is not None:
            return int(row.id)
        film = FilmRow.build(slug=slug, title=slug.title())
        await add(db, films, film)
        if key:
            await add(db, film_matches, MatchRow.build(film_id=film["id"], media_type=key[0], tmdb_id=key[1]))
        return film["id"]


def list_order(username: str, **changes: Any) -> ListOrder:
    """The usual order of a member's top-rated films, of up to a thousand."""
    usual: dict[str, Any] = {
        "kind": "top_rated",
        "name": tmdb_lists.name_of("top_rated", username),
        "description": None,
        "public": True,
        "query": None,
        "filters": None,
        "mode": "mirror",
        "most": 1000,
        "sort_by": "rating",
        "sort_order": "desc",
    }
    return ListOrder(**(usual | changes))
