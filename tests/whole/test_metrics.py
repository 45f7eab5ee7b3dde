"""Metrics of the real API after a real refresh by a real worker."""

from pathlib import Path

from api.db.film_filters import SUBSCRIPTION
from tests.drivers.marquee import running
from tests.drivers.prometheus import Scraped, scrape
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey

REQUESTS = "marquee_upstream_requests_total"


async def test_a_refresh_is_seen_from_outside(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> None:
    await upstream.forget_requests()
    await upstream.fail("/3/search/multi", status=503, times=1)
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="carol") as marquee:
        run = await marquee.refresh()
        found: list[Scraped] = []

        async def all_requests_are_counted() -> bool:
            found[:] = [await scrape(marquee.client)]
            return sum(found[0].values(REQUESTS).values()) == await upstream.requests()

        await marquee.until(all_requests_are_counted, "the worker's counts")
        [metrics] = found
        films = await marquee.watchlist("carol")
        streaming = sum(
            any(offer["country"] == "GB" and offer["offer"] in SUBSCRIPTION for offer in film.offers) for film in films
        )

    assert run.status == "succeeded"
    assert metrics.value("marquee_redis_up") == metrics.value("marquee_database_up") == 1
    assert metrics.value("marquee_workers") == 1
    assert metrics.value("marquee_queue_jobs") == 0
    assert metrics.value("marquee_watchlist_entries", member="carol") == 29
    assert metrics.value("marquee_films", availability="available") == streaming > 0
    assert sum(metrics.values("marquee_film_matches").values()) == 29
    assert metrics.value("marquee_sources", source="watchlist", state="ok") == 1
    assert metrics.value("marquee_last_refresh_status", status="succeeded") == 1
    assert metrics.value("marquee_last_refresh_duration_seconds") > 0
    succeeded_at = metrics.value("marquee_last_success_timestamp_seconds")
    assert succeeded_at == metrics.value("marquee_last_refresh_timestamp_seconds")
    assert metrics.value(REQUESTS, upstream="tmdb", outcome="error") == 1
    assert metrics.value("marquee_upstream_retries_total", upstream="tmdb") == 1
    assert metrics.value("marquee_limiter_waits_total", upstream="tmdb") > 0
    assert metrics.value("marquee_limiter_wait_seconds_total", upstream="tmdb") > 0
    started = "marquee_http_request_duration_seconds_count"
    assert metrics.value(started, method="POST", route="/api/v1/refreshes", status="2xx") == 1
