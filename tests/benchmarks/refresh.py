"""How close a refresh comes to the bound that the two rate limits set.

`uv run python -m tests.benchmarks.refresh` refreshes 1,000 new films against the built-in Letterboxd and TMDB, and
the same films a day later with nothing changed. The bound is what the requests made take at the allowed rates:
max(Letterboxd requests x interval, TMDB requests / rate).
"""

import argparse
import asyncio
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from tests.drivers.marquee import Marquee, running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey

DAY = "-24 hours"


class Options(msgspec.Struct, frozen=True):
    films: int
    interval: float
    rate: float
    letterboxd_latency: float
    tmdb_latency: float


class Measured(msgspec.Struct, kw_only=True):
    """One refresh: seconds of wall time, and how often each host was asked."""

    name: str
    films: int
    seconds: float
    lists: int
    film_pages: int
    tmdb: int

    def bound(self, options: Options) -> float:
        return max((self.lists + self.film_pages) * options.interval, self.tmdb / options.rate)

    def line(self, options: Options) -> str:
        bound = self.bound(options)
        return (
            f"{self.name:<14} {self.films:>6} {self.seconds:>9.1f} {bound:>9.1f} {self.seconds / bound:>7.3f}"
            f" {self.lists:>6} {self.film_pages:>11} {self.tmdb:>6} {self.tmdb / self.films:>9.2f}"
        )


HEAD = (
    f"{'refresh':<14} {'films':>6} {'wall s':>9} {'bound s':>9} {'ratio':>7}"
    f" {'lists':>6} {'film pages':>11} {'TMDB':>6} {'per film':>9}"
)


async def measure(options: Options, folder: Path) -> None:
    with Valkey() as valkey:
        async with Upstream(films=options.films) as upstream:
            await upstream.latency(letterboxd=options.letterboxd_latency, tmdb=options.tmdb_latency)
            async with running(
                folder,
                redis_url=valkey.url,
                upstream=upstream,
                LETTERBOXD_REQUEST_INTERVAL=str(options.interval),
                TMDB_REQUESTS_PER_SECOND=str(options.rate),
            ) as marquee:
                marquee.patience = 3600.0
                print(HEAD)
                print((await one(marquee, upstream, "first")).line(options), flush=True)
                pass_a_day(folder)
                print((await one(marquee, upstream, "a day later")).line(options), flush=True)
                print(f"\nThe worker's memory at its peak: {peak_memory(marquee.workers[0].pid)} MB")


async def one(marquee: Marquee, upstream: Upstream, name: str) -> Measured:
    await upstream.forget_requests()
    start = time.monotonic()
    run: Any = await marquee.refresh()
    seconds = time.monotonic() - start
    assert run.status == "succeeded", run
    return Measured(
        name=name,
        films=run.counts.found,
        seconds=seconds,
        lists=await upstream.requests("/alice/watchlist/"),
        film_pages=await upstream.requests("/film/"),
        tmdb=await upstream.requests("/3/"),
    )


def pass_a_day(folder: Path) -> None:
    """Make every check of offers a day older."""
    with closing(sqlite3.connect(folder / "marquee.db")) as database, database:
        database.execute(
            "UPDATE availability_checks SET checked_at = strftime('%Y-%m-%d %H:%M:%f000', checked_at, ?)", [DAY]
        )


def peak_memory(pid: int) -> int:
    """The most memory that a process held, in MB; Linux tells."""
    status = Path(f"/proc/{pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--films", type=int, default=1000)
    parser.add_argument("--interval", type=float, default=2.0, help="seconds between two requests to Letterboxd")
    parser.add_argument("--rate", type=float, default=20.0, help="requests to TMDB per second")
    parser.add_argument("--letterboxd-latency", type=float, default=0.3, help="seconds")
    parser.add_argument("--tmdb-latency", type=float, default=0.12, help="seconds")
    options = Options(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory(prefix="marquee-benchmark-") as folder:
        asyncio.run(measure(options, Path(folder)))


if __name__ == "__main__":
    main()
