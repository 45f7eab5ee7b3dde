"""What Prometheus is told: pure functions from what is known to families of series.

Times are told as such, so that an age never stands still. Nothing is named that there may be many of, such as a film.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from platform import python_version
from typing import Any, get_args

import msgspec
from prometheus_client import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.db.metrics import Facts
from api.queue import OUTCOMES, UPSTREAMS, Vitals
from api.schemas.events import EventKind
from api.schemas.films import MatchState
from api.schemas.refreshes import RefreshStatus
from api.schemas.sources import SourceState

AVAILABILITY = ("available", "unavailable", "unknown")
Values = Mapping[Any, float]
"""A series each, by its labels."""
ENDED = [status for status in get_args(RefreshStatus) if status not in ("queued", "running")]


class Scrape(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known at one moment; None of what does not answer."""

    requests: Metric
    facts: Facts | None
    vitals: Vitals | None


class _Families(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def exposition(scrape: Scrape) -> bytes:
    """The text that Prometheus reads."""
    return generate_latest(_Families(families(scrape)))


def families(scrape: Scrape) -> Iterator[Metric]:
    build = {(version("marquee"), python_version()): 1}
    yield _gauge("build_info", "Which Marquee this is.", build, "version", "python")
    yield GaugeMetricFamily("marquee_database_up", "Whether the database answers.", scrape.facts is not None)
    yield GaugeMetricFamily("marquee_redis_up", "Whether Redis answers.", scrape.vitals is not None)
    yield scrape.requests
    if scrape.facts is not None:
        yield from _of_films(scrape.facts)
        yield from _of_refreshes(scrape.facts)
    if scrape.vitals is not None:
        yield from _of_workers(scrape.vitals)
        yield from _of_upstreams(scrape.vitals)


def _of_films(facts: Facts) -> Iterator[Metric]:
    shown = {(name,): facts.films[name] for name in AVAILABILITY}
    yield _gauge(
        "films", "Films on the watchlists, by whether they stream in the first country.", shown, "availability"
    )
    matches = {(name,): facts.matches[name] for name in get_args(MatchState)}
    yield _gauge("film_matches", "Films on the watchlists, by the state of their match with TMDB.", matches, "state")
    yield GaugeMetricFamily("marquee_questions", "Films whose match waits for a person.", facts.questions)
    entries = {(member,): count for member, count in facts.entries.items()}
    yield _gauge("watchlist_entries", "Films on a member's watchlist.", entries, "member")
    told = {(kind,): facts.events.get(kind, 0) for kind in get_args(EventKind)}
    yield _gauge("events_last_day", "Offers that arrived and left in the last 24 hours.", told, "kind")
    names = sorted({source for source, _ in facts.sources})
    states = {(source, state): facts.sources[source, state] for source in names for state in get_args(SourceState)}
    yield _gauge("sources", "Sources of all members, by their state.", states, "source", "state")


def _of_refreshes(facts: Facts) -> Iterator[Metric]:
    if facts.succeeded_at is not None:
        yield GaugeMetricFamily(
            "marquee_last_success_timestamp_seconds",
            "When a refresh last finished without any problem.",
            facts.succeeded_at.timestamp(),
        )
    if (last := facts.finished) is None:
        return
    yield GaugeMetricFamily(
        "marquee_last_refresh_timestamp_seconds", "When the last refresh finished.", last.finished_at.timestamp()
    )
    statuses = {(status,): status == last.status for status in ENDED}
    yield _gauge("last_refresh_status", "How the last refresh ended: 1 at its status.", statuses, "status")
    if last.started_at is not None:
        seconds = (last.finished_at - last.started_at).total_seconds()
        yield GaugeMetricFamily("marquee_last_refresh_duration_seconds", "How long the last refresh took.", seconds)


def _of_workers(vitals: Vitals) -> Iterator[Metric]:
    yield GaugeMetricFamily("marquee_queue_jobs", "Jobs that wait for a worker or are worked at.", vitals.jobs)
    yield GaugeMetricFamily("marquee_workers", "Workers that gave a sign of life lately.", vitals.workers)
    if vitals.last_beat is not None:
        yield GaugeMetricFamily(
            "marquee_worker_heartbeat_timestamp_seconds", "When a worker last gave a sign of life.", vitals.last_beat
        )


def _of_upstreams(vitals: Vitals) -> Iterator[Metric]:
    """Every series is there from the beginning: Prometheus does not see a counter's step from absent to 1."""
    counted = vitals.counted
    requests = {
        (name, outcome): counted.get(("requests", name, outcome), 0) for name in UPSTREAMS for outcome in OUTCOMES
    }
    yield _counter(
        "upstream_requests", "Requests to outside hosts, by what became of them.", requests, "upstream", "outcome"
    )
    for name, counts, text in (
        ("upstream_retries", "retries", "Requests to outside hosts that were made again."),
        ("limiter_waits", "waits", "Requests that waited for their turn, or until a host's pause was over."),
        ("limiter_wait_seconds", "wait_seconds", "How long requests waited for that."),
    ):
        values = {(upstream,): counted.get((counts, upstream), 0) for upstream in UPSTREAMS}
        yield _counter(name, text, values, "upstream")


def _gauge(name: str, text: str, values: Values, *labels: str) -> Metric:
    return _filled(GaugeMetricFamily(f"marquee_{name}", text, labels=labels), values)


def _counter(name: str, text: str, values: Values, *labels: str) -> Metric:
    return _filled(CounterMetricFamily(f"marquee_{name}", text, labels=labels), values)


def _filled(family: GaugeMetricFamily | CounterMetricFamily, values: Values) -> Metric:
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family
