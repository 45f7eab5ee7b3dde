from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

import httpx
import pytest
from litestar import Litestar

from api.app import create_app
from api.db.engine import Database
from api.settings import Settings
from tests.drivers.database import fresh_database

NOBODY = "redis://127.0.0.1:1"
"""A port that nobody listens on: Redis is away."""


Idle = defaultdict[Settings, list[Litestar]]
"""Apps that no test uses now, by their settings; one with a key remembers who failed."""


class Serve(Protocol):
    """Runs the API in this process, with settings changed for the test, and gives a client of it."""

    def __call__(self, **changes: object) -> AbstractAsyncContextManager[httpx.AsyncClient]: ...


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(tmp_path) as database:
        yield database


@pytest.fixture(scope="session")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is the present test's, by a name that stays: the same settings mean the same app."""
    return tmp_path_factory.mktemp("api") / "here"


@pytest.fixture(scope="session")
def idle() -> Idle:
    return defaultdict(list)


@pytest.fixture
def serve(tmp_path: Path, here: Path, idle: Idle) -> Serve:
    """Apps are used again: they take longer to be put together than most tests, and what a start leaves goes with its
    lifespan.
    """
    here.unlink(missing_ok=True)
    here.symlink_to(tmp_path)
    usual = {
        "letterboxd_username": ("alice", "bob"),
        "tmdb_api_key": "secret",
        "country": ("GB", "DE"),
        "database_url": f"sqlite+aiosqlite:///{here / 'marquee.db'}",
        "letterboxd_base_url": "https://letterboxd.test",
        "tmdb_image_base_url": "https://images.test/t/p",
    }

    @asynccontextmanager
    async def serving(**changes: object) -> AsyncIterator[httpx.AsyncClient]:
        settings = Settings(**(usual | changes))  # type: ignore[arg-type]
        app = idle[settings].pop() if idle[settings] else create_app(settings)
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            yield client
        if settings.api_key is None:
            idle[settings].append(app)

    return serving


@pytest.fixture
async def client(serve: Serve, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API while Redis is away."""
    async with serve(redis_url=NOBODY) as client:
        yield client
