"""When Letterboxd or TMDB do not behave: nothing is lost, and Marquee says what happened."""

from typing import Literal

import pytest

from tests.drivers.marquee import Marquee
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey

PAGE_2 = "/carol/watchlist/page/2/"


async def known(marquee: Marquee, upstream: Upstream) -> list[str]:
    """A first refresh that went well; the films it brought."""
    assert (await marquee.refresh()).status == "succeeded"
    return await upstream.watchlist("carol")


async def test_a_blocked_second_page_removes_nothing(marquee: Marquee, upstream: Upstream) -> None:
    before = await known(marquee, upstream)
    await upstream.challenge(PAGE_2)
    run = await marquee.refresh()
    assert run.status == "partial"
    assert run.counts.removed == 0
    assert run.error["code"] == "blocked"
    source = await marquee.source("carol")
    assert source.state == "blocked"
    assert "page 2" in source.message
    assert source.next_try_at is not None
    assert await marquee.slugs("carol") == before


async def test_a_block_on_the_first_visit_is_a_failure_that_explains_itself(
    marquee: Marquee, upstream: Upstream
) -> None:
    await upstream.challenge("/carol/watchlist/")
    run = await marquee.refresh()
    assert (run.status, run.error["code"]) == ("failed", "blocked")
    assert "browser check" in run.error["message"]
    assert await upstream.requests("/carol/watchlist/") == 1


@pytest.mark.parametrize("state", ["private", "missing"])
async def test_a_member_that_went_away_keeps_the_films(marquee: Marquee, upstream: Upstream, state: str) -> None:
    before = await known(marquee, upstream)
    await getattr(upstream, state)("carol")
    run = await marquee.refresh()
    assert (run.status, run.counts.removed) == ("partial", 0)
    assert (await marquee.source("carol")).state == state
    assert await marquee.slugs("carol") == before


async def test_a_change_of_markup_is_never_an_empty_list(marquee: Marquee, upstream: Upstream) -> None:
    before = await known(marquee, upstream)
    await upstream.change_markup("/carol/watchlist/")
    run = await marquee.refresh()
    assert (run.status, run.counts.removed) == ("partial", 0)
    assert (await marquee.source("carol")).state == "changed"
    assert await marquee.slugs("carol") == before


async def test_a_page_that_lost_half_its_films_is_a_change_of_which_a_sample_is_kept(
    marquee: Marquee, upstream: Upstream
) -> None:
    before = await known(marquee, upstream)
    await upstream.halve("/carol/watchlist/")
    run = await marquee.refresh()
    assert (run.status, run.counts.removed, run.error["code"]) == ("partial", 0, "changed")
    source = await marquee.source("carol")
    assert (source.state, source.has_sample) == ("changed", True)
    assert "ul.grid > li" in source.selector
    assert await upstream.requests(PAGE_2) == 1
    assert await marquee.slugs("carol") == before
    sample = (await marquee.client.get(f"/api/v1/sources/{source.id}/sample")).text
    assert "<li.griditem" in sample
    names = {"carol", *(word for slug in before for word in slug.split("-") if len(word) > 6)}
    assert not {name for name in names if name in sample.lower()}


async def test_what_robots_txt_forbids_is_never_asked_for_and_all_else_goes_on(
    marquee: Marquee, upstream: Upstream
) -> None:
    await upstream.disallow("/film/")
    run = await marquee.refresh()
    assert [(failure["code"], failure["slug"]) for failure in run.failures] == [("disallowed", None)]
    assert (run.status, run.counts.found) == ("partial", 29)
    assert (await marquee.source("carol")).state == "ok"
    film_pages = await marquee.source("carol", "film_pages")
    assert (film_pages.state, film_pages.good_at) == ("disallowed", None)
    assert film_pages.message == "Letterboxd’s robots.txt does not allow Marquee to read film pages."
    assert await upstream.requests("/film/") == 0
    assert await upstream.requests("/robots.txt") == 1


async def test_a_watchlist_that_robots_txt_forbids_is_not_asked_for_and_loses_nothing(
    marquee: Marquee, upstream: Upstream, valkey: Valkey
) -> None:
    before = await known(marquee, upstream)
    await upstream.disallow("/*/watchlist/page/")
    await valkey.forget()
    run = await marquee.refresh()
    assert (run.status, run.counts.removed) == ("partial", 0)
    assert (await marquee.source("carol")).state == "disallowed"
    assert await upstream.requests(PAGE_2) == 1
    assert await marquee.slugs("carol") == before


@pytest.mark.parametrize("action", ["add", "remove"])
async def test_a_list_that_moves_while_it_is_read_is_read_once_more(
    marquee: Marquee, upstream: Upstream, action: Literal["add", "remove"]
) -> None:
    await known(marquee, upstream)
    await upstream.move_while_read("carol", after_page=1, action=action)
    run = await marquee.refresh()
    assert run.status == "succeeded"
    assert (await marquee.source("carol")).state == "ok"
    assert await marquee.slugs("carol") == await upstream.watchlist("carol")


async def test_a_list_that_never_rests_removes_nothing(marquee: Marquee, upstream: Upstream) -> None:
    before = await known(marquee, upstream)
    await upstream.move_while_read("carol", after_page=None, action="add")
    run = await marquee.refresh()
    assert (run.status, run.counts.removed) == ("partial", 0)
    assert (await marquee.source("carol")).state == "incomplete"
    assert set(before) <= set(await marquee.slugs("carol"))


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_failing_page_is_asked_for_again(marquee: Marquee, upstream: Upstream, status: int) -> None:
    await upstream.fail(PAGE_2, status=status, times=1)
    run = await marquee.refresh()
    assert run.status == "succeeded"
    assert await upstream.requests(PAGE_2) == 2


async def test_a_lost_connection_is_made_again(marquee: Marquee, upstream: Upstream) -> None:
    await upstream.reset_connection(PAGE_2, times=1)
    assert (await marquee.refresh()).status == "succeeded"


async def test_a_page_that_keeps_failing_ends_the_reading_and_loses_nothing(
    marquee: Marquee, upstream: Upstream
) -> None:
    before = await known(marquee, upstream)
    await upstream.fail(PAGE_2, status=502, times=10)
    run = await marquee.refresh()
    assert (run.status, run.counts.removed) == ("partial", 0)
    assert (await marquee.source("carol")).state == "unreachable"
    assert await upstream.requests(PAGE_2) == 1 + 3
    assert await marquee.slugs("carol") == before


async def test_the_time_that_a_host_asks_for_is_waited(marquee: Marquee, upstream: Upstream) -> None:
    await upstream.rate_limit(PAGE_2, retry_after=1, times=1)
    assert (await marquee.refresh()).status == "succeeded"
    assert await upstream.requests(PAGE_2) == 2


async def test_rate_limited_without_a_time_backs_off_and_goes_on(marquee: Marquee, upstream: Upstream) -> None:
    await upstream.rate_limit("/tmdb/3/search/multi", times=1)
    assert (await marquee.refresh("carol")).status == "succeeded"


async def test_a_refused_key_ends_the_run_at_once(marquee: Marquee, upstream: Upstream) -> None:
    await upstream.refuse_key()
    run = await marquee.refresh()
    assert (run.status, run.error["code"]) == ("failed", "key_refused")
    assert "TMDB does not accept" in run.error["message"]
    assert await upstream.requests("/tmdb/3/") <= 12


async def test_one_bad_film_does_not_fail_the_run(marquee: Marquee, upstream: Upstream) -> None:
    await known(marquee, upstream)
    film = next(film for film in await marquee.watchlist("carol") if film.media_type == "movie" and film.offers)
    path = f"/tmdb/3/movie/{film.tmdb_id}"
    await upstream.fail(f"{path}*", status=500, times=None)
    run = await marquee.refresh(force=True)
    assert (run.status, run.counts.failed) == ("partial", 1)
    [failure] = run.failures
    assert (failure["slug"], failure["code"]) == (film.slug, "unreachable")
    assert (await marquee.film(film.slug)).offers == film.offers


async def test_blocked_film_pages_stop_film_pages_alone(marquee: Marquee, upstream: Upstream) -> None:
    await upstream.challenge("/film/*")
    run = await marquee.refresh()
    assert run.status == "partial"
    assert run.counts.found == 29
    assert run.counts.failed == 0
    assert [(failure["slug"], failure["code"]) for failure in run.failures] == [(None, "blocked")]
    assert "error" in [film.match for film in await marquee.watchlist("carol")]
    assert await upstream.requests("/film/") == 1


@pytest.mark.parametrize("markup", ["2025", "old"])
async def test_every_generation_of_markup_names_the_same_films(
    marquee: Marquee, upstream: Upstream, markup: str
) -> None:
    before = await known(marquee, upstream)
    await upstream.markup(markup)
    run = await marquee.refresh()
    assert (run.status, run.counts.added, run.counts.removed) == ("succeeded", 0, 0)
    assert await marquee.slugs("carol") == before
