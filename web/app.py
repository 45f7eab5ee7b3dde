"""The composition root of the page's process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader
from litestar.di import Provide
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig

from web.client import MarqueeApi, open_api
from web.pages.changes import show_changes
from web.pages.errors import error_handlers
from web.pages.feeds import pass_feed
from web.pages.film import show_film
from web.pages.films import show_watchlist
from web.pages.health import live
from web.pages.matches import decide, export_decisions, import_decisions, look_again, show_questions, take_back
from web.pages.member import refresh_member, return_to_member, show_member
from web.pages.members import add_member, remove_member, return_to_members, show_members
from web.pages.notifications import retry_delivery, return_to_notifications, send_test, show_notifications
from web.pages.pick import show_pick
from web.pages.refreshes import cancel_refresh, newest_bar, refresh_bar, start_refresh
from web.pages.services import choose_services, show_services
from web.pages.sources import show_sample, show_sources
from web.pages.tmdb_lists import ask_for_approval, finish_approval, lists_part, return_to_lists, sync_list
from web.rendering import STATIC, template_engine
from web.security import header_hook, own_pages_only
from web.settings import Settings
from web.words import Clock

YEAR = 365 * 24 * 3600
PAGES = (
    show_watchlist,
    start_refresh,
    newest_bar,
    refresh_bar,
    cancel_refresh,
    show_changes,
    show_film,
    show_members,
    add_member,
    remove_member,
    return_to_members,
    show_member,
    refresh_member,
    return_to_member,
    lists_part,
    sync_list,
    ask_for_approval,
    finish_approval,
    return_to_lists,
    show_pick,
    show_services,
    choose_services,
    show_questions,
    decide,
    take_back,
    look_again,
    export_decisions,
    import_decisions,
    show_sources,
    show_sample,
    show_notifications,
    return_to_notifications,
    send_test,
    retry_delivery,
    live,
    pass_feed,
)


def create_app(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> Litestar:
    """The page; `transport` replaces the network between it and the API in tests."""
    api = open_api(settings, transport)

    @asynccontextmanager
    async def closing_api(_: Litestar) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await api.close()

    return Litestar(
        route_handlers=[*PAGES, _static_files()],
        dependencies=_dependencies(api, settings),
        guards=[own_pages_only],
        before_send=[header_hook(settings.tmdb_image_base_url)],
        exception_handlers=error_handlers(),
        template_config=TemplateConfig(instance=template_engine()),
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=5),
        lifespan=[closing_api],
        logging_config=None,
        openapi_config=None,
        request_max_body_size=64 * 1024,
    )


def _static_files() -> Router:
    lasting = CacheControlHeader(public=True, max_age=YEAR, immutable=True)
    return create_static_files_router(path="/static", directories=[STATIC], cache_control=lasting)


def _dependencies(api: MarqueeApi, settings: Settings) -> dict[str, Provide]:
    """What a page may ask for by name."""
    zone = ZoneInfo(settings.refresh_timezone)
    return {
        "api": Provide(lambda: api, sync_to_thread=False),
        "settings": Provide(lambda: settings, sync_to_thread=False),
        "clock": Provide(lambda: Clock(datetime.now(UTC), zone), sync_to_thread=False),
    }
