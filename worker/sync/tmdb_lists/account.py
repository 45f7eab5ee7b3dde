"""The account on TMDB whose lists are kept: where its token is from, and how it comes and goes by approval."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec

from api.db import tmdb_account
from api.errors import MarqueeError, NotSetUp, SourceError
from api.queue import AccountAnswer
from api.settings.tmdb import account_of
from worker.services import Services
from worker.sources.tmdb.lists import ListClient
from worker.sync.setbacks import sentence
from worker.vault import Vault

logger = logging.getLogger(__name__)

APPROVAL_LASTS = timedelta(minutes=15)
NOT_A_USERS = "does not say whose account it is of: it must be a user access token (v4), and not a key"
NOBODY = "no account is connected; approve Marquee on TMDB, or set TMDB_V4_ACCESS_TOKEN"
NOT_ASKED = "Nobody asked for an approval, or it is too old: begin anew."


async def open_lists(services: Services) -> ListClient:
    """The lists of the connected account; raises NotSetUp. A token from the settings goes before one that is stored."""
    settings = services.settings
    if not settings.tmdb_sync_enabled:
        raise NotSetUp("Keeping lists on TMDB", "TMDB_SYNC_ENABLED", "TMDB_SYNC_ENABLED is not set to true any more")
    if token := settings.tmdb_v4_access_token:
        account_id = account_of(token)
        if account_id is None:
            raise NotSetUp("The TMDB account", "TMDB_V4_ACCESS_TOKEN", f"TMDB_V4_ACCESS_TOKEN {NOT_A_USERS}")
        return services.demand_accounts().lists(account_id, token)
    async with services.database.read() as db:
        account = await tmdb_account.stored(db)
    if account.access_token is None or account.account_id is None:
        raise NotSetUp("The TMDB account", "TMDB_V4_ACCESS_TOKEN", NOBODY)
    return services.demand_accounts().lists(account.account_id, Vault(settings).unlock(account.access_token))


async def answer(services: Services, action: str) -> dict[str, Any]:
    """What comes of `ask`, `finish` or `forget`, as the API is told."""
    try:
        found = await ACTIONS[action](services)
    except MarqueeError as error:
        found = AccountAnswer(ok=False, code=error.code, message=sentence(error))
    told: dict[str, Any] = msgspec.to_builtins(found)
    return told


async def _ask(services: Services) -> AccountAnswer:
    vault = Vault(services.settings)
    vault.lock("")
    client = services.demand_accounts().approvals()
    try:
        token = await client.ask()
    finally:
        await client.aclose()
    until = datetime.now(UTC) + APPROVAL_LASTS
    async with services.database.write() as db:
        await tmdb_account.ask(db, vault.lock(token), until)
    return AccountAnswer(ok=True, url=f"{services.settings.tmdb_pages}/auth/access?request_token={quote(token)}")


async def _finish(services: Services) -> AccountAnswer:
    vault = Vault(services.settings)
    async with services.database.read() as db:
        account = await tmdb_account.stored(db)
    if account.request_token is None or account.pending_until(datetime.now(UTC)) is None:
        return AccountAnswer(ok=False, code="not_approved", message=NOT_ASKED)
    client = services.demand_accounts().approvals()
    try:
        granted = await client.exchange(vault.unlock(account.request_token))
    finally:
        await client.aclose()
    async with services.database.write() as db:
        await tmdb_account.connect(db, granted.account_id, vault.lock(granted.access_token), datetime.now(UTC))
    logger.info("A TMDB account is connected")
    return AccountAnswer(ok=True)


async def _forget(services: Services) -> AccountAnswer:
    """Forget the stored token, whether or not TMDB can be told."""
    async with services.database.read() as db:
        account = await tmdb_account.stored(db)
    message = None
    if account.access_token is not None:
        message = await _revoke(services, account.access_token)
    async with services.database.write() as db:
        await tmdb_account.forget(db)
    return AccountAnswer(ok=True, message=message)


async def _revoke(services: Services, kept: str) -> str | None:
    """Tell TMDB that a token shall be good for nothing; what a person should know where that fails."""
    client = services.demand_accounts().approvals()
    try:
        await client.revoke(Vault(services.settings).unlock(kept))
    except (SourceError, NotSetUp) as error:
        logger.warning("A token could not be revoked on TMDB: %s", error)
        return "Marquee forgot the token, but TMDB could not be told: revoke it at your account's settings there."
    finally:
        await client.aclose()
    return None


ACTIONS = {"ask": _ask, "finish": _finish, "forget": _forget}
