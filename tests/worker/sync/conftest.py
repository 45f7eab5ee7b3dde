from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.drivers.database import fresh_database
from tests.worker.sync.bench import Bench, tiles


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A place to run refreshes; alice's watchlist holds one film."""
    async with fresh_database(tmp_path) as database:
        bench = Bench(database)
        bench.letterboxd.lists["alice"] = tiles(1)
        yield bench
