from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.drivers.marquee import Marquee, running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey


@pytest.fixture
async def marquee(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> AsyncIterator[Marquee]:
    """Marquee with one worker, following carol, whose 29 films take two pages."""
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="carol") as marquee:
        yield marquee


@pytest.fixture
async def graces(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> AsyncIterator[Marquee]:
    """Marquee with one worker, following grace, whose 140 films take long enough to be disturbed."""
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="grace") as marquee:
        yield marquee


@pytest.fixture
async def alices(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> AsyncIterator[Marquee]:
    """Marquee with one worker, following alice, whose 335 films take twelve pages."""
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="alice") as marquee:
        yield marquee
