"""How fast the API answers, side by side with two measures of it in one run.

`uv run python -m tests.benchmarks.api` fills a database with 5,000 films, 3 countries and 8 members,
serves it with the API on one processor, and has wrk ask from another:

- a page that was asked for before, and an unchanged one (304), against the same bytes answered from memory by a bare
  handler of the same stack;
- pages that were never asked for, every one with another filter, against a plain handler of FastAPI, pydantic and
  aiosqlite that does the same;
- all of it again at ten times as many films.

The machine's speed drifts: each pair is measured in turns, and the medians of the ratios count.
"""

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import httpx
import msgspec

from tests.benchmarks.library import COUNTRIES, MEMBERS, fill, url_of
from tests.drivers.processes import free_port

ROOT = Path(__file__).resolve().parents[2]
PATH = "/api/v1/films"
SAME = f"{PATH}?sort_by=title&page=2"
NEVER_ASKED = """
local n = tonumber(os.getenv("FIRST"))
request = function()
  n = n + 1
  local query = "?page_size=50&year_min=" .. (1920 + n % 60) .. "&runtime_max=" .. (140 + math.floor(n / 60) % 60)
  if n % 2 == 0 then
    query = query .. "&member=member" .. (1 + math.floor(n / 2) % 8) .. "&sort_by=year"
  else
    query = query .. "&country=GB&provider=" .. (1 + math.floor(n / 7) % 40) .. "&provider=" .. (1 + n % 39)
  end
  return wrk.format("GET", wrk.path .. query .. "&page=" .. (1 + math.floor(n / 3600) % 3))
end
"""
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Load(msgspec.Struct, frozen=True):
    """What wrk saw: requests per second, and milliseconds of the median and of the slowest hundredth."""

    rate: float
    p50: float
    p99: float


class Pair(msgspec.Struct):
    """Two servers in turns: the loads of ours and of the measure."""

    name: str
    ours: list[Load] = []
    theirs: list[Load] = []

    def line(self) -> str:
        ratio = median(ours.rate / theirs.rate for ours, theirs in zip(self.ours, self.theirs, strict=True))
        mine, other = (median(load.rate for load in loads) for loads in (self.ours, self.theirs))
        p50, p99 = (median(getattr(load, name) for load in self.ours) for name in ("p50", "p99"))
        return f"{self.name:<34} {mine:>9.0f} {other:>9.0f} {ratio:>7.2f} {p50:>8.2f} {p99:>8.2f} {p99 / p50:>7.1f}"


HEAD = f"{'':<34} {'ours /s':>9} {'theirs /s':>9} {'ratio':>7} {'p50 ms':>8} {'p99 ms':>8} {'p99/p50':>7}"


@contextmanager
def server(*command: str, environment: dict[str, str] | None = None) -> Iterator[None]:
    """A process on the first processor."""
    process = subprocess.Popen(
        [*pinned("0"), sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **(environment or {})}
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def pinned(processor: str) -> list[str]:
    can_pin = shutil.which("taskset") and (os.cpu_count() or 1) > 1
    return ["taskset", "-c", processor] if can_pin else []


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}{SAME}").raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers on port {port}")


def load(port: int, seconds: int, *, path: str = PATH, script: str = "", headers: tuple[str, ...] = ()) -> Load:
    """What wrk says of so many seconds with 16 connections.

    A second goes before that does not count: in it, the server ends what the load before it left behind.
    """
    _load(port, 1, path=path, script=script, headers=headers)
    return _load(port, seconds, path=path, script=script, headers=headers)


def _load(port: int, seconds: int, *, path: str, script: str, headers: tuple[str, ...]) -> Load:
    command = [
        "wrk",
        "-t1",
        "-c16",
        f"-d{seconds}s",
        "--timeout",
        "30s",
        "--latency",
        *(f"-H{header}" for header in headers),
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        if script:
            file.write(script)
            file.flush()
            command += ["-s", file.name]
        address = f"http://127.0.0.1:{port}{path}"
        environment = {**os.environ, "FIRST": str(next(FIRST))}
        said = subprocess.run(
            [*pinned("1"), *command, address], capture_output=True, text=True, check=True, env=environment
        ).stdout
    if failed := re.search(r"(Non-2xx or 3xx responses|Socket errors): .*", said):
        raise SystemExit(f"{address}: {failed[0]}")
    rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])
    return Load(rate, *(_milliseconds(re.findall(rf"\s{share}%\s+([\d.]+)(us|ms|s)", said)[0]) for share in (50, 99)))


def _milliseconds(said: tuple[str, str]) -> float:
    return float(said[0]) * UNITS[said[1]]


FIRST = iter(range(0, 10**9, 60_013))
"""Where each load begins to count, so that no two of them ask the same."""


class Options(msgspec.Struct, frozen=True):
    films: int
    times: int
    seconds: int
    rounds: int


def measure(options: Options, folder: Path) -> None:
    few, many = folder / "few", folder / "many"
    for place, films in ((few, options.films), (many, options.films * options.times)):
        place.mkdir()
        asyncio.run(fill(url_of(place), films))
    with ExitStack() as stack:
        ports = {name: free_port() for name in ("few", "many", "rival", "bare")}
        for name, place in (("few", few), ("many", many)):
            stack.enter_context(server("api", environment=settings_of(place, ports[name])))
            wait_for(ports[name])
        body = folder / "body.json"
        first = httpx.get(f"http://127.0.0.1:{ports['few']}{SAME}", headers={"accept-encoding": "identity"})
        body.write_bytes(first.content)
        stack.enter_context(server("tests.benchmarks.bare", str(ports["bare"]), str(body)))
        stack.enter_context(server("tests.benchmarks.rival", str(ports["rival"]), str(few / "marquee.db")))
        for name in ("bare", "rival"):
            wait_for(ports[name])
        demand_alike(ports["few"], ports["rival"])
        report(options, ports, first.headers["etag"])


def report(options: Options, ports: dict[str, int], tag: str) -> None:
    asked, known = Pair("asked before : bare handler"), Pair("304 : bare handler")
    never, larger = Pair("never asked : FastAPI"), Pair(f"never asked, {options.times} x films : 1 x")
    for _ in range(options.rounds):
        asked.ours.append(load(ports["few"], options.seconds, path=SAME))
        asked.theirs.append(load(ports["bare"], options.seconds, path=SAME))
        known.ours.append(load(ports["few"], options.seconds, path=SAME, headers=(f"If-None-Match: {tag}",)))
        known.theirs.append(load(ports["bare"], options.seconds, path=SAME))
        never.ours.append(load(ports["few"], options.seconds, script=NEVER_ASKED))
        never.theirs.append(load(ports["rival"], options.seconds, script=NEVER_ASKED))
        larger.ours.append(load(ports["many"], options.seconds, script=NEVER_ASKED))
        larger.theirs.append(load(ports["few"], options.seconds, script=NEVER_ASKED))
    print(HEAD)
    for pair in (asked, known, never, larger):
        print(pair.line())


def demand_alike(ours: int, theirs: int) -> None:
    """Both answer the same, or the measure would be none."""
    for query in ("?page=3", "?country=GB&provider=7&provider=8&year_min=1950", "?member=member3&sort_by=year&page=2"):
        one, other = (httpx.get(f"http://127.0.0.1:{port}{PATH}{query}").json() for port in (ours, theirs))
        assert one["total"] == other["total"], query
        assert [film["slug"] for film in one["items"]] == [film["slug"] for film in other["items"]], query
        assert [len(film["offers"]) for film in one["items"]] == [len(film["offers"]) for film in other["items"]], query


def settings_of(place: Path, port: int) -> dict[str, str]:
    return {
        "LETTERBOXD_USERNAME": ",".join(MEMBERS),
        "TMDB_API_KEY": "none",
        "COUNTRY": ",".join(COUNTRIES),
        "DATABASE_URL": url_of(place),
        "API_PORT": str(port),
        "LOG_LEVEL": "WARNING",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--films", type=int, default=5000)
    parser.add_argument("--times", type=int, default=10, help="how many times as many films the larger library has")
    parser.add_argument("--seconds", type=int, default=5, help="of each load")
    parser.add_argument("--rounds", type=int, default=3)
    options = Options(**vars(parser.parse_args()))
    if not shutil.which("wrk"):
        sys.exit("This benchmark needs wrk: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="marquee-benchmark-") as folder:
        measure(options, Path(folder))


if __name__ == "__main__":
    main()
