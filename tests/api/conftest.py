from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from api.app import create_app
from api.db.engine import Database
from api.settings import Settings
from tests.drivers.database import fresh_database

NOBODY = "redis://127.0.0.1:1"
"""A port that nobody listens on: Redis is away."""


class Serve(Protocol):
    """Runs the API in this process, with settings changed for the test, and gives a client of it."""

    def __call__(self, **changes: object) -> AbstractAsyncContextManager[httpx.AsyncClient]: ...


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(tmp_path) as database:
        yield database


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    usual = {
        "letterboxd_username": ("alice", "bob"),
        "tmdb_api_key": "secret",
        "country": ("GB", "DE"),
        "database_url": f"sqlite+aiosqlite:///{tmp_path / 'marquee.db'}",
        "letterboxd_base_url": "https://letterboxd.test",
        "tmdb_image_base_url": "https://images.test/t/p",
    }

    @asynccontextmanager
    async def serving(**changes: object) -> AsyncIterator[httpx.AsyncClient]:
        app = create_app(Settings(**(usual | changes)))  # type: ignore[arg-type]
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            yield client

    return serving


@pytest.fixture
async def client(serve: Serve, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API while Redis is away."""
    async with serve(redis_url=NOBODY) as client:
        yield client
