"""The built-in outside world in the test's own process."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import httpx
import pytest

from worker.demo.app import create_demo
from worker.demo.world import World

Control = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture(scope="session")
def world() -> World:
    return World.ordinary()


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of a demo that is as it was at first; nothing is followed."""
    app = create_demo(world)
    transport = httpx.ASGITransport(app=cast(Any, app))
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://demo") as caller:
        yield caller


@pytest.fixture
def tmdb(client: httpx.AsyncClient) -> Control:
    """`await tmdb("/movie/1", page=2)`: one call of TMDB's API with a good key."""

    async def call(path: str, /, **params: Any) -> httpx.Response:
        return await client.get(f"/tmdb/3{path}", params=params, headers={"authorization": "Bearer demo"})

    return call


@pytest.fixture
def control(client: httpx.AsyncClient) -> Control:
    """`await control("/faults", kind="challenge", path="/alice/")`: one order to the demo."""

    async def order(order_path: str, /, **body: Any) -> httpx.Response:
        return (await client.post(f"/_demo{order_path}", json=body)).raise_for_status()

    return order
