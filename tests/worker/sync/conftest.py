from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.drivers.database import fresh_database
from tests.drivers.receiver import Receiver
from tests.worker.sync.bench import Bench, tiles
from tests.worker.sync.newsroom import Newsroom, furnished


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A place to run refreshes; alice's watchlist holds one film."""
    async with fresh_database(tmp_path) as database:
        bench = Bench(database)
        bench.letterboxd.lists["alice"] = tiles(1)
        yield bench


@pytest.fixture
async def newsroom(tmp_path: Path, receiver: Receiver) -> AsyncIterator[Newsroom]:
    """A place where news are made, which go to the receiver; alice lists Heat."""
    async with fresh_database(tmp_path) as database:
        yield await furnished(Newsroom(database, receiver))
