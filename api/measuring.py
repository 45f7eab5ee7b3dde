"""How long requests take, by route: counted beside the answer, those from memory too."""

import time
from bisect import bisect_left
from collections.abc import Callable

from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from prometheus_client.metrics_core import HistogramMetricFamily

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
"""Seconds: a request is counted under the first that it did not exceed."""
BUCKETS = (*map(str, BOUNDS), "+Inf")
UNKNOWN = ("", "none")
"""Method and route of what no route answers: callers could make up any number of either."""
Clock = Callable[[], float]


class Durations:
    """The requests of one kind: how many fell under each bound, and their seconds together."""

    def __init__(self) -> None:
        self.counts = [0] * len(BUCKETS)
        self.seconds = 0.0

    def cumulative(self) -> list[tuple[str, float]]:
        """For each bound, how many did not exceed it."""
        return [(bound, sum(self.counts[: place + 1])) for place, bound in enumerate(BUCKETS)]


class Requests:
    """The requests of one process by method, route and class of status."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, int], Durations] = {}

    def add(self, scope: HTTPScope, status: int, seconds: float) -> None:
        method, route = (scope["method"], scope["path_template"]) if "path_template" in scope else UNKNOWN
        kind = method, route, status // 100
        if kind not in self._found:
            self._found[kind] = Durations()
        durations = self._found[kind]
        durations.counts[bisect_left(BOUNDS, seconds)] += 1
        durations.seconds += seconds

    def family(self) -> HistogramMetricFamily:
        family = HistogramMetricFamily(
            "marquee_http_request_duration_seconds",
            "How long the API took to answer, by route.",
            labels=("method", "route", "status"),
        )
        for (method, route, status), durations in sorted(self._found.items()):
            family.add_metric((method, route, f"{status}xx"), durations.cumulative(), durations.seconds)
        return family


def measuring(app: ASGIApp, resources: State, clock: Clock = time.perf_counter) -> ASGIApp:
    """`app`, where each request is added to the `requests` among its resources."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        status = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began = clock()
        try:
            await app(scope, receive, send_and_note)
        finally:
            resources.requests.add(scope, status, clock() - began)

    return answer
