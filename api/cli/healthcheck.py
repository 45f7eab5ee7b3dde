"""`marquee healthcheck`: whether a part of Marquee is well, as an exit code, for images without curl."""

import asyncio
import os
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import click

from api.errors import Unavailable
from api.settings import Settings, load_some

PARTS = ("live", "ready", "web", "worker")
NEEDED = ["API_URL", "API_PORT", "WEB_PORT", "REDIS_URL"]
TIMEOUT_SECONDS = 4.0


@click.command()
@click.argument("part", type=click.Choice(PARTS), default="live")
def healthcheck(part: str) -> None:
    """Exit with 0 when a part of Marquee is well, and with 1 and the reason when it is not.

    \b
    live    the API answers (the default)
    ready   the API has its database, Valkey and a worker
    web     the page answers
    worker  a worker has a heartbeat in Valkey
    """
    settings = load_some(NEEDED, os.environ)
    if part == "worker":
        _demand_heartbeat(settings)
    else:
        _demand_answer(_url(part, settings))


def _url(part: str, settings: Settings) -> str:
    if part == "web":
        return f"http://127.0.0.1:{settings.web_port}/health/live"
    return f"{settings.api_url or f'http://127.0.0.1:{settings.api_port}'}/health/{part}"


def _demand_answer(url: str) -> None:
    try:
        build_opener(ProxyHandler({})).open(url, timeout=TIMEOUT_SECONDS).close()
    except HTTPError as error:
        raise Unavailable(url, error.read(2000).decode(errors="replace").strip() or str(error)) from error
    except (OSError, HTTPException) as error:
        raise Unavailable(url, str(error)) from error


def _demand_heartbeat(settings: Settings) -> None:
    """The clients of Redis are loaded here, since the other checks run often and do without them."""
    from api.queue import is_alive

    if settings.redis_url is None:
        raise Unavailable("The worker", "REDIS_URL is not set, so its heartbeat cannot be looked up")
    if not asyncio.run(is_alive(settings.redis_url)):
        raise Unavailable("The worker", "it has no heartbeat")
