"""Profiles: who a member is, and whom Marquee follows beside the settings."""

from datetime import timedelta
from typing import Annotated

from arq.connections import ArqRedis
from litestar import Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from api import unread
from api.answers import FOLLOWS, FROM_DATA
from api.db import members, profiles, refreshes
from api.db.engine import Database
from api.db.links import Links
from api.dependencies import known_member
from api.errors import Conflict, Unavailable
from api.guards import demand_json
from api.problems import POLL_SECONDS, documented
from api.queue import ping
from api.routes.refreshes import WHERE_TO_WATCH, hand_over
from api.schemas.profiles import Keep, MemberRefresh, NewMember, Profile
from api.schemas.refreshes import Refresh
from api.settings import Settings
from api.unread import BEING_READ

KeepWhat = Annotated[
    Keep,
    QueryParameter(
        description="What stays of what was read: `everything`, so that it is there when the member is added again,"
        " or `nothing`."
    ),
]


@get("/{username:str}", operation_id="getMember", summary="Get a member", responses=documented(404) | BEING_READ)
async def get_member(
    username: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    links: NamedDependency[Links],
) -> Profile:
    """Who a member is: the profile on Letterboxd, the favourite films, and the state of all that is read.

    Where the profile was never read, the answer is the refresh that reads it (202), or says why there is none.
    """
    async with database.read() as db:
        name = await known_member(db, username, settings)
        found = await profiles.of_member(db, name, links)
        if found.display_name is None:
            await unread.explain(db, name, "profile", settings)
        return found


@post(
    "/",
    operation_id="addMember",
    summary="Follow a member",
    status_code=HTTP_202_ACCEPTED,
    guards=[demand_json],
    response_headers=WHERE_TO_WATCH,
    responses=documented(413, 415),
)
async def add_member(
    data: JSONBody[NewMember], database: NamedDependency[Database], queue: NamedDependency[ArqRedis | None]
) -> Response[Refresh]:
    """Follow a member of Letterboxd beside those in the settings; the answer is the refresh that reads them.

    One whom Letterboxd does not know has a source `profile` that is `missing` when that has ended.
    """
    redis = await _demand_queue(queue)
    name = data.username.lower()
    async with database.write() as db:
        await members.follow(db, name)
        run = await refreshes.start(db, [name], trigger="manual", force=False)
    return await _started(database, redis, run)


@delete(
    "/{username:str}",
    operation_id="removeMember",
    summary="Follow a member no more",
    status_code=HTTP_204_NO_CONTENT,
    responses=documented(404, 409),
)
async def remove_member(
    username: FromPath[str],
    keep: KeepWhat,
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
) -> None:
    """Follow a member no more. One that is in the settings can only be taken out there."""
    name = username.lower()
    if name in settings.letterboxd_username:
        raise Conflict("member", name, "LETTERBOXD_USERNAME names them", to_be="removed")
    async with database.write() as db:
        member_id = await members.by_username(db, name)
        if await refreshes.is_busy(db, member_id):
            raise Conflict("member", name, "they are being refreshed", to_be="removed")
        await members.forget(db, member_id, keep_data=keep == "everything")


@post(
    "/{username:str}/refresh",
    operation_id="refreshMember",
    summary="Refresh a member",
    status_code=HTTP_202_ACCEPTED,
    guards=[demand_json],
    response_headers=WHERE_TO_WATCH,
    responses=documented(404, 413, 415),
)
async def refresh_member(
    username: FromPath[str],
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    settings: NamedDependency[Settings],
    data: JSONBody[MemberRefresh | None] = None,
) -> Response[Refresh]:
    """Read one member again, or some sources of theirs.

    Where the member is being refreshed already, the answer is the running refresh, with `already_running`: its
    `sources` say what it reads.
    """
    order, redis = data or MemberRefresh(), await _demand_queue(queue)
    chosen = order.sources and list(dict.fromkeys(order.sources))
    pause = timedelta(seconds=settings.refresh_min_interval)
    async with database.write() as db:
        name = await known_member(db, username, settings)
        run = await refreshes.start(db, [name], trigger="manual", force=order.force, sources=chosen, pause=pause)
    return await _started(database, redis, run)


async def _demand_queue(queue: ArqRedis | None) -> ArqRedis:
    """The queue, which answers; raises Unavailable."""
    if queue is None:
        raise Unavailable("Redis", "REDIS_URL is not set")
    await ping(queue)
    return queue


async def _started(database: Database, queue: ArqRedis, run: Refresh) -> Response[Refresh]:
    if not run.already_running:
        run = await hand_over(database, queue, run)
    return Response(run, headers={"Location": f"/api/v1/refreshes/{run.id}", "Retry-After": POLL_SECONDS})


profiles_router = Router(
    "/members",
    route_handlers=[get_member, add_member, remove_member, refresh_member],
    tags=["members"],
    opt={FOLLOWS: FROM_DATA},
)
