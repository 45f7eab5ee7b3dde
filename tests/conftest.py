"""Fixtures for every test: the event loop, and the servers that outlive one test."""

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from tests.drivers.postgresql import postgresql_server
from tests.drivers.receiver import Receiver
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait for processes of their own."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Marquee runs on asyncio; session-wide, so that async fixtures may be too."""
    return "asyncio"


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Valkey]:
    with Valkey() as server:
        yield server


@pytest.fixture
async def valkey(valkey_server: Valkey) -> Valkey:
    """A running Valkey that holds nothing."""
    valkey_server.start()
    await valkey_server.forget()
    return valkey_server


@pytest.fixture(scope="session")
async def upstream_server() -> AsyncIterator[Upstream]:
    async with Upstream() as upstream:
        yield upstream


@pytest.fixture
async def upstream(upstream_server: Upstream) -> Upstream:
    """Letterboxd and TMDB as they were yesterday, well and quick."""
    await upstream_server.reset()
    return upstream_server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somewhere for news to arrive."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    """A running PostgreSQL server; skips where none can run."""
    with postgresql_server() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql: Any) -> str:
    """The address of a PostgreSQL database that holds nothing."""
    postgresql.psql("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
    return str(postgresql.get_uri()).replace("postgresql://", "postgresql+asyncpg://", 1)
