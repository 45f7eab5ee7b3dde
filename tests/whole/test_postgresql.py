"""The same work on PostgreSQL, with two workers at once."""

from pathlib import Path

from tests.drivers.marquee import running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey


async def test_two_days_on_postgresql(tmp_path: Path, valkey: Valkey, upstream: Upstream, postgresql_url: str) -> None:
    async with running(
        tmp_path,
        redis_url=valkey.url,
        upstream=upstream,
        workers=2,
        DATABASE_URL=postgresql_url,
        LETTERBOXD_USERNAME="alice,bob,carol",
    ) as marquee:
        runs = [await marquee.request_refresh(member) for member in ("alice", "bob", "carol")]
        ended = [await marquee.ended(run.id) for run in runs]
        assert [run.status for run in ended] == ["succeeded"] * 3, marquee.logs()
        gone = (await upstream.watchlist("alice"))[-1]
        await upstream.remove_from_watchlist("alice", gone)
        await upstream.today()
        run = await marquee.refresh("alice", force=True)
        assert (run.status, run.counts.removed) == ("succeeded", 1)
        changes = await upstream.changes()
        assert run.counts.arrived == sum(offer.country in ("GB", "US") for offer in changes.arrivals)
        assert run.counts.left == sum(offer.country in ("GB", "US") for offer in changes.departures)
        for member in ("alice", "bob", "carol"):
            assert await marquee.slugs(member) == await upstream.watchlist(member)
        assert (await marquee.get("/api/v1/films?q=the"))["total"] > 0
        assert (await marquee.get("/api/v1/providers?member=alice"))["total"] > 0
