"""The demo's misbehaviour: an ASGI layer around it that delays, refuses, breaks and counts requests."""

import asyncio
import re
import socket
import struct
from typing import Literal, cast

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from worker.demo.redirects import canonical
from worker.demo.refusals import Refusal, moved, refusal
from worker.demo.situation import Situation
from worker.demo.traffic import Traffic

DISTORTION = "marquee.demo.distortion"
Kind = Literal[
    "latency", "rate_limited", "status", "reset", "lost", "challenge", "private", "missing", "changed", "halved"
]  # fmt: skip


class Fault(msgspec.Struct, kw_only=True):
    """Something that goes wrong with the requests for a path, `times` times or (None) until it is cleared.

    path: compared without the query, `how` it says. status: of kind `status`. seconds: of kind `latency`.
    retry_after: seconds, of kind `rate_limited`; None sends no such header. method: of which requests, None all.
    after: how many of them go well before. Of kind `lost`, the request is done and only its answer does not come.
    """

    kind: Kind
    path: str
    how: Literal["exact", "prefix", "regex"] = "exact"
    times: int | None = 1
    status: int = 500
    retry_after: float | None = None
    seconds: float = 0.0
    method: str | None = None
    after: int = 0

    def meets(self, path: str, method: str) -> bool:
        """Whether the fault is meant for this request."""
        if self.method not in (None, method):
            return False
        if self.how == "regex":
            return re.search(self.path, path) is not None
        return path.startswith(self.path) if self.how == "prefix" else path == self.path

    def spares(self) -> bool:
        """Whether this request, for which it is meant, comes too early for it."""
        self.after -= 1
        return self.after >= 0


class Faults:
    """The faults that wait, and the latency of whole families in seconds."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.latency: dict[str, float] = {}

    def clear(self) -> None:
        """Behave well again."""
        self.waiting.clear()
        self.latency.clear()

    def take(self, path: str, method: str) -> list[Fault]:
        """What happens to this request: every delay that waits for it, and the first other fault."""
        met = [fault for fault in self.waiting if fault.meets(path, method) and not fault.spares()]
        delays = [fault for fault in met if fault.kind == "latency"]
        taken = delays + [fault for fault in met if fault.kind != "latency"][:1]
        for fault in taken:
            if fault.times is not None:
                fault.times -= 1
        self.waiting = [fault for fault in self.waiting if fault.times is None or fault.times > 0]
        return taken


class FaultLayer:
    """Wraps the demo: every request of an outside family is counted, delayed and perhaps spoiled here."""

    def __init__(self, app: ASGIApp, faults: Faults, traffic: Traffic, situation: "SituationHolder") -> None:
        self._app = app
        self._faults = faults
        self._traffic = traffic
        self._holder = situation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith("/_demo/"):
            await self._app(scope, receive, send)
            return
        path, family = scope["path"], family_of(scope["path"])
        too_fast = self._traffic.record(family, path)
        if too_fast is not None:
            await refusal("rate_limited", family, retry_after=too_fast).send(send)
            return
        faults = self._faults.take(path, scope["method"])
        delay = self._faults.latency.get(family, 0.0) + sum(fault.seconds for fault in faults)
        if delay:
            await asyncio.sleep(delay)
        await self._answer(next((fault for fault in faults if fault.kind != "latency"), None), scope, receive, send)

    async def _answer(self, fault: Fault | None, scope: Scope, receive: Receive, send: Send) -> None:
        path, family = scope["path"], family_of(scope["path"])
        if fault is None:
            target = canonical(path, self._holder.situation) if family == "letterboxd" else path
            answer: Refusal | None = moved(target) if target != path else None
        elif fault.kind == "reset":
            await _reset(receive, send)
            return
        elif fault.kind == "lost":
            await self._app(scope, receive, _nowhere)
            await _reset(receive, send)
            return
        elif fault.kind in ("changed", "halved"):
            cast(dict[str, object], scope)[DISTORTION] = fault.kind
            answer = None
        else:
            answer = refusal(fault.kind, family, status=fault.status, retry_after=fault.retry_after)
        await (answer.send(send) if answer else self._app(scope, receive, send))


class SituationHolder:
    """Where the situation of now is found, since a reset replaces it."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation

    def reset(self) -> None:
        """The world as it was at first."""
        self.situation = Situation(self.situation.world)


def family_of(path: str) -> str:
    """Which outside host the path stands for: letterboxd, tmdb or images."""
    if path.startswith("/tmdb/t/"):
        return "images"
    return "tmdb" if path.startswith("/tmdb/") else "letterboxd"


async def _nowhere(_message: Message) -> None:
    """An answer that does not arrive."""


async def _reset(receive: Receive, send: Send) -> None:
    """Break the connection without an answer, as a caller on the other side sees a crashed host.

    ASGI has no message for this, so the server's transport is taken from behind its `send`; called without a
    server there is none, and the error goes to the caller itself.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("connection reset by the built-in upstream")
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
