"""The account on TMDB whose lists are kept: connected by an approval there, without a password, or by a setting."""

from datetime import UTC, datetime

from arq.connections import ArqRedis
from litestar import Router, delete, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK

from api.db import tmdb_account
from api.db.engine import Database
from api.errors import Conflict, NotSetUp, Unavailable
from api.problems import documented
from api.queue import AccountAction, AccountAnswer, ask_tmdb_account, ping
from api.schemas.tmdb_lists import TmdbAccount, TmdbApproval
from api.settings import Settings
from api.settings.tmdb import MAKE_A_KEY, account_of

APPROVAL = "Approval on TMDB"
NO_KEY = f"TOKEN_KEY is not set, and without it no token is kept; make one with: {MAKE_A_KEY}"
IN_SETTINGS = "TMDB_V4_ACCESS_TOKEN names the account, and goes before an approval"
KEY_IS_GONE = "A token is stored, but TOKEN_KEY is not set, so it cannot be read."
NOT_A_USERS = "TMDB_V4_ACCESS_TOKEN is no user access token: it does not say whose account it is of."
NOBODY = "No account is connected."
UNREACHED = ("unreachable", "rate_limited")


@get("/", operation_id="getTmdbAccount", summary="Get the TMDB account", responses=documented())
async def get_account(database: NamedDependency[Database], settings: NamedDependency[Settings]) -> TmdbAccount:
    """Which account the lists are kept for, if one is connected; its token is never told."""
    async with database.read() as db:
        return _shown(await tmdb_account.stored(db), settings)


@post(
    "/approval",
    operation_id="startTmdbApproval",
    summary="Ask for an approval on TMDB",
    responses=documented(409),
)
async def start_approval(
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    settings: NamedDependency[Settings],
) -> TmdbApproval:
    """Where a person lets Marquee change the lists of their account, within 15 minutes; then it is to be finished.

    Without TOKEN_KEY the answer is 503, which tells how to make one. Where TMDB_V4_ACCESS_TOKEN is set it is 409.
    """
    said = await _said(queue, settings, "ask")
    async with database.read() as db:
        account = await tmdb_account.stored(db)
    if said.url is None or account.request_expires_at is None:
        raise Unavailable("TMDB", said.message or "it gave no address")
    return TmdbApproval(url=said.url, expires_at=account.request_expires_at)


@post(
    "/approval/finish",
    operation_id="finishTmdbApproval",
    summary="Finish an approval",
    status_code=HTTP_200_OK,
    responses=documented(409),
)
async def finish_approval(
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    settings: NamedDependency[Settings],
) -> TmdbAccount:
    """Take the token of the account that approved; 409 while nobody has."""
    await _said(queue, settings, "finish")
    async with database.read() as db:
        return _shown(await tmdb_account.stored(db), settings)


@delete(
    "/",
    operation_id="forgetTmdbAccount",
    summary="Disconnect the TMDB account",
    status_code=HTTP_200_OK,
    responses=documented(409),
)
async def forget_account(
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    settings: NamedDependency[Settings],
) -> TmdbAccount:
    """Revoke the stored token and forget it. Where TMDB could not be told, `message` says so. The lists stay there."""
    said = await _said(queue, settings, "forget")
    async with database.read() as db:
        shown = _shown(await tmdb_account.stored(db), settings)
    shown.message = said.message or shown.message
    return shown


async def _said(queue: ArqRedis | None, settings: Settings, action: AccountAction) -> AccountAnswer:
    """What a worker says; raises NotSetUp, Conflict and Unavailable."""
    if settings.tmdb_v4_access_token is not None:
        raise Conflict("TMDB", "account", IN_SETTINGS)
    if settings.token_key is None and action != "forget":
        raise NotSetUp(APPROVAL, "TOKEN_KEY", NO_KEY)
    if queue is None:
        raise Unavailable("Redis", "REDIS_URL is not set")
    if not (await ping(queue))["worker"]:
        raise Unavailable("The worker", "none runs")
    said = await ask_tmdb_account(queue, action)
    if not said.ok:
        raise _refused(said)
    return said


def _refused(said: AccountAnswer) -> Exception:
    because = (said.message or "").rstrip(".")
    if said.code == "not_approved":
        return Conflict("TMDB", "account", because, to_be="connected")
    if said.code in UNREACHED:
        return Unavailable("TMDB", because)
    return NotSetUp(APPROVAL, "TMDB_API_KEY", because)


def _shown(account: tmdb_account.StoredAccount, settings: Settings) -> TmdbAccount:
    token, now = settings.tmdb_v4_access_token, datetime.now(UTC)
    is_stored = account.access_token is not None and settings.token_key is not None
    account_id = account_of(token) if token else account.account_id if is_stored else None
    return TmdbAccount(
        connected=account_id is not None,
        account_id=account_id,
        origin="environment" if token else "stored" if is_stored else None,
        enabled=settings.tmdb_sync_enabled,
        can_approve=settings.token_key is not None and token is None,
        connected_at=account.connected_at if is_stored and token is None else None,
        pending_until=account.pending_until(now),
        message=_missing(account, settings, account_id),
    )


def _missing(account: tmdb_account.StoredAccount, settings: Settings, account_id: str | None) -> str | None:
    if account_id is not None:
        return None
    if settings.tmdb_v4_access_token:
        return NOT_A_USERS
    return KEY_IS_GONE if account.access_token else NOBODY


tmdb_account_router = Router(
    "/tmdb-account",
    route_handlers=[get_account, start_approval, finish_approval, forget_account],
    tags=["tmdb lists"],
)
