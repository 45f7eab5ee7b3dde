"""What members watched and liked, through the real API, worker, database and upstream."""

from pathlib import Path
from typing import Any

from tests.drivers.marquee import Marquee, running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey


async def ratings(marquee: Marquee, member: str, page_size: int = 100) -> tuple[int, dict[str, Any]]:
    """How many there are, and those of the first page by their slug."""
    answer = await marquee.get(f"/api/v1/members/{member}/ratings?page_size={page_size}&sort_by=title&sort_order=asc")
    return answer["total"], {film.slug: film for film in answer["items"]}


async def read_only(marquee: Marquee, member: str, *sources: str) -> Any:
    answer = await marquee.client.post(f"/api/v1/members/{member}/refresh", json={"sources": list(sources)})
    assert answer.status_code == 202, answer.text
    return await marquee.ended(answer.json()["id"])


async def test_a_member_is_read_with_profile_ratings_and_likes(marquee: Marquee, upstream: Upstream) -> None:
    assert (await marquee.refresh()).status == "succeeded"
    profile = await marquee.get("/api/v1/members/carol")
    assert (profile.display_name, profile.stats["films_watched"]) == ("Carol Lindgren", 98)
    assert len(profile.favorites) == 4
    assert set(profile.sources.values()) == {"ok"}
    total, known = await ratings(marquee, "carol")
    assert (total, len(known)) == (98, 98)
    top = await marquee.get("/api/v1/members/carol/top-rated")
    assert top["total"] == sum(film.liked and film.rating is not None for film in known.values()) > 0

    changed, gone = [slug for slug, film in known.items() if not film.liked][:2]
    await upstream.judge("carol", changed, stars=0.5)
    await upstream.unwatch("carol", gone)
    await upstream.forget_requests()
    assert (await read_only(marquee, "carol", "films")).status == "succeeded"
    total, known = await ratings(marquee, "carol")
    assert (total, known[changed].rating, gone in known) == (97, 0.5, False)
    assert await upstream.requests("/carol/watchlist/") == 0


async def test_a_challenge_after_the_first_page_leaves_the_rest_for_later(marquee: Marquee, upstream: Upstream) -> None:
    await upstream.challenge("/carol/films/page/*")
    assert (await marquee.refresh()).status == "partial"
    source = await marquee.source("carol", "films")
    assert (source.state, source.expected, source.got) == ("blocked", 98, 72)
    assert source.message.endswith("(it asked for a browser check). It showed 72 of 98.")
    assert (await marquee.source("carol")).state == "ok"
    await upstream.forget_requests()
    assert (await marquee.refresh()).status == "succeeded"
    assert await upstream.paths("/carol/films/") == {"/carol/films/": 1}


async def test_five_thousand_ratings_are_read_to_their_end(marquee: Marquee, upstream: Upstream) -> None:
    answer = await marquee.client.post("/api/v1/members", json={"username": "archie"})

    async def is_read() -> bool:
        return bool((await marquee.source("archie", "films")).state == "ok")

    await marquee.until(is_read, "all films of archie")
    await marquee.cancel(answer.json()["id"])
    source = await marquee.source("archie", "films")
    assert (source.expected, source.got) == (5000, 5000)
    assert len(await upstream.paths("/archie/films/")) == 70
    assert (await ratings(marquee, "archie"))[0] == 5000
    best = await marquee.get("/api/v1/members/archie/ratings?rating_min=5&year_max=1910")
    assert {film.rating for film in best["items"]} == {5.0}
    await marquee.ended(answer.json()["id"])


async def test_a_worker_that_is_killed_goes_on_at_the_next_page(
    tmp_path: Path, valkey: Valkey, upstream: Upstream
) -> None:
    await upstream.delay("/frank/films/page/*", 0.5)
    async with running(tmp_path, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="frank") as marquee:
        run = await marquee.request_refresh()

        async def is_in_the_middle() -> bool:
            return await upstream.requests("/frank/films/page/3/") > 0

        await marquee.until(is_in_the_middle, "the third page")
        await marquee.workers[0].kill()
        await upstream.clear()
        await marquee.start_worker()
        assert (await marquee.ended(run.id)).status == "succeeded"
        assert (await ratings(marquee, "frank"))[0] == (await marquee.source("frank", "films")).expected
        again = [path for path, count in (await upstream.paths("/frank/films/")).items() if count > 1]
        assert again == ["/frank/films/page/3/"]


async def test_private_missing_and_renamed_members_are_told_apart(marquee: Marquee, upstream: Upstream) -> None:
    await upstream.rename("bob", "dave")
    for name, state in (("hidden", "private"), ("nobody-here", "missing"), ("bob", "missing")):
        answer = await marquee.client.post("/api/v1/members", json={"username": name})
        assert answer.status_code == 202, answer.text
        assert (await marquee.ended(answer.json()["id"])).status == "failed"
        assert (await marquee.source(name, "profile")).state == state
        for path in ("", "/watchlist", "/ratings", "/top-rated"):
            answer = await marquee.client.get(f"/api/v1/members/{name}{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, state)
    assert "from bob to dave" in (await marquee.source("bob", "profile")).message
    assert (await marquee.client.delete("/api/v1/members/bob?keep=nothing")).status_code == 204
    assert (await marquee.client.get("/api/v1/members/bob")).status_code == 404
