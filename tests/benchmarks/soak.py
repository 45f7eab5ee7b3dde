"""Whether a refresh whose worker is killed over and over ends in the same rows as one that was left in peace.

`uv run python -m tests.benchmarks.soak` reads 500 films, and kills the worker 20 times at random moments of that with
SIGKILL; each time another worker takes the run up. It ends with 0 where nothing differs, in at most `--minutes`.
"""

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from tests.drivers.marquee import Marquee, running
from tests.drivers.rows import rows
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey

# What the worker does between two kills must not be all that is left to do.
LATENCY = {"letterboxd": 0.3, "tmdb": 0.25}


class Options(msgspec.Struct, frozen=True):
    films: int
    kills: int
    seed: int
    minutes: float


async def soak(options: Options, folder: Path) -> bool:
    """Whether the rows agree, and every kill met a refresh at work."""
    with Valkey() as valkey:
        async with Upstream(films=options.films) as upstream:
            expected = await _rows(folder / "peace", valkey, upstream, kills=[])
            await upstream.reset()
            await upstream.latency(**LATENCY)
            found = await _rows(folder / "war", valkey, upstream, kills=_moments(options))
    differing = [table for table in expected if expected[table] != found[table]]
    for table, told in expected.items():
        print(f"{table:<22} {len(told):>6} rows  {'DIFFER' if table in differing else 'the same'}")
    return not differing


def _moments(options: Options) -> list[float]:
    """After how many seconds of work each worker is killed."""
    dice = random.Random(options.seed)
    return [dice.uniform(0.05, 2.0) for _ in range(options.kills)]


async def _rows(folder: Path, valkey: Valkey, upstream: Upstream, kills: list[float]) -> dict[str, list[Any]]:
    folder.mkdir()  # noqa: ASYNC240
    async with running(folder, redis_url=valkey.url, upstream=upstream) as marquee:
        marquee.patience = 3600.0
        run = await marquee.request_refresh()
        for number, seconds in enumerate(kills, start=1):
            await _kill(marquee, run.id, number, seconds)
        ended = await marquee.ended(run.id)
        assert ended.status == "succeeded", ended
        return rows(folder / "marquee.db")


async def _kill(marquee: Marquee, refresh_id: int, number: int, seconds: float) -> None:
    """Let the worker be at the run for so long, kill it, and start the next one."""
    await marquee.until(lambda: _has_begun(marquee.folder, number), f"attempt {number}")
    await asyncio.sleep(seconds)
    run = await marquee.run(refresh_id)
    assert run.status == "running", f"the run was over before kill {number}: {run}"
    await marquee.workers[-1].kill()
    print(f"kill {number:>2} after {seconds:.2f} s of its attempt: {run.done} of {run.total} films", flush=True)
    await marquee.start_worker()


async def _has_begun(folder: Path, attempt: int) -> bool:
    with closing(sqlite3.connect(folder / "marquee.db")) as database:
        return bool(database.execute("SELECT attempts FROM refreshes").fetchone()[0] >= attempt)


async def bounded(options: Options, folder: Path) -> bool:
    async with asyncio.timeout(options.minutes * 60):
        return await soak(options, folder)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--films", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the random moments")
    parser.add_argument("--minutes", type=float, default=20.0, help="the most that it may take")
    options = Options(**vars(parser.parse_args()))
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="marquee-soak-") as folder:
        return 0 if asyncio.run(bounded(options, Path(folder))) else 1


if __name__ == "__main__":
    sys.exit(main())
