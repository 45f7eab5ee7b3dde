"""`marquee demo`: all of Marquee on a Letterboxd and a TMDB of its own, offline, in a temporary folder."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from api.cli.folders import DEMO, private_folder
from api.cli.processes import Group
from api.cli.up import run, serve
from api.settings import load_settings, setting_names

UPSTREAM = "the demo's Letterboxd and TMDB"
UPSTREAM_COMMAND = [sys.executable, "-m", "worker.demo", "--port", "0"]
LISTENING = "listening on "
ACCOUNT = (
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI1YjBkM2E5YzBlMGEyNjEyZDUwMDBhMTEiLCJzY29wZXMiOlsiYXBpX3JlYWQiLCJhcGlfd3JpdGUiXSwi"
    "anRpIjoiZGVtbyJ9.unsigned"
)
"""A token of the one account that the built-in TMDB knows; elsewhere it opens nothing."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the page listens.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="The page's port; a free one by default.")
def demo(host: str, port: int) -> None:
    """See Marquee at work without an account, a key or the internet.

    Runs everything on a built-in Letterboxd and TMDB with made-up members and offers. Your settings are not read,
    and nothing is kept: Ctrl-C ends it and removes its data.
    """
    click.echo("Marquee's demo is starting; nothing leaves this machine …")
    run(_demo(host, port))


async def _demo(host: str, port: int) -> None:
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def sink(name: str, line: str) -> bool:
        if name == UPSTREAM and line.startswith(LISTENING) and not listening.done():
            listening.set_result(line.removeprefix(LISTENING).strip())
        return False

    with private_folder() as private:
        directory = private / DEMO
        directory.mkdir()
        async with Group(sink) as group:
            environ = {**_without_settings(os.environ), "PYTHONUNBUFFERED": "1"}
            await group.start(UPSTREAM, UPSTREAM_COMMAND, environ, directory)
            upstream = await group.while_alive(_value(listening))
            environ |= demo_settings(upstream, directory, host, port)
            serving = await serve(group, private, load_settings(environ, directory), environ, directory)
            click.secho(f"\n  Open {serving.page}", bold=True)
            port_of_api = serving.api.rpartition(":")[2]
            click.echo(f"  The API answers on port {port_of_api}, and is described at {serving.api}/api/v1/docs")
            click.echo(f"  Other commands find it by that port: API_PORT={port_of_api} marquee top-rated alice\n")
            click.echo("Ctrl-C ends the demo and removes its data.")
            raise await group.first_end()


def demo_settings(upstream: str, directory: Path, host: str, port: int) -> dict[str, str]:
    """The demo's whole configuration, as an environment."""
    return {
        "LETTERBOXD_USERNAME": "alice,bob",
        "TMDB_API_KEY": "demo",
        "COUNTRY": "GB,US",
        "DATABASE_URL": f"sqlite+aiosqlite:///{directory}/marquee.db",
        "HOST": host,
        "API_PORT": "0",
        "WEB_PORT": str(port),
        "LETTERBOXD_BASE_URL": upstream,
        "TMDB_BASE_URL": f"{upstream}/tmdb",
        "TMDB_IMAGE_BASE_URL": f"{upstream}/tmdb/t/p",
        "TMDB_SYNC_ENABLED": "true",
        "TMDB_V4_ACCESS_TOKEN": ACCOUNT,
        "REFRESH_MIN_INTERVAL": "0",
        "LETTERBOXD_REQUEST_INTERVAL": "0.5",
    }


def _without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    names = {name for setting in setting_names() for name in (setting, f"{setting}_FILE")}
    return {name: value for name, value in environ.items() if name not in names}


async def _value(future: asyncio.Future[str]) -> str:
    return await future
