"""The composition root of the API process: the only place that puts it together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig

from api.answers import FOLLOWS, FROM_DATA_AND_TIME, Answers, answer_who_knows, remembering
from api.auth import demand_key
from api.conditional import ConditionalResponse
from api.db.engine import Database
from api.dependencies import for_every_route
from api.formats.lists import ListsAsFiles
from api.guards import demand_host, demand_known_parameters, demand_text, demand_values, in_turn
from api.headers import adding_headers
from api.measuring import Requests, measuring
from api.methods import EveryMethodTold, answering_head
from api.openapi import openapi_config
from api.problems import HANDLERS
from api.queue import open_queue
from api.routes.availability import availability_router
from api.routes.corrections import corrections_router
from api.routes.decisions import decisions_router
from api.routes.deliveries import deliveries_router
from api.routes.docs import docs_router
from api.routes.events import events_router
from api.routes.feeds import feed_links_router, feeds_router
from api.routes.films import films_router
from api.routes.health import health_router
from api.routes.housekeeping import housekeeping_router
from api.routes.lists import list_links_router, lists_router
from api.routes.matches import match_router, matches_router
from api.routes.members import members_router
from api.routes.metrics import metrics_router
from api.routes.notifications import notifications_router
from api.routes.pick import pick_router
from api.routes.plan import plan_router
from api.routes.prices import prices_router
from api.routes.profiles import profiles_router
from api.routes.providers import brands_router, providers_router
from api.routes.ratings import ratings_router
from api.routes.refreshes import refreshes_router
from api.routes.services import services_router
from api.routes.sources import sources_router
from api.routes.statistics import statistics_router
from api.routes.summary import summary_router
from api.routes.tmdb_account import tmdb_account_router
from api.routes.tmdb_lists import tmdb_lists_router
from api.settings import Settings

PREFIX = "/api/v1"
MEGABYTE = 1024 * 1024
ROUTERS = (
    availability_router,
    brands_router,
    corrections_router,
    decisions_router,
    deliveries_router,
    events_router,
    feed_links_router,
    films_router,
    match_router,
    matches_router,
    housekeeping_router,
    list_links_router,
    members_router,
    notifications_router,
    pick_router,
    plan_router,
    prices_router,
    profiles_router,
    providers_router,
    ratings_router,
    refreshes_router,
    services_router,
    sources_router,
    statistics_router,
    summary_router,
    tmdb_account_router,
    tmdb_lists_router,
)


def create_app(settings: Settings) -> Litestar:
    """The API over the database and the queue that the settings name; both are opened by its lifespan."""
    app = Litestar(
        route_handlers=[
            Router(PREFIX, route_handlers=[*ROUTERS, docs_router()], opt={FOLLOWS: FROM_DATA_AND_TIME}),
            feeds_router,
            lists_router,
            health_router,
            metrics_router,
        ],
        dependencies=for_every_route(settings),
        guards=[
            in_turn(demand_host, demand_key(settings.api_key), demand_text, demand_known_parameters, demand_values)
        ],
        exception_handlers=HANDLERS,
        response_class=ConditionalResponse,
        before_request=answer_who_knows,
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=5, minimum_size=1024),
        request_max_body_size=MEGABYTE,
        openapi_config=openapi_config(settings),
        plugins=[ListsAsFiles(), EveryMethodTold()],
        lifespan=[resources(settings)],
        logging_config=None,
    )
    remembered = remembering(adding_headers(app.asgi_handler), app.state)
    app.asgi_handler = answering_head(measuring(remembered, app.state))
    return app


def resources(settings: Settings) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """What is open or kept while the app lives; nothing is reached for before it is used, so Redis may be away."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = Database(settings.database_url)
            stack.push_async_callback(database.close)
            queue = open_queue(settings.redis_url) if settings.redis_url else None
            if queue is not None:
                stack.push_async_callback(queue.aclose, close_connection_pool=True)
            app.state.update(database=database, queue=queue, answers=Answers(), requests=Requests())
            yield

    return lifespan
