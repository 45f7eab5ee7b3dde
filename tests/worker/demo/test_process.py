"""The built-in outside world as a process, spoken to by its driver."""

from collections.abc import AsyncIterator

import anyio
import httpx
import pytest

from tests.drivers.upstream import Upstream

TMDB_KEY = {"authorization": "Bearer demo"}


@pytest.fixture(scope="module")
async def process() -> AsyncIterator[Upstream]:
    async with Upstream() as upstream:
        yield upstream


@pytest.fixture
async def upstream(process: Upstream) -> Upstream:
    await process.reset()
    return process


@pytest.fixture
async def client(upstream: Upstream) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=upstream.letterboxd_url, trust_env=False) as caller:
        yield caller


async def test_both_hosts_and_the_images_are_served(upstream: Upstream, client: httpx.AsyncClient) -> None:
    film = await upstream.film("parasite")
    assert (await client.get("/alice/watchlist/")).status_code == 200
    details = await client.get(f"{upstream.tmdb_url}/3/movie/{film.tmdb[1] if film.tmdb else 0}", headers=TMDB_KEY)
    assert details.json()["title"] == "Parasite"
    poster = await client.get(f"{upstream.tmdb_image_url}/w342{details.json()['poster_path']}")
    assert poster.headers["content-type"].startswith("image/svg+xml")


async def test_a_reset_connection_is_a_transport_error(upstream: Upstream, client: httpx.AsyncClient) -> None:
    await upstream.reset_connection("/alice/watchlist/")
    with pytest.raises(httpx.TransportError):
        await client.get("/alice/watchlist/")
    assert (await client.get("/alice/watchlist/")).status_code == 200


async def test_the_driver_speaks_every_word(upstream: Upstream, client: httpx.AsyncClient) -> None:
    await upstream.challenge("/alice/watchlist/page/2/")
    assert (await client.get("/alice/watchlist/page/2/")).headers["cf-mitigated"] == "challenge"
    await upstream.rate_limit("/3/*", retry_after=3)
    assert (await client.get("/tmdb/3/configuration", headers=TMDB_KEY)).headers["retry-after"] == "3"
    await upstream.fail("/bob/watchlist/", status=502)
    assert (await client.get("/bob/watchlist/")).status_code == 502
    await upstream.change_markup("/carol/watchlist/")
    assert "griditem" not in (await client.get("/carol/watchlist/")).text
    await upstream.clear()
    await upstream.halve("/carol/*")
    assert (await client.get("/carol/watchlist/")).text.count("griditem") == 14
    await upstream.markup("old")
    assert (await client.get("/bob/watchlist/")).text.count('class="really-lazy-load') > 28
    await upstream.private("bob")
    await upstream.missing("carol")
    answers = [(await client.get(f"/{member}/watchlist/")).status_code for member in ("bob", "carol", "dave")]
    assert answers == [403, 404, 200]
    await upstream.refuse_key()
    assert (await client.get("/tmdb/3/configuration", headers=TMDB_KEY)).status_code == 401


async def test_the_driver_changes_watchlists_and_days(upstream: Upstream, client: httpx.AsyncClient) -> None:
    before = await upstream.watchlist("bob")
    await upstream.remove_from_watchlist("bob", before[3])
    await upstream.add_to_watchlist("bob", before[3])
    assert await upstream.watchlist("bob") == [before[3], *before[:3], *before[4:]]
    await upstream.move_while_read("bob")
    await client.get("/bob/watchlist/")
    assert len(await upstream.watchlist("bob")) == 29
    changes = await upstream.changes()
    assert changes.arrivals[0] not in await upstream.offers(changes.arrivals[0].slug)
    await upstream.today()
    assert changes.arrivals[0] in await upstream.offers(changes.arrivals[0].slug)
    assert changes.departures[0] not in await upstream.offers(changes.departures[0].slug)


async def test_the_driver_counts(upstream: Upstream, client: httpx.AsyncClient) -> None:
    for _ in range(3):
        await client.get("/tmdb/3/movie/1", headers=TMDB_KEY)
    await client.get("/film/parasite/")
    assert await upstream.requests() == 4
    assert await upstream.requests("/3/") == 3
    assert await upstream.paths("/film/") == {"/film/parasite/": 1}
    assert 1 <= await upstream.peak_rate("tmdb") <= 3
    await upstream.refuse_faster_than("tmdb", 0.01)
    answers = [(await client.get("/tmdb/3/configuration", headers=TMDB_KEY)).status_code for _ in range(2)]
    assert answers == [200, 429]
    await upstream.forget_requests()
    assert await upstream.requests() == 0


async def test_slow_answers_do_not_wait_for_each_other(upstream: Upstream, client: httpx.AsyncClient) -> None:
    await upstream.delay("/film/parasite/", 60)
    await upstream.latency(tmdb=0.01)
    async with anyio.create_task_group() as group:
        group.start_soon(client.get, "/film/parasite/")
        while not await upstream.requests("/film/parasite/"):
            await anyio.lowlevel.checkpoint()
        assert (await client.get("/film/parasite/json")).status_code == 301
        assert (await client.get("/tmdb/3/configuration", headers=TMDB_KEY)).status_code == 200
        group.cancel_scope.cancel()


async def test_a_larger_world_can_be_started() -> None:
    async with Upstream(films=700) as upstream:
        assert len(await upstream.watchlist("alice")) == 700
