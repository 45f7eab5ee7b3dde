"""What Marquee remembers of offers that come, go and come back."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.drivers.marquee import Marquee, running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey
from worker.demo.model import Offer

COUNTRIES = ("GB", "US")
Change = tuple[str, str, str, int, str]


async def changing_films(upstream: Upstream) -> tuple[set[Change], set[Change]]:
    """Have carol wish for every film whose offers change overnight; what arrives and what leaves."""
    changes = await upstream.changes()
    for slug in {offer.slug for offer in changes.arrivals + changes.departures}:
        await upstream.add_to_watchlist("carol", slug)
    return told("arrived", changes.arrivals), told("left", changes.departures)


def told(kind: str, offers: Iterable[Offer]) -> set[Change]:
    return {
        (kind, offer.slug, offer.country, offer.provider_id, offer.offer)
        for offer in offers
        if offer.country in COUNTRIES
    }


async def events(marquee: Marquee, query: str = "") -> list[Change]:
    page = await marquee.get(f"/api/v1/events?page_size=100&{query}")
    return [(each.kind, each.film["slug"], each.country, each.provider_id, each.offer) for each in page["items"]]


async def history(marquee: Marquee, change: Change) -> list[Any]:
    """The film's stays that this change is about."""
    _, slug, country, provider_id, offer = change
    answer = await marquee.get(f"/api/v1/films/{slug}/availability?country={country}&history=true")
    [known] = answer.countries
    return [stay for stay in known["intervals"] if (stay["provider_id"], stay["offer"]) == (provider_id, offer)]


async def test_an_offer_that_leaves_and_is_back_in_time_is_nobodys_news(marquee: Marquee, upstream: Upstream) -> None:
    arrivals, departures = await changing_films(upstream)
    await marquee.refresh()
    assert await events(marquee) == []
    await upstream.today()
    first = await marquee.refresh(force=True)
    assert (first.counts.arrived, first.counts.left) == (len(arrivals), len(departures))
    assert len(await events(marquee)) == len(arrivals)
    assert set(await events(marquee)) == arrivals
    for change in departures:
        [stay] = await history(marquee, change)
        assert (stay["ended"], stay["seen_from_start"], stay["closed_at"] > stay["last_seen_at"]) == (
            "left",
            True,
            True,
        )

    await upstream.yesterday()
    second = await marquee.refresh(force=True)
    assert (second.counts.arrived, second.counts.left) == (0, len(arrivals))
    assert (await marquee.run(first.id)).counts.left == 0
    assert set(await events(marquee)) == arrivals
    for change in departures:
        [stay] = await history(marquee, change)
        assert (stay["ended"], stay["closed_at"]) == (None, None)
        assert stay["last_seen_at"] > stay["first_seen_at"]


async def test_without_a_flap_time_everything_is_news_at_once(
    tmp_path: Path, valkey: Valkey, upstream: Upstream
) -> None:
    arrivals, departures = await changing_films(upstream)
    async with running(
        tmp_path, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="carol", FLAP_HOURS="0"
    ) as marquee:
        await marquee.refresh()
        await upstream.today()
        await marquee.refresh(force=True)
        assert set(await events(marquee)) == arrivals | departures
        await upstream.yesterday()
        await marquee.refresh(force=True)
        returns = {("arrived", *change[1:]) for change in departures} | {("left", *change[1:]) for change in arrivals}
        assert set((await events(marquee))[: len(returns)]) == returns
        assert len(await events(marquee)) == 2 * len(returns)
        for change in departures:
            assert [stay["ended"] for stay in await history(marquee, change)] == [None, "left"]

        _, _, country, provider_id, _ = next(iter(arrivals))
        body = {"country": country, "provider_ids": [provider_id]}
        assert (await marquee.client.put("/api/v1/members/carol/services", json=body)).status_code == 200
        mine = await events(marquee, "services=true&kind=arrived")
        assert mine
        assert {change[2:4] for change in mine} == {(country, provider_id)}
