"""Deliveries: what became of each digest at each target, and trying again."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from litestar.status_codes import HTTP_202_ACCEPTED

from api.answers import FOLLOWS, FROM_DATA
from api.db import deliveries
from api.db.engine import Database
from api.db.paging import Paging
from api.dependencies import LARGEST_ID, SortOrder
from api.problems import documented
from api.schemas.notifications import Delivery
from api.schemas.pages import Page

SortBy = Annotated[Literal["created_at"], QueryParameter(description="What to sort by.")]
DeliveryId = Annotated[int, PathParameter(ge=0, le=LARGEST_ID)]


@get("/", operation_id="listDeliveries", summary="List deliveries", responses=documented())
async def list_deliveries(
    database: NamedDependency[Database],
    paging: NamedDependency[Paging],
    sort_by: SortBy = "created_at",
    sort_order: SortOrder = "desc",
) -> Page[Delivery]:
    """The deliveries of news, newest first, with the reason of each that failed."""
    async with database.read() as db:
        return await deliveries.listing(db, paging, descending=sort_order == "desc")


@get("/{delivery_id:int}", operation_id="getDelivery", summary="Get a delivery", responses=documented(404))
async def get_delivery(delivery_id: DeliveryId, database: NamedDependency[Database]) -> Delivery:
    """One delivery: how it stands, and why."""
    async with database.read() as db:
        return await deliveries.by_id(db, delivery_id)


@post(
    "/{delivery_id:int}/retry",
    operation_id="retryDelivery",
    summary="Send a delivery again",
    status_code=HTTP_202_ACCEPTED,
    responses=documented(404, 409),
)
async def retry_delivery(delivery_id: DeliveryId, database: NamedDependency[Database]) -> Delivery:
    """Send it again within seconds. One of unknown outcome may then arrive twice; one that was sent is refused."""
    async with database.write() as db:
        return await deliveries.retry(db, delivery_id, datetime.now(UTC))


deliveries_router = Router(
    "/deliveries",
    route_handlers=[list_deliveries, get_delivery, retry_delivery],
    tags=["notifications"],
    opt={FOLLOWS: FROM_DATA},
)
