"""A person's decisions, through the real API, worker, queue and database."""

from pathlib import Path

from tests.drivers.marquee import Marquee, running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey


async def test_a_decision_shows_within_seconds_and_moves_to_a_new_installation(
    marquee: Marquee, upstream: Upstream, valkey: Valkey, tmp_path: Path
) -> None:
    await marquee.refresh()
    film, other = [film for film in await marquee.watchlist("carol") if film.media_type == "movie"][:2]
    path = f"/api/v1/films/{film.slug}/match"
    answer = await marquee.client.put(path, json={"media_type": "movie", "tmdb_id": other.tmdb_id})
    assert answer.json()["queued"], answer.text
    await marquee.until(lambda: _is_read(marquee, film.slug), "the offers of the title that was chosen")
    shown = await marquee.film(film.slug)
    assert (shown.match, shown.tmdb_id, shown.overview) == ("found", other.tmdb_id, other.overview)
    assert [offer["provider"] for offer in shown.offers] == [offer["provider"] for offer in other.offers]
    file = (await marquee.client.get("/api/v1/matches/decisions?format=csv")).content

    async with running(
        tmp_path / "new", redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="carol", workers=0
    ) as new:
        await marquee.workers[0].kill()
        await new.start_worker()
        kind = {"content-type": "text/csv"}
        answer = await new.client.post("/api/v1/matches/decisions", content=file, headers=kind)
        assert answer.json()["waiting"] == 1, answer.text
        await new.refresh()
        moved = await new.film(film.slug)
        assert (moved.match_confidence, moved.tmdb_id) == ("proven", other.tmdb_id)
        decided = await new.get("/api/v1/matches?locked=true")
        assert [match.film["slug"] for match in decided["items"]] == [film.slug]


async def _is_read(marquee: Marquee, slug: str) -> bool:
    return (await marquee.film(slug)).checked_at is not None
