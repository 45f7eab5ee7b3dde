"""The whole of Marquee as its users meet it: its processes, spoken to over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec

from tests.drivers.database import bring_to_newest_revision
from tests.drivers.processes import Child, free_port

PATIENCE = 90.0
ENDED = ("succeeded", "partial", "failed", "cancelled")


class Marquee:
    """An API and any number of workers on a database of their own."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self.settings = settings
        self.workers: list[Child] = []
        self.patience = PATIENCE
        self.client = httpx.AsyncClient(base_url=settings["API_URL"], timeout=10)
        self._api = Child("api", settings, folder, "api")

    async def start(self, workers: int = 1) -> None:
        await bring_to_newest_revision(self.settings["DATABASE_URL"])
        self._api.start()
        for _ in range(workers):
            await self.start_worker()
        await self.until(self.is_ready if workers else self.is_alive, "Marquee to be ready")

    async def start_worker(self, **settings: str) -> Child:
        worker = Child("worker", self.settings | settings, self.folder, f"worker-{len(self.workers) + 1}")
        worker.start()
        self.workers.append(worker)
        return worker

    async def stop(self) -> None:
        await self.client.aclose()
        for child in [*self.workers, self._api]:
            await child.kill()

    async def stop_api(self) -> None:
        await self._api.stop()

    async def start_api(self) -> None:
        self._api.start()
        await self.until(self.is_alive, "the API to be back")

    async def request_refresh(self, *members: str, force: bool = False) -> Any:
        """Ask for a refresh; the run as the API answers it."""
        body: dict[str, Any] = {"force": force}
        if members:
            body["members"] = list(members)
        answer = await self.client.post("/api/v1/refreshes", json=body)
        assert answer.status_code == 202, answer.text
        return _object(answer)

    async def refresh(self, *members: str, force: bool = False) -> Any:
        """Ask for a refresh and wait for its end."""
        return await self.ended((await self.request_refresh(*members, force=force)).id)

    async def run(self, refresh_id: int) -> Any:
        return await self.get(f"/api/v1/refreshes/{refresh_id}")

    async def ended(self, refresh_id: int) -> Any:
        return await self.run_until(refresh_id, lambda run: run.status in ENDED, "the end of the refresh")

    async def run_until(self, refresh_id: int, condition: Callable[[Any], bool], what: str) -> Any:
        """The run as soon as it meets the condition."""
        found: list[Any] = []

        async def look() -> bool:
            found[:] = [await self.run(refresh_id)]
            return condition(found[0])

        await self.until(look, what)
        return found[0]

    async def cancel(self, refresh_id: int) -> httpx.Response:
        return await self.client.post(f"/api/v1/refreshes/{refresh_id}/cancel")

    async def order_lists(self, **body: Any) -> Any:
        """Ask for a sync of TMDB lists; the run as the API answers it."""
        answer = await self.client.post("/api/v1/tmdb-lists/sync", json=body)
        assert answer.status_code == 202, answer.text
        return answer.json()

    async def sync_lists(self, **body: Any) -> Any:
        """Ask for a sync of TMDB lists and wait for its end."""
        return await self.lists_ended(await self.order_lists(**body))

    async def lists_ended(self, run: Any) -> Any:
        return await self.lists_until(run, lambda run: run["finished_at"] is not None, "the end of the sync")

    async def lists_until(self, run: Any, condition: Callable[[Any], bool], what: str) -> Any:
        """The sync as soon as it meets the condition."""
        found: list[Any] = []

        async def look() -> bool:
            found[:] = [(await self.client.get(f"/api/v1/tmdb-lists/syncs/{run['id']}")).json()]
            return condition(found[0])

        await self.until(look, what)
        return found[0]

    async def source(self, member: str, source: str = "watchlist") -> Any:
        answer = await self.get(f"/api/v1/sources?member={member}")
        [found] = [item for item in answer["items"] if item.source == source]
        return found

    async def watchlist(self, member: str) -> list[Any]:
        """All films on the member's watchlist, in its order."""
        films: list[Any] = []
        page = 1
        while True:
            answer = await self.get(f"/api/v1/members/{member}/watchlist?page_size=100&page={page}")
            films += answer["items"]
            if not answer["has_next"]:
                return films
            page += 1

    async def slugs(self, member: str) -> list[str]:
        return [film.slug for film in await self.watchlist(member)]

    async def film(self, slug: str) -> Any:
        return await self.get(f"/api/v1/films/{slug}")

    async def get(self, path: str) -> Any:
        answer = await self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return _object(answer)

    async def until(self, condition: Callable[[], Awaitable[bool]], what: str) -> None:
        """Wait until the condition holds; fails with the logs when it does not come."""
        try:
            async with asyncio.timeout(self.patience):
                while not await condition():  # noqa: ASYNC110  another process decides
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}\n{self.logs()}") from None

    def logs(self) -> str:
        return "\n".join(f"--- {child.name}\n{child.log[-4000:]}" for child in [self._api, *self.workers])

    async def is_ready(self) -> bool:
        return await self._answers("/health/ready")

    async def is_alive(self) -> bool:
        return await self._answers("/health/live")

    async def _answers(self, path: str) -> bool:
        assert not self._api.ended, self.logs()
        try:
            return (await self.client.get(path)).status_code == 200
        except httpx.TransportError:
            return False


def _object(answer: httpx.Response) -> Any:
    """The JSON answer, its inner objects with attributes."""
    plain = msgspec.json.decode(answer.content)
    if "items" in plain:
        return plain | {"items": [SimpleNamespace(**item) for item in plain["items"]]}
    if "counts" in plain:
        plain["counts"] = SimpleNamespace(**plain["counts"])
    return SimpleNamespace(**plain)


@asynccontextmanager
async def running(
    folder: Path, *, redis_url: str, upstream: Any, workers: int = 1, **settings: str
) -> AsyncIterator[Marquee]:
    """Marquee on this Redis and this upstream, without a schedule and in a hurry; its processes end with the block."""
    port = free_port()
    marquee = Marquee(
        folder,
        {
            "LETTERBOXD_USERNAME": "alice",
            "TMDB_API_KEY": "demo",
            "COUNTRY": "GB,US",
            "REFRESH_SCHEDULE": "off",
            "REFRESH_MIN_INTERVAL": "0",
            "HOUSEKEEPING_SCHEDULE": "off",
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'marquee.db'}",
            "REDIS_URL": redis_url,
            "API_PORT": str(port),
            "API_URL": f"http://127.0.0.1:{port}",
            "LETTERBOXD_BASE_URL": upstream.letterboxd_url,
            "TMDB_BASE_URL": upstream.tmdb_url,
            "TMDB_IMAGE_BASE_URL": upstream.tmdb_image_url,
            "LETTERBOXD_REQUEST_INTERVAL": "0.01",
            "TMDB_REQUESTS_PER_SECOND": "500",
            **settings,
        },
    )
    try:
        await marquee.start(workers)
        yield marquee
    finally:
        await marquee.stop()
