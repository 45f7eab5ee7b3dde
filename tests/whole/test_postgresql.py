"""The same work on PostgreSQL, with two workers at once."""

from pathlib import Path

from tests.drivers.marquee import running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey
from worker.demo.lists import token


async def test_two_workers_on_postgresql(
    tmp_path: Path, valkey: Valkey, upstream: Upstream, postgresql_url: str
) -> None:
    async with running(
        tmp_path,
        redis_url=valkey.url,
        upstream=upstream,
        workers=2,
        DATABASE_URL=postgresql_url,
        LETTERBOXD_USERNAME="dave,bob,carol",
        TMDB_SYNC_ENABLED="true",
        TMDB_V4_ACCESS_TOKEN=token(),
    ) as marquee:
        runs = [await marquee.request_refresh(member) for member in ("dave", "bob", "carol")]
        ended = [await marquee.ended(run.id) for run in runs]
        assert [run.status for run in ended] == ["succeeded"] * 3, marquee.logs()
        await upstream.remove_from_watchlist("bob", (await upstream.watchlist("bob"))[-1])
        run = await marquee.refresh("bob", force=True)
        assert (run.status, run.counts.removed) == ("succeeded", 1), marquee.logs()
        for member in ("dave", "bob", "carol"):
            assert await marquee.slugs(member) == await upstream.watchlist(member)
        first, second = [await marquee.order_lists(limit=limit) for limit in (30, 10)]
        synced = [await marquee.lists_ended(run) for run in (first, second)]
        assert [run["state"] for run in synced] == ["succeeded"] * 2
        on_tmdb = sorted(len(each.items) for each in await upstream.tmdb_lists())
        assert on_tmdb == sorted(each["total"] for each in synced[1]["lists"])
        assert (await marquee.get("/api/v1/films?q=the"))["total"] > 0
        assert (await marquee.get("/api/v1/providers?member=dave"))["total"] > 0
        assert (await marquee.get("/api/v1/brands?member=dave"))["total"] > 0
        assert (await marquee.get("/api/v1/plan?member=dave&member=bob")).films["shown"] > 0
