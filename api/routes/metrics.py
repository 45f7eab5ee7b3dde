"""Metrics, for Prometheus."""

import asyncio
from datetime import UTC, datetime

from arq.connections import ArqRedis
from litestar import MediaType, Response, Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from api.db import metrics
from api.db.engine import Database
from api.errors import Unavailable
from api.headers import METRICS
from api.measuring import Requests
from api.metrics import Scrape, exposition
from api.outlook import stale_before
from api.problems import described
from api.queue import Vitals, vitals
from api.settings import Settings

SECONDS = 2.0


@get(
    METRICS,
    operation_id="getMetrics",
    summary="Get metrics",
    media_type=MediaType.TEXT,
    responses=described(400, 401, 429),
)
async def get_metrics(
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    settings: NamedDependency[Settings],
    requests: NamedDependency[Requests],
) -> Response[bytes]:
    """What Prometheus collects: refreshes, films, sources, requests to outside hosts, the queue, and this API.

    Where the database or Redis is away, the series that come from it are absent, and `marquee_database_up` or
    `marquee_redis_up` is 0.
    """
    scope = metrics.Scope(
        followed=settings.letterboxd_username,
        country=settings.country[0],
        stale_before=stale_before(settings),
        now=datetime.now(UTC),
    )
    facts, known = await asyncio.gather(metrics.facts(database, scope, SECONDS), _vitals(queue))
    text = exposition(Scrape(requests=requests.family(), facts=facts, vitals=known))
    return Response(text, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


async def _vitals(queue: ArqRedis | None) -> Vitals | None:
    if queue is None:
        return None
    try:
        async with asyncio.timeout(SECONDS):
            return await vitals(queue)
    except (Unavailable, TimeoutError):
        return None


def provide_requests(state: State) -> Requests:
    requests: Requests = state.requests
    return requests


metrics_router = Router(
    "/",
    route_handlers=[get_metrics],
    dependencies={"requests": Provide(provide_requests, sync_to_thread=False)},
    tags=["health"],
    response_class=Response,
)
