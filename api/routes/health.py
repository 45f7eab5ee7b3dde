"""Health, for whatever watches over the process: open to everybody, and telling nothing of the inside."""

import asyncio

from arq.connections import ArqRedis
from litestar import Response, Router, get
from litestar.di import NamedDependency

from api.auth import PUBLIC
from api.db import health
from api.db.engine import Database
from api.errors import Unavailable
from api.problems import described, problem
from api.queue import ping
from api.schemas.health import Health

SECONDS = 2.0
RETRY_AFTER = "5"
Fault = tuple[str, str]


@get("/live", operation_id="getLiveness", summary="Is the process alive?", responses=described(400))
async def get_liveness() -> Health:
    """Answers while the process does."""
    return Health(checks=["process"])


@get("/ready", operation_id="getReadiness", summary="Is Marquee ready?", responses=described(400, 503))
async def get_readiness(
    database: NamedDependency[Database], queue: NamedDependency[ArqRedis | None]
) -> Health | Response[bytes]:
    """Whether the database, its revision, Redis and a worker are well; `errors` names what is not."""
    found = await asyncio.gather(health.fault(database, SECONDS), _fault_of_queue(queue))
    faults = [fault for fault in found if fault]
    if faults:
        detail = "Marquee is not ready; errors names what is missing."
        return problem(503, detail, code="not_ready", errors=faults, headers={"Retry-After": RETRY_AFTER})
    return Health(checks=["database", "revision", "redis", "worker"])


async def _fault_of_queue(queue: ArqRedis | None) -> Fault | None:
    if queue is None:
        return "redis", "REDIS_URL is not set."
    try:
        async with asyncio.timeout(SECONDS):
            alive = await ping(queue)
    except (Unavailable, TimeoutError):
        return "redis", "Redis does not answer."
    return None if alive["worker"] else ("worker", "No worker has given a sign of life lately.")


health_router = Router(
    "/health",
    route_handlers=[get_liveness, get_readiness],
    tags=["health"],
    opt={PUBLIC: True},
    response_class=Response,
)
