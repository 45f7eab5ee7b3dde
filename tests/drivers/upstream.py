"""The built-in Letterboxd and TMDB as a test uses them: a process of its own, and words for what it shall do."""

import sys
from pathlib import Path
from subprocess import PIPE
from typing import Any, Literal, Self, TypeVar

import anyio
import httpx
import msgspec
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from worker.demo.control import Changes, Truth
from worker.demo.faults import Fault, Kind
from worker.demo.list_control import AllLists
from worker.demo.lists import TmdbList
from worker.demo.model import Film, Offer
from worker.demo.traffic import Pace

ROOT = Path(__file__).parents[2]
START_SECONDS, END_SECONDS = 30, 5
Family = Literal["letterboxd", "tmdb", "images"]
Answer = TypeVar("Answer")
Title = tuple[str, int]


class Upstream:
    """`async with Upstream() as upstream:` starts it on a free port of loopback and ends it.

    A path is Letterboxd's (`/alice/watchlist/`) or TMDB's (`/3/movie/550`), without the query; one that ends in `*`
    stands for everything that begins so. `times` is how many requests meet the fault, None all until `clear()`.
    """

    def __init__(self, films: int | None = None) -> None:
        """`films`: how many alice's watchlist has in a larger world; None is the ordinary world."""
        self._arguments = ["--films", str(films)] if films else []
        self._process: Process | None = None
        self._client = httpx.AsyncClient(trust_env=False)
        self.letterboxd_url = ""

    @property
    def tmdb_url(self) -> str:
        """TMDB's base; the API's paths below it begin with /3."""
        return f"{self.letterboxd_url}/tmdb"

    @property
    def tmdb_image_url(self) -> str:
        """The base of images; a size and a path follow."""
        return f"{self.letterboxd_url}/tmdb/t/p"

    async def __aenter__(self) -> Self:
        command = [sys.executable, "-m", "worker.demo", "--port", "0", *self._arguments]
        self._process = await anyio.open_process(command, stdout=PIPE, stderr=None, cwd=ROOT)
        assert self._process.stdout is not None
        with anyio.fail_after(START_SECONDS):
            line = await BufferedByteReceiveStream(self._process.stdout).receive_until(b"\n", 200)
        self.letterboxd_url = line.decode().removeprefix("listening on ")
        self._client.base_url = httpx.URL(f"{self.letterboxd_url}/_demo")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.terminate()
        with anyio.move_on_after(END_SECONDS):
            await self._process.wait()
        if self._process.returncode is None:
            self._process.kill()
        await self._process.aclose()

    async def challenge(self, path: str, times: int | None = None) -> None:
        """Cloudflare asks for a browser check."""
        await self._fault("challenge", path, times)

    async def rate_limit(self, path: str, retry_after: float | None = None, times: int | None = 1) -> None:
        """429, with a Retry-After of so many seconds or without one."""
        await self._fault("rate_limited", path, times, retry_after=retry_after)

    async def fail(self, path: str, status: int = 500, times: int | None = 1) -> None:
        """An error status with a body that says nothing."""
        await self._fault("status", path, times, status=status)

    async def reset_connection(self, path: str, times: int | None = 1) -> None:
        """The connection breaks without an answer."""
        await self._fault("reset", path, times)

    async def delay(self, path: str, seconds: float, times: int | None = None) -> None:
        """The answer takes so many seconds longer."""
        await self._fault("latency", path, times, seconds=seconds)

    async def change_markup(self, path: str, times: int | None = None) -> None:
        """The page still announces its films, but the tiles are made another way."""
        await self._fault("changed", path, times)

    async def halve(self, path: str, times: int | None = None) -> None:
        """The page lost half of its tiles."""
        await self._fault("halved", path, times)

    async def private(self, member: str) -> None:
        """The member hides everything, until `reset()`."""
        await self._send("POST", f"/members/{member}/private")

    async def missing(self, member: str) -> None:
        """The member is gone, until `reset()`."""
        await self._send("POST", f"/members/{member}/missing")

    async def disallow(self, *paths: str) -> None:
        """From now on robots.txt forbids these paths, and no others beside its usual ones."""
        await self._send("POST", "/settings", {"disallowed": list(paths)})

    async def markup(self, generation: str) -> None:
        """Write the tiles as Letterboxd did then: `2026`, `2025` or `old`."""
        await self._send("POST", "/settings", {"markup": generation})

    async def latency(self, letterboxd: float = 0.0, tmdb: float = 0.0, images: float = 0.0) -> None:
        """Every answer of a family takes so many seconds longer."""
        await self._send("POST", "/latency", {"letterboxd": letterboxd, "tmdb": tmdb, "images": images})

    async def refuse_faster_than(self, family: Family, per_second: float | None) -> None:
        """429 for whoever is faster; None accepts every rate."""
        await self._send("POST", "/limits", {"family": family, "per_second": per_second})

    async def add_to_watchlist(self, member: str, slug: str) -> None:
        """The member wants to see one film more; it comes first."""
        await self._send("POST", f"/members/{member}/watchlist/{slug}")

    async def remove_from_watchlist(self, member: str, slug: str) -> None:
        """The member wants to see one film less."""
        await self._send("DELETE", f"/members/{member}/watchlist/{slug}")

    async def log(self, member: str, slug: str, stars: float | None = None, liked: bool = False) -> None:
        """The member watches a film; the watchlist stays as it is."""
        await self._send("POST", f"/members/{member}/diary/{slug}", {"stars": stars, "liked": liked})

    async def judge(self, member: str, slug: str, stars: float | None = None, liked: bool = False) -> None:
        """The member sees a film, or thinks otherwise of it, without logging it."""
        await self._send("POST", f"/members/{member}/films/{slug}", {"stars": stars, "liked": liked})

    async def unwatch(self, member: str, slug: str) -> None:
        """The member never saw the film."""
        await self._send("DELETE", f"/members/{member}/films/{slug}")

    async def rename(self, member: str, name: str) -> None:
        """The member's name leads to that of another member, until `reset()`."""
        await self._send("POST", f"/members/{member}/renamed/{name}")

    async def move_while_read(
        self, member: str, after_page: int | None = 1, action: Literal["add", "remove"] = "add"
    ) -> None:
        """Once this page was served (None: after each page) a film comes on top, or the first one goes."""
        await self._send("POST", "/moves", {"member": member, "after_page": after_page, "action": action})

    async def today(self) -> None:
        """A night passes: films arrive and leave, as `changes()` says."""
        await self._send("POST", "/settings", {"day": "today"})

    async def yesterday(self) -> None:
        """What the night brought is undone."""
        await self._send("POST", "/settings", {"day": "yesterday"})

    async def refuse_key(self, refused: bool = True) -> None:
        """TMDB does not accept any key."""
        await self._send("POST", "/settings", {"key_refused": refused})

    async def drop_title(self, media_type: Literal["movie", "tv"], tmdb_id: int) -> None:
        """TMDB no longer has the title."""
        await self._send("POST", "/dropped", {"media_type": media_type, "tmdb_id": tmdb_id})

    async def watchlist(self, member: str) -> list[str]:
        """The slugs that the member's watchlist has now, in its order."""
        return list((await self._read(f"/members/{member}/watchlist", dict[str, list[str]]))["slugs"])

    async def film(self, slug: str) -> Film:
        """What is true of a film: `tmdb` is its TMDB title, `expected` how matching should end."""
        return await self._read(f"/films/{slug}", Film)

    async def truth(self, member: str) -> dict[str, Truth]:
        """What each film of the member's watchlist truly is, by its slug."""
        return await self._read(f"/truth/{member}", dict[str, Truth])

    async def offers(self, slug: str) -> list[Offer]:
        """Where the film streams on the present day."""
        return await self._read(f"/films/{slug}/offers", list[Offer])

    async def changes(self) -> Changes:
        """The offers that arrive and leave between yesterday and today."""
        return await self._read("/changes", Changes)

    async def requests(self, prefix: str = "") -> int:
        """How many requests there were for paths that begin so."""
        return sum((await self.paths(prefix)).values())

    async def paths(self, prefix: str = "") -> dict[str, int]:
        """How often each path that begins so was asked for, TMDB's as `/tmdb/3/…`."""
        return await self._read("/requests", dict[str, int], prefix=_local(prefix))

    async def pace(self, family: Family) -> Pace:
        """How fast a family was called: requests, peak within a second, least gap, how many were refused."""
        return await self._read(f"/paces/{family}", Pace)

    async def peak_rate(self, family: Family) -> int:
        """The most requests of a family within one second."""
        return (await self.pace(family)).peak

    async def forget_requests(self) -> None:
        """Start counting afresh."""
        await self._send("DELETE", "/requests")

    async def clear(self) -> None:
        """End every fault, latency and rate limit; what was counted and what changed in the world stays."""
        await self._send("POST", "/clear")

    async def lose_answers(self, path: str, times: int = 1, method: str | None = None, after: int = 0) -> None:
        """What is asked for is done, but the connection breaks before the answer; `after` so many that go well."""
        await self._fault("lost", path, times, method=method, after=after)

    async def slow_answers(self, path: str, seconds: float, method: str | None = None, after: int = 0) -> None:
        """The answers take so many seconds longer until `clear()`, but for the first ones."""
        await self._fault("latency", path, None, seconds=seconds, method=method, after=after)

    async def slow_down(self, path: str, retry_after: float, method: str | None = None, after: int = 0) -> None:
        """One 429, with a Retry-After, after so many requests that go well."""
        await self._fault("rate_limited", path, 1, retry_after=retry_after, method=method, after=after)

    async def tmdb_lists(self) -> list[TmdbList]:
        """Every list on TMDB as it is now, the oldest first."""
        return (await self._read("/tmdb-lists", AllLists)).lists

    async def make_list(self, name: str, *titles: Title, **facts: Any) -> TmdbList:
        """Somebody makes a list by hand: the account of Marquee, unless an `owner` is named."""
        body = {"name": name, "items": titles, **facts}
        response = await self._client.post("/tmdb-lists", json=body)
        response.raise_for_status()
        return msgspec.json.decode(response.content, type=TmdbList)

    async def change_list(self, list_id: int, action: Literal["add", "remove"], *titles: Title) -> None:
        """Somebody changes a list by hand."""
        await self._send("POST", f"/tmdb-lists/{list_id}", {"action": action, "items": titles})

    async def give_list(self, list_id: int, account: str) -> None:
        """The list is another account's from now on."""
        await self._send("POST", f"/tmdb-lists/{list_id}", {"action": "give", "to": account})

    async def delete_list(self, list_id: int) -> None:
        """Somebody deletes a list."""
        await self._send("DELETE", f"/tmdb-lists/{list_id}")

    async def suspect_spam(self, suspected: bool = True) -> None:
        """TMDB takes every new list for spam."""
        await self._send("POST", "/tmdb-lists/behaviour", {"suspects_spam": suspected})

    async def make_lists_public(self) -> None:
        """TMDB makes every new list public, whatever it was asked for."""
        await self._send("POST", "/tmdb-lists/behaviour", {"always_public": True})

    async def refuse_titles(self, *titles: Title) -> None:
        """TMDB does not take these titles on a list, and takes all others."""
        await self._send("POST", "/tmdb-lists/behaviour", {"refused": titles})

    async def approve(self) -> None:
        """The person approves on TMDB's page whatever waits for it."""
        await self._send("POST", "/tmdb-lists/approve")

    async def reset(self) -> None:
        """The world as it was at first."""
        await self._send("POST", "/reset")

    async def _fault(self, kind: Kind, path: str, times: int | None, **details: Any) -> None:
        how: Literal["exact", "prefix"] = "prefix" if path.endswith("*") else "exact"
        fault = Fault(kind=kind, path=_local(path.removesuffix("*")), how=how, times=times, **details)
        await self._send("POST", "/faults", msgspec.to_builtins(fault))

    async def _send(self, method: str, path: str, body: object = None) -> None:
        (await self._client.request(method, path, json=body)).raise_for_status()

    async def _read(self, path: str, answer: type[Answer], **params: str) -> Answer:
        response = await self._client.get(path, params=params)
        response.raise_for_status()
        return msgspec.json.decode(response.content, type=answer)


def _local(path: str) -> str:
    """TMDB's paths lie below /tmdb here."""
    return f"/tmdb{path}" if path.startswith(("/3/", "/4/")) else path
