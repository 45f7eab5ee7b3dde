"""How right the matching is, what it asks of people, and what it costs of Letterboxd.

`uv run python -m tests.benchmarks.matching` refreshes the built-in hard cases, the ordinary watchlist of 335 films and
one of 1,000, each on a fresh Marquee, and again looks at every match once the proof of what was probable is through.
It ends with 1 where a target is missed: of the hard cases none is wrong among the proven, none at all after the proof,
and at most one in ten is a question; of a watchlist at most one film in ten costs a film page in the first refresh,
and at most one in a hundred is a question.
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import msgspec

from tests.drivers.marquee import Marquee, running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey
from worker.demo.control import Truth

ENOUGH = "1000"
PATIENCE = 600.0
MATCHES = """
SELECT films.slug, film_matches.state, film_matches.confidence, film_matches.media_type, film_matches.tmdb_id
FROM film_matches JOIN films ON films.id = film_matches.film_id
"""


class Trial(msgspec.Struct, frozen=True):
    """One watchlist, and the shares that it may reach; a world of `films` is larger than the ordinary one."""

    name: str
    member: str
    films: int | None
    most_asked: float
    most_pages: float | None


TRIALS = (
    Trial("hard cases", "hard", None, most_asked=0.10, most_pages=None),
    Trial("watchlist", "alice", None, most_asked=0.01, most_pages=0.10),
    Trial("long watchlist", "alice", 1000, most_asked=0.01, most_pages=0.10),
)


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """The matches at one moment; `pages` and `tmdb` are requests since the beginning."""

    trial: str
    moment: str
    films: int
    right: int
    wrong: int
    wrong_proven: int
    asked: int
    probable: int
    pages: int
    tmdb: int

    def line(self) -> str:
        shares = f"{self.right / self.films:>7.1%} {self.asked / self.films:>7.1%}"
        counts = f"{self.wrong:>6} {self.wrong_proven:>13} {self.probable:>9}"
        costs = f"{self.pages / self.films:>14.2f} {self.tmdb / self.films:>13.2f}"
        return f"{self.trial:<15} {self.moment:<14} {self.films:>5} {shares} {counts} {costs}"


HEAD = (
    f"{'':<15} {'after':<14} {'films':>5} {'right':>7} {'asked':>7} {'wrong':>6} {'wrong, proven':>13}"
    f" {'probable':>9} {'pages per film':>14} {'TMDB per film':>13}"
)


async def measure(trial: Trial, valkey: Valkey, folder: Path) -> list[str]:
    """Print how the trial went, and give the targets that it missed."""
    await valkey.forget()
    async with (
        Upstream(films=trial.films) as upstream,
        running(
            folder,
            redis_url=valkey.url,
            upstream=upstream,
            LETTERBOXD_USERNAME=trial.member,
            PROOF_BUDGET=ENOUGH,
        ) as marquee,
    ):
        marquee.patience = PATIENCE
        run = await marquee.refresh()
        assert run.status == "succeeded", run
        first = await look(trial, "first refresh", marquee, upstream)
        await keep_house(marquee)
        proved = await look(trial, "its proof", marquee, upstream)
    return missed(trial, first, proved)


async def keep_house(marquee: Marquee) -> None:
    """Have everything proved that can be, and wait for the end of it."""
    answer = await marquee.client.post("/api/v1/housekeeping")
    assert answer.status_code == 202, answer.text
    started = answer.json()["id"]

    async def is_over() -> bool:
        items = (await marquee.get("/api/v1/housekeeping"))["items"]
        [keeping] = [item for item in items if item.id == started]
        assert keeping.status != "failed", keeping
        return bool(keeping.status == "succeeded")

    await marquee.until(is_over, "the end of the housekeeping")


async def look(trial: Trial, moment: str, marquee: Marquee, upstream: Upstream) -> Measured:
    truth = await upstream.truth(trial.member)
    with closing(sqlite3.connect(marquee.folder / "marquee.db")) as database:
        rows = [row for row in database.execute(MATCHES) if row[0] in truth]
    measured = Measured(
        trial=trial.name,
        moment=moment,
        films=len(rows),
        right=sum(_is_right(row, truth) for row in rows),
        wrong=sum(_is_wrong(row, truth) for row in rows),
        wrong_proven=sum(_is_wrong(row, truth) and row[2] == "proven" for row in rows),
        asked=sum(row[1] == "review" for row in rows),
        probable=sum(row[2] == "probable" for row in rows),
        pages=await upstream.requests("/film/"),
        tmdb=await upstream.requests("/3/"),
    )
    print(measured.line(), flush=True)
    return measured


def _is_right(row: tuple[str, str, str | None, str | None, int | None], truth: dict[str, Truth]) -> bool:
    slug, state, _confidence, media_type, tmdb_id = row
    meant = truth[slug].tmdb
    return (media_type, tmdb_id) == meant if meant else state == "not_found"


def _is_wrong(row: tuple[str, str, str | None, str | None, int | None], truth: dict[str, Truth]) -> bool:
    slug, _state, _confidence, media_type, tmdb_id = row
    return tmdb_id is not None and (media_type, tmdb_id) != truth[slug].tmdb


def missed(trial: Trial, first: Measured, proved: Measured) -> list[str]:
    """The targets that were missed, in words."""
    found = []
    if first.wrong_proven or proved.wrong_proven:
        found.append("proven matches are wrong")
    if proved.wrong:
        found.append(f"{proved.wrong} matches are wrong after the proof")
    if max(first.asked, proved.asked) > trial.most_asked * proved.films:
        found.append(f"more than {trial.most_asked:.0%} are questions")
    if trial.most_pages is not None and first.pages > trial.most_pages * first.films:
        found.append(f"film pages were read for more than {trial.most_pages:.0%} of the films")
    return [f"{trial.name}: {each}" for each in found]


async def main(folder: Path) -> list[str]:
    print(HEAD)
    with Valkey() as valkey:
        return [fault for trial in TRIALS for fault in await measure(trial, valkey, _place(folder, trial))]


def _place(folder: Path, trial: Trial) -> Path:
    place = folder / trial.name
    place.mkdir()
    return place


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None).parse_args()
    with tempfile.TemporaryDirectory(prefix="marquee-benchmark-") as temporary:
        faults = asyncio.run(main(Path(temporary)))
    if faults:
        sys.exit("\n".join(faults))
    print("Every target is met.")
