"""How long a list on TMDB takes, and how often TMDB is asked for it.

`uv run python -m tests.benchmarks.tmdb_lists` has the API bring a list of 1,000 films in step for the first time, again
with nothing changed, and again after somebody changed it by hand, on the built-in TMDB, at the allowed rate.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from api.db.engine import Database
from tests.drivers.marquee import Marquee, running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey
from tests.worker.sync.tmdb_lists.librarian import Librarian
from worker.demo.lists import token
from worker.demo.world import World

MOST_UNCHANGED = 2
HEAD = f"{'sync':<18} {'titles':>7} {'seconds':>8} {'requests':>9}"


class Options(msgspec.Struct, frozen=True):
    films: int
    rate: float
    latency: float


async def measure(options: Options, folder: Path) -> None:
    settings: dict[str, Any] = {
        "LETTERBOXD_USERNAME": "ana",
        "TMDB_SYNC_ENABLED": "true",
        "TMDB_V4_ACCESS_TOKEN": token(),
        "TMDB_SYNC_LIMIT": str(options.films),
        "TMDB_REQUESTS_PER_SECOND": str(options.rate),
    }
    with Valkey() as valkey:
        async with Upstream(films=options.films) as upstream:
            await upstream.latency(tmdb=options.latency)
            async with running(folder, redis_url=valkey.url, upstream=upstream, **settings) as marquee:
                marquee.patience = 3600.0
                await measure_syncs(options, marquee, upstream)


async def measure_syncs(options: Options, marquee: Marquee, upstream: Upstream) -> None:
    database = Database(marquee.settings["DATABASE_URL"])
    librarian = Librarian(database, upstream, World.large(options.films))
    titles = librarian.titles[: options.films]
    assert len(titles) == options.films
    await librarian.loves("ana", titles)
    await database.close()
    print(HEAD)
    assert await one(marquee, upstream, "first", options.films) > 0
    requests = await one(marquee, upstream, "unchanged", options.films)
    assert requests <= MOST_UNCHANGED, f"an unchanged list took {requests} requests"
    [made] = await upstream.tmdb_lists()
    assert made.items == titles
    await upstream.change_list(made.id, "remove", titles[-1])
    await one(marquee, upstream, "changed by hand", options.films)


async def one(marquee: Marquee, upstream: Upstream, name: str, films: int) -> int:
    """Print what a sync took; the number of requests to TMDB."""
    await upstream.forget_requests()
    started = time.monotonic()
    run = await marquee.sync_lists()
    seconds = time.monotonic() - started
    assert run["state"] == "succeeded", run
    requests = await upstream.requests("/4/")
    print(f"{name:<18} {films:>7} {seconds:>8.1f} {requests:>9}", flush=True)
    return requests


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--films", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=20.0, help="requests to TMDB per second")
    parser.add_argument("--latency", type=float, default=0.12, help="seconds that each answer of TMDB takes")
    options = Options(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory(prefix="marquee-benchmark-") as folder:
        asyncio.run(measure(options, Path(folder)))


if __name__ == "__main__":
    main()
