"""Misbehaviour on request, and what is counted."""

from typing import Any

import httpx
import pytest
from parsel import Selector

from worker.demo.traffic import Traffic
from worker.demo.world import World

PAGE = "/alice/watchlist/page/2/"
TILES = ".js-watchlist-content li [data-item-slug]::attr(data-item-slug)"


def slugs(response: httpx.Response) -> list[str]:
    return Selector(response.text).css(TILES).getall()


def announced(response: httpx.Response) -> int:
    return int(Selector(response.text).css("::attr(data-num-entries)").get(""))


async def test_a_challenge_is_cloudflares(client: httpx.AsyncClient, control: Any) -> None:
    await control("/faults", kind="challenge", path=PAGE, times=None)
    for _ in range(2):
        response = await client.get(PAGE)
        assert (response.status_code, response.headers["cf-mitigated"]) == (403, "challenge")
        assert "<title>Just a moment...</title>" in response.text
    assert (await client.get("/alice/watchlist/")).status_code == 200
    await control("/clear")
    assert (await client.get(PAGE)).status_code == 200


async def test_429_comes_with_and_without_retry_after(client: httpx.AsyncClient, control: Any) -> None:
    await control("/faults", kind="rate_limited", path=PAGE)
    await control("/faults", kind="rate_limited", path=PAGE, retry_after=7)
    first, second, third = [await client.get(PAGE) for _ in range(3)]
    assert (first.status_code, first.headers.get("retry-after")) == (429, None)
    assert (second.status_code, second.headers["retry-after"]) == (429, "7")
    assert third.status_code == 200


async def test_tmdbs_429_is_json(client: httpx.AsyncClient, control: Any) -> None:
    await control("/faults", kind="rate_limited", path="/tmdb/3/", how="prefix")
    response = await client.get("/tmdb/3/movie/1")
    assert (response.status_code, response.json()["status_code"]) == (429, 25)


@pytest.mark.parametrize("status", [500, 502, 503, 403, 522])
async def test_error_statuses_last_as_often_as_asked(client: httpx.AsyncClient, control: Any, status: int) -> None:
    await control("/faults", kind="status", path=r"/page/\d/$", how="regex", status=status, times=2)
    answers = [(await client.get(path)).status_code for path in (PAGE, "/dave/watchlist/page/3/", PAGE)]
    assert answers == [status, status, 200]


async def test_a_changed_page_announces_films_and_shows_none(client: httpx.AsyncClient, control: Any) -> None:
    await control("/faults", kind="changed", path=PAGE)
    response = await client.get(PAGE)
    assert response.status_code == 200
    assert announced(response) == 335
    own = Selector(response.text).css(".js-watchlist-content")
    assert not own.css("[data-item-slug], [data-film-slug], li.griditem, li.posteritem, li.poster-container")


async def test_a_halved_page_lost_half_its_tiles(client: httpx.AsyncClient, control: Any) -> None:
    await control("/faults", kind="halved", path=PAGE)
    response = await client.get(PAGE)
    assert (len(slugs(response)), announced(response)) == (14, 335)
    assert len(slugs(await client.get(PAGE))) == 28


async def test_a_film_added_while_reading_shows_one_film_twice(client: httpx.AsyncClient, control: Any) -> None:
    await control("/moves", member="alice", after_page=1, action="add")
    first, second, again = [await client.get(path) for path in ("/alice/watchlist/", PAGE, "/alice/watchlist/")]
    assert slugs(first)[-1] == slugs(second)[0]
    assert (announced(first), announced(second), announced(again)) == (335, 336, 336)


async def test_a_film_removed_while_reading_hides_one_film(
    client: httpx.AsyncClient, control: Any, world: World
) -> None:
    await control("/moves", member="alice", after_page=None, action="remove")
    first, second = [await client.get(path) for path in ("/alice/watchlist/", PAGE)]
    assert world.members["alice"].watchlist[28] not in slugs(first) + slugs(second)
    assert (announced(first), announced(second)) == (335, 334)


async def test_a_watchlist_changes_between_two_reads(client: httpx.AsyncClient, control: Any, world: World) -> None:
    watchlist = world.members["solo"].watchlist
    slug = next(slug for slug in world.films if slug not in watchlist)
    await control(f"/members/solo/watchlist/{slug}")
    assert slugs(await client.get("/solo/watchlist/")) == [slug, *watchlist]
    (await client.delete(f"/_demo/members/solo/watchlist/{watchlist[0]}")).raise_for_status()
    assert slugs(await client.get("/solo/watchlist/")) == [slug]
    await control("/reset")
    assert slugs(await client.get("/solo/watchlist/")) == list(watchlist)


@pytest.mark.parametrize(("word", "status"), [("private", 403), ("missing", 404)])
async def test_a_member_can_hide_or_go(client: httpx.AsyncClient, control: Any, word: str, status: int) -> None:
    await control(f"/members/alice/{word}")
    assert (await client.get(PAGE)).status_code == status
    assert (await client.get("/bob/watchlist/")).status_code == 200
    await control("/reset")
    assert (await client.get(PAGE)).status_code == 200


async def test_tmdb_refuses_the_key_and_drops_titles(tmdb: Any, control: Any, world: World) -> None:
    kind, tmdb_id = world.films["parasite"].tmdb or ("", 0)
    await control("/dropped", media_type=kind, tmdb_id=tmdb_id)
    assert (await tmdb(f"/{kind}/{tmdb_id}")).status_code == 404
    assert (await tmdb("/search/movie", query="Parasite", year="2019")).json()["results"] == []
    await control("/settings", key_refused=True)
    assert (await tmdb("/authentication")).status_code == 401


async def test_a_night_changes_the_offers(tmdb: Any, control: Any, world: World) -> None:
    offer = min(world.arrivals)
    kind, tmdb_id = world.films[offer.slug].tmdb or ("", 0)

    async def provider_ids() -> list[int]:
        country = (await tmdb(f"/{kind}/{tmdb_id}/watch/providers")).json()["results"].get(offer.country, {})
        return [entry["provider_id"] for entry in country.get(offer.offer, [])]

    assert offer.provider_id not in await provider_ids()
    await control("/settings", day="today")
    assert offer.provider_id in await provider_ids()


async def test_requests_are_counted_by_path_without_their_query(client: httpx.AsyncClient) -> None:
    for path in ("/alice/watchlist/", "/film/parasite/", "/film/parasite/?x=1", "/tmdb/3/movie/1?api_key=secret"):
        await client.get(path)
    assert (await client.get("/_demo/requests?prefix=/film/")).json() == {"/film/parasite/": 2}
    assert (await client.get("/_demo/requests")).json().keys() == {
        "/alice/watchlist/",
        "/film/parasite/",
        "/tmdb/3/movie/1",
    }
    assert (await client.get("/_demo/paces/letterboxd")).json()["requests"] == 3
    assert (await client.get("/_demo/paces/tmdb")).json()["requests"] == 1


async def test_a_caller_that_is_too_fast_is_refused_until_the_limit_is_lifted(
    client: httpx.AsyncClient, control: Any
) -> None:
    await control("/limits", family="letterboxd", per_second=0.01)
    assert (await client.get("/solo/watchlist/")).status_code == 200
    refused = await client.get("/solo/watchlist/")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "100")
    assert (await client.get("/_demo/paces/letterboxd")).json()["refused"] == 1
    await control("/clear")
    assert (await client.get("/solo/watchlist/")).status_code == 200


def test_pace_is_measured_over_any_second() -> None:
    moments = iter([0.0, 0.4, 0.9, 1.2, 3.0])
    traffic = Traffic(clock=lambda: next(moments))
    for _ in range(5):
        traffic.record("tmdb", "/x")
    pace = traffic.pace("tmdb")
    assert (pace.requests, pace.peak, pace.refused) == (5, 3, 0)
    assert pace.least_gap == pytest.approx(0.3)


def test_a_limit_of_one_in_two_seconds_forgives_jitter_but_not_haste() -> None:
    moments = iter([0.0, 1.95, 3.0, 3.9])
    traffic = Traffic(clock=lambda: next(moments))
    traffic.limit("letterboxd", 0.5)
    assert [traffic.record("letterboxd", "/x") is None for _ in range(4)] == [True, True, False, True]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/faults", {"kind": "nonsense", "path": "/"}),
        ("/settings", {"markup": "1999"}),
        ("/moves", {"member": "nobody", "after_page": 1, "action": "add"}),
    ],
)
async def test_a_wrong_order_is_refused(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    assert (await client.post(f"/_demo{path}", json=body)).status_code in (400, 404)
