"""Notifications: where news go, and a test of that."""

from datetime import UTC, datetime

from arq.connections import ArqRedis
from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_202_ACCEPTED

from api.db import deliveries, digests
from api.db.deliveries import Target
from api.db.engine import Database
from api.errors import NowhereToSend, Unavailable
from api.problems import documented
from api.queue import enqueue_delivery, reported_targets
from api.schemas.notifications import NotificationRules, Notifications, NotificationTarget, NotificationTest
from api.settings import Settings

TEST_TITLE = "A test from Marquee"
TEST_BODY = "This is a test that was asked for. What arrives on your services will be told here."
NO_WORKER = "No worker runs, so it is not known whether this address can be used."
NO_QUEUE = "The queue (Valkey or Redis) does not answer, so it is not known whether this address can be used."


@get("/", operation_id="getNotifications", summary="Get where news go", responses=documented())
async def get_notifications(
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    settings: NamedDependency[Settings],
) -> Notifications:
    """Where news are sent, whether that can work, what is told, and what was told last."""
    async with database.read() as db:
        last_digest = await digests.newest(db)
    return Notifications(
        targets=await _targets(database, queue, settings),
        rules=NotificationRules(
            kinds=list(settings.notify_kinds),  # type: ignore[arg-type]
            offers=list(settings.notify_offers),  # type: ignore[arg-type]
            providers=list(settings.notify_providers),
        ),
        last_digest=last_digest,
    )


@post(
    "/test",
    operation_id="testNotifications",
    summary="Send a test",
    status_code=HTTP_202_ACCEPTED,
    responses=documented(409),
)
async def send_test(
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    settings: NamedDependency[Settings],
) -> NotificationTest:
    """Send a test to every target; how it went is to be seen at each of its deliveries.

    A test that fails is not sent again by itself.
    """
    if queue is None:
        raise Unavailable("Redis", "REDIS_URL is not set")
    reported = await reported_targets(queue)
    if reported is None and settings.notify_urls:
        raise Unavailable("The worker", "it has not said where it sends news")
    if not reported:
        raise NowhereToSend
    now = datetime.now(UTC)
    async with database.write() as db:
        digest_id = await digests.create(db, kind="test", title=TEST_TITLE, body=TEST_BODY, now=now)
        ids = await deliveries.add(db, digest_id, [Target(*each) for each in reported], now)
    for delivery_id in ids:
        await enqueue_delivery(queue, delivery_id)
    return NotificationTest(digest_id=digest_id, deliveries=ids)


async def _targets(database: Database, queue: ArqRedis | None, settings: Settings) -> list[NotificationTarget]:
    try:
        reported = await reported_targets(queue) if queue is not None else None
    except Unavailable:
        return _unknown(settings, NO_QUEUE)
    if reported is None:
        return _unknown(settings, NO_WORKER if queue is not None else NO_QUEUE)
    async with database.read() as db:
        tried = await deliveries.last_tried(db, [digest for digest, _, _ in reported])
    return [
        NotificationTarget(name=name, ok=problem is None, message=problem, last_delivery=tried.get(digest))
        for digest, name, problem in reported
    ]


def _unknown(settings: Settings, because: str) -> list[NotificationTarget]:
    """The addresses of the settings, of which nobody said anything."""
    return [
        NotificationTarget(name=f"Address {number}", ok=None, message=because, last_delivery=None)
        for number in range(1, len(settings.notify_urls) + 1)
    ]


notifications_router = Router("/notifications", route_handlers=[get_notifications, send_test], tags=["notifications"])
