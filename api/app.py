"""The composition root of the API process: the only place that puts it together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License
from litestar.routes import BaseRoute
from litestar.types import ControllerRouterHandler

from api.auth import SCHEMES, demand_key
from api.conditional import ConditionalResponse
from api.db.engine import Database
from api.dependencies import for_every_route
from api.guards import demand_known_parameters
from api.headers import add_headers
from api.problems import HANDLERS
from api.queue import open_queue
from api.routes.docs import docs_router
from api.routes.films import films_router
from api.routes.health import health_router
from api.routes.members import members_router
from api.routes.providers import providers_router
from api.routes.refreshes import refreshes_router
from api.routes.sources import sources_router
from api.settings import Settings

PREFIX = "/api/v1"
MEGABYTE = 1024 * 1024
ROUTERS = (films_router, members_router, providers_router, refreshes_router, sources_router)


class Unserved(Router):
    """Takes Litestar's own pages of the OpenAPI document and serves none: `routes/docs.py` has ours."""

    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:
        return []


def create_app(settings: Settings) -> Litestar:
    """The API over the database and the queue that the settings name; both are opened by its lifespan."""
    return Litestar(
        route_handlers=[Router(PREFIX, route_handlers=[*ROUTERS, docs_router()]), health_router],
        dependencies=for_every_route(settings),
        guards=[demand_key(settings.api_key), demand_known_parameters],
        exception_handlers=HANDLERS,
        response_class=ConditionalResponse,
        before_send=[add_headers],
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=5, minimum_size=1024),
        request_max_body_size=MEGABYTE,
        openapi_config=openapi_config(settings),
        lifespan=[resources(settings)],
        logging_config=None,
    )


def resources(settings: Settings) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """What is open while the app lives. Neither is reached for before it is used, so Redis may be away."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        database = Database(settings.database_url)
        queue = open_queue(settings.redis_url) if settings.redis_url else None
        app.state.update(database=database, queue=queue)
        try:
            yield
        finally:
            if queue is not None:
                await queue.aclose(close_connection_pool=True)
            await database.close()

    return lifespan


def openapi_config(settings: Settings) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Marquee",
        version=version("marquee"),
        description="What is on a watchlist, where each film streams, and what changed since yesterday.",
        license=License(name="MIT", identifier="MIT"),
        components=Components(security_schemes=SCHEMES),
        security=[{name: []} for name in SCHEMES] if settings.api_key else None,
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin()],
        openapi_router=Unserved("/", route_handlers=[]),
    )
