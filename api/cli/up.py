"""`marquee up`: Valkey where none is set, the migrations, the API, the worker and the page, until Ctrl-C."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import click
import httpx
import msgspec
from sqlalchemy import make_url

from api.cli import ports, valkey
from api.cli.folders import private_folder
from api.cli.processes import Group, Sink
from api.db.migrate import upgrade
from api.schemas.problems import Problem
from api.settings import Settings, load_settings

SERVICES = ("api", "worker", "web")
READY_PATIENCE = 8.0


class Serving(NamedTuple):
    """The addresses of the page, with its last slash, and of the API, without."""

    page: str
    api: str


@click.command()
def up() -> None:
    """Run Marquee here: the API, the worker and the page, in one.

    Brings the database to the newest revision first, and starts a Valkey of its own unless REDIS_URL is set. Reads
    its settings from the environment and from .env in this folder. Ctrl-C ends everything.
    """
    settings = load_settings(os.environ)
    run(_up(settings, os.environ))


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run until the work ends by itself or someone asks it to end; asking twice ends it at once."""
    asyncio.run(_until_asked(work))


async def serve(
    group: Group,
    private: Path,
    settings: Settings,
    environ: Mapping[str, str],
    directory: Path,
) -> Serving:
    """Start everything in `group`, from the folder `directory`; returns once the API and the page answer.

    Raises SettingsError, CannotListen, NoValkey, InUse, NewerDatabase, Unavailable or ChildEnded.
    """
    given, settings = settings, ports.resolve(settings)
    environ = {**environ, **_decided(given, settings), "PYTHONUNBUFFERED": "1"}
    if settings.redis_url is None:
        environ["REDIS_URL"] = await valkey.start(group, private, _beside(settings.database_url), environ)
    await upgrade(settings.database_url)
    group.new_layer()
    serving = Serving(page=f"{ports.address(settings.host, settings.web_port)}/", api=settings.api_url)
    for name in SERVICES:
        await group.start(name, [sys.executable, "-m", name], environ, directory)
    for url in (f"{serving.api}/health/live", serving.page):
        await group.while_alive(_until_it_answers(url))
    return serving


async def _up(settings: Settings, environ: Mapping[str, str]) -> None:
    with private_folder() as private:
        async with Group(_sink(settings.log_format)) as group:
            serving = await serve(group, private, settings, environ, Path.cwd())
            await group.while_alive(greet(serving))
            raise await group.first_end()


async def greet(serving: Serving, patience: float = READY_PATIENCE) -> None:
    """Say that Marquee is ready once it is; where that takes longer than `patience`, say first what is amiss."""
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        started, told = time.monotonic(), False
        while faults := await _faults(client, f"{serving.api}/health/ready"):
            if not told and time.monotonic() - started > patience:
                click.echo(f"Marquee is up at {serving.page}, but not ready: {' '.join(faults)}")
                told = True
            await asyncio.sleep(1.0 if told else 0.1)
    click.secho(f"Marquee is ready: {serving.page}", bold=True)


async def _until_asked(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work)
    asked = False

    def ask() -> None:
        nonlocal asked
        asked = True
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, ask)
    try:
        await task
    except asyncio.CancelledError:
        if not asked:
            raise


async def _until_it_answers(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        while not await _answers(client, url):  # noqa: ASYNC110  another program cannot set an event
            await asyncio.sleep(0.1)


async def _faults(client: httpx.AsyncClient, url: str) -> list[str]:
    """What /health/ready says is not well; nothing where all is."""
    try:
        answer = await client.get(url)
    except httpx.TransportError:
        return ["The API does not answer."]
    if answer.is_success:
        return []
    with suppress(msgspec.DecodeError):
        return [fault.message for fault in msgspec.json.decode(answer.content, type=Problem).errors]
    return [f"The API answers {answer.status_code}."]


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    with suppress(httpx.TransportError):
        return not (await client.get(url)).is_server_error
    return False


def _decided(given: Settings, settings: Settings) -> dict[str, str]:
    """What the children would not find out by themselves: the ports and the address that were chosen for them."""
    names = ("api_port", "web_port", "api_url")
    return {name.upper(): str(value) for name in names if (value := getattr(settings, name)) != getattr(given, name)}


def _beside(database_url: str) -> Path:
    """Where the embedded Valkey keeps its data: beside an SQLite file, else where that would be by default."""
    url = make_url(database_url)
    local = url.get_backend_name() == "sqlite" and url.database
    return (Path(url.database).parent if local and url.database else Path("data")) / "valkey"


def _sink(log_format: str) -> Sink:
    """Each line with the name of its process before it; JSON lines say themselves where they are from.

    Valkey's are advice to those who run it as a service; they are said only when it ends unexpectedly.
    """

    def write(name: str, line: str) -> bool:
        if name == valkey.NAME:
            return False
        prefix = "" if log_format == "json" else click.style(f"{name:<6} │ ", dim=True)
        with suppress(OSError):
            click.echo(prefix + line)
        return True

    return write
