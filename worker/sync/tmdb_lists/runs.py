"""Bringing lists on TMDB in step: one after another, and one that fails does not keep the others from it."""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from api.db import members, refreshes, tmdb_account, tmdb_lists, tmdb_syncs
from api.db.connection import Connection
from api.db.tmdb_lists import ListOrder
from api.db.tmdb_syncs import SyncEntry, SyncLost
from api.errors import MarqueeError, Missing, NotSetUp, TokenRefused
from api.settings import Settings
from worker.counting import counting
from worker.progress import AWAY
from worker.services import Services
from worker.sources.tmdb.lists import ListClient
from worker.sync.setbacks import sentence
from worker.sync.tmdb_lists.account import open_lists
from worker.sync.tmdb_lists.hold import Hold
from worker.sync.tmdb_lists.one import ListSync
from worker.sync.tmdb_lists.shelf import Shelf

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 20
DELETED = "The list was deleted on TMDB meanwhile; the next sync makes it again."
MISTAKE = "Marquee made a mistake ({}); the worker's log has the details."


async def perform(services: Services, sync_id: int) -> bool:
    """Take up a run, bring its lists in step, and end it; False where it has ended or is in other hands.

    A worker that ends leaves it to the next one, which goes on with the lists as they are.
    """
    async with services.database.write() as db:
        order = await tmdb_syncs.claim(db, sync_id, uuid.uuid4().hex, datetime.now(UTC))
    if order is None:
        return False
    hold = Hold(services.database, order)
    working, keeping = asyncio.ensure_future(_work(services, hold)), asyncio.ensure_future(hold.keep())
    try:
        await asyncio.wait({working, keeping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        is_done = working.done()
        for future in (working, keeping):
            future.cancel()
        await asyncio.wait({working, keeping})
        if not is_done:
            await _let_go(services, hold)
    return is_done


async def order_after(services: Services, refresh_id: int) -> int | None:
    """A run over the lists of the members of a refresh that has ended, a first one of who has none; None where none is
    wanted.
    """
    settings = services.settings
    if not settings.tmdb_sync_enabled:
        return None
    async with services.database.write() as db:
        run = await refreshes.by_id(db, refresh_id)
        if run.status not in ("succeeded", "partial"):
            return None
        account = await tmdb_account.stored(db)
        if settings.tmdb_v4_access_token is None and account.access_token is None:
            logger.info("TMDB lists are not brought in step: no account is connected")
            return None
        wanted = await _wanted(db, run.members, settings)
        return (await tmdb_syncs.start(db, wanted, trigger="refresh", dry_run=False))[0] if wanted else None


async def _wanted(db: Connection, usernames: Sequence[str], settings: Settings) -> list[tuple[int, ListOrder]]:
    ids = await members.ids(db, usernames)
    known = await tmdb_lists.orders_of(db, [*ids.values()])
    have = {member_id for member_id, order in known if order.kind == "top_rated"}
    new = [(ids[name], _top_rated(name, settings)) for name in usernames if name in ids and ids[name] not in have]
    return known + new


def _top_rated(username: str, settings: Settings) -> ListOrder:
    """The list that every member has."""
    return ListOrder(
        kind="top_rated",
        name=tmdb_lists.name_of("top_rated", username),
        description=None,
        public=True,
        query=None,
        filters=None,
        mode="mirror",
        most=settings.tmdb_sync_limit,
        sort_by=settings.tmdb_sync_sort_by,
        sort_order=settings.tmdb_sync_sort_order,
    )


async def _work(services: Services, hold: Hold) -> None:
    """The lists of the run, and its end."""
    message = None
    try:
        async with await open_lists(services) as client:
            await _sync_all(services, client, hold)
    except SyncLost as error:
        logger.warning("%s", error)
        return
    except NotSetUp as error:
        message = sentence(error)
    except AWAY as error:
        if hold.order.attempts < MOST_ATTEMPTS:
            logger.warning("The sync %d of TMDB lists waits: %s", hold.order.id, error)
            await _let_go(services, hold)
            return
        message = sentence(error)
    except MarqueeError as error:
        message = sentence(error)
    except Exception as error:  # the run must end, whatever it was
        logger.exception("The sync %d of TMDB lists broke off", hold.order.id)
        message = MISTAKE.format(type(error).__name__)
    async with services.database.write() as db:
        state = await tmdb_syncs.close(db, hold.order, message)
    logger.info("The sync %d of TMDB lists %s%s", hold.order.id, state, f": {message}" if message else "")


async def _sync_all(services: Services, client: ListClient, hold: Hold) -> None:
    """Every list that is not done; raises TokenRefused as soon as TMDB refuses the token, which is the same for all."""
    shelf = Shelf(client)
    for entry in hold.order.entries:
        with counting() as counted:
            hold.count(counted)
            try:
                await ListSync(services, client, shelf, hold, entry).carry_out()
            except (SyncLost, *AWAY):
                raise
            except MarqueeError as error:
                await _fail(services, hold, entry, DELETED if isinstance(error, Missing) else sentence(error))
                if isinstance(error, TokenRefused):
                    raise
            except SQLAlchemyError:
                raise
            except Exception as error:  # one list that cannot be dealt with must not keep the others from it
                logger.exception("The list %r of %s could not be brought in step", entry.order.name, entry.username)
                await _fail(services, hold, entry, MISTAKE.format(type(error).__name__))


async def _fail(services: Services, hold: Hold, entry: SyncEntry, message: str) -> None:
    entry.state, entry.message = "failed", message
    entry.report.requests = hold.requests
    await hold.save(entry)
    if entry.list_id is not None and not hold.dry_run:
        async with services.database.write() as db:
            await tmdb_lists.note(db, entry.list_id, "failed", message)


async def _let_go(services: Services, hold: Hold) -> None:
    with suppress(*AWAY):
        async with services.database.write() as db:
            await tmdb_syncs.let_go(db, hold.order)
