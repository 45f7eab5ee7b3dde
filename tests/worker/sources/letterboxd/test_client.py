from collections.abc import Mapping

import httpx
import pytest

from api.errors import Blocked, MarkupChanged, Missing, Private, Renamed
from tests.worker.sources.letterboxd.markup_of import (
    film,
    films,
    judged,
    likes,
    pagination,
    profile,
    tile_2026,
    watchlist,
)
from worker.http import RefusedAnswer
from worker.sources.letterboxd.client import LARGE, LetterboxdClient

BASE = "https://letterboxd.test"


class Pace:
    async def slot(self, patience: float = 0) -> None: ...

    async def pause(self, seconds: float) -> None: ...


class Site:
    """Serves the prepared pages by path, as text or as whole answers, and lists what was asked for."""

    def __init__(self, pages: Mapping[str, str | httpx.Response], base_url: str = BASE) -> None:
        self.pages = pages
        self.asked: list[str] = []
        self.client = LetterboxdClient.at(
            base_url, Pace(), sleep=self._sleep, transport=httpx.MockTransport(self._answer)
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.raw_path.decode())
        page = self.pages.get(request.url.path, httpx.Response(404))
        return httpx.Response(200, html=page) if isinstance(page, str) else page

    async def _sleep(self, seconds: float) -> None: ...


def redirect(path: str) -> httpx.Response:
    return httpx.Response(302, headers={"location": path})


async def test_a_watchlist_is_read_page_by_page() -> None:
    after = pagination("/alice/watchlist/page/2/")
    site = Site(
        {
            "/alice/watchlist/": watchlist(tile_2026("one"), announced="2", after=after),
            "/alice/watchlist/page/2/": watchlist(tile_2026("two"), announced="2"),
        }
    )
    first = await site.client.watchlist_page("Alice")
    second = await site.client.watchlist_page("Alice", first.next_path)
    assert [film.slug for film in first.films + second.films] == ["one", "two"]
    assert second.next_path is None
    assert site.asked == ["/alice/watchlist/", "/alice/watchlist/page/2/"]


async def test_a_base_url_with_a_path_is_kept() -> None:
    site = Site({"/letterboxd/alice/watchlist/": watchlist(tile_2026("one"))}, f"{BASE}/letterboxd")
    assert len((await site.client.watchlist_page("alice")).films) == 1


@pytest.mark.parametrize(
    "path", ["/alice/watchlist/by/name/", "/bob/watchlist/page/2/", "https://elsewhere.test/", "//elsewhere.test/", "/"]
)
async def test_a_path_that_is_no_page_of_the_watchlist_is_not_asked_for(path: str) -> None:
    site = Site({})
    with pytest.raises(MarkupChanged):
        await site.client.watchlist_page("alice", path)
    assert site.asked == []


@pytest.mark.parametrize("following", ["/alice/watchlist/", "/alice/watchlist/page/2/", "/bob/watchlist/page/3/"])
async def test_a_next_page_that_is_no_later_one_is_not_believed(following: str) -> None:
    site = Site({"/alice/watchlist/page/2/": watchlist(tile_2026(), after=pagination(following))})
    with pytest.raises(MarkupChanged) as changed:
        await site.client.watchlist_page("alice", "/alice/watchlist/page/2/")
    assert changed.value.url == f"{BASE}/alice/watchlist/page/2/"


async def test_a_page_beyond_a_list_that_became_shorter_is_empty() -> None:
    site = Site({"/alice/watchlist/page/2/": watchlist(announced="28")})
    assert (await site.client.watchlist_page("alice", "/alice/watchlist/page/2/")).films == []


@pytest.mark.parametrize("target", ["/bob/watchlist/", "/", "/alice/", "/sign-in/"])
async def test_a_redirect_to_another_page_is_not_read_as_the_watchlist(target: str) -> None:
    site = Site({"/alice/watchlist/": redirect(target), target: watchlist(tile_2026())})
    with pytest.raises(RefusedAnswer):
        await site.client.watchlist_page("alice")


async def test_a_redirect_to_another_page_of_the_watchlist_is_not_read_as_the_one_asked_for() -> None:
    pages: dict[str, str | httpx.Response] = {
        "/alice/watchlist/page/3/": redirect("/alice/watchlist/"),
        "/alice/watchlist/": watchlist(tile_2026()),
    }
    with pytest.raises(RefusedAnswer):
        await Site(pages).client.watchlist_page("alice", "/alice/watchlist/page/3/")


async def test_a_redirect_to_another_spelling_of_the_member_is_followed() -> None:
    site = Site({"/alice/watchlist/": redirect("/Alice/watchlist/"), "/Alice/watchlist/": watchlist(tile_2026())})
    assert len((await site.client.watchlist_page("alice")).films) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(403, headers={"cf-mitigated": "challenge"}), Blocked),
        (httpx.Response(403, html="<title>Letterboxd - Forbidden</title>"), Private),
        (httpx.Response(404), Missing),
        (httpx.Response(200, html="<p>new</p>"), MarkupChanged),
        (httpx.Response(200, html="<p>new</p>" + " " * LARGE), MarkupChanged),
    ],
)
async def test_what_is_no_page_is_told_with_its_address_and_asked_for_once(
    answer: httpx.Response, error: type[Blocked | Private | Missing | MarkupChanged]
) -> None:
    site = Site({"/alice/watchlist/": answer})
    with pytest.raises(error) as raised:
        await site.client.watchlist_page("alice")
    assert raised.value.url == f"{BASE}/alice/watchlist/"
    assert len(site.asked) == 1


async def test_a_sample_does_not_say_whose_page_it_is() -> None:
    grid = "ul class='mosaic by-Alice alice alicette' data-owner='alice'"
    site = Site({"/alice/watchlist/": watchlist(tile_2026(), announced="9", grid=grid)})
    with pytest.raises(MarkupChanged) as changed:
        await site.client.watchlist_page("alice")
    assert "<ul.mosaic.by-….….alicette data-owner>" in changed.value.sample


async def test_a_refusal_without_a_reason_is_tried_again() -> None:
    site = Site({"/alice/watchlist/": httpx.Response(403, html="Forbidden")})
    with pytest.raises(Exception, match=r"answered with an error \(403\)"):
        await site.client.watchlist_page("alice")
    assert len(site.asked) == 3


async def test_a_film_tells_its_present_slug() -> None:
    site = Site({"/film/old-road/": redirect("/film/lighthouse-road/"), "/film/lighthouse-road/": film()})
    page = await site.client.film_page("old-road")
    assert (page.slug, page.tmdb) == ("lighthouse-road", ("movie", 777))


async def test_a_film_that_redirects_to_no_film_is_refused() -> None:
    site = Site({"/film/gone/": redirect("/films/"), "/films/": film()})
    with pytest.raises(RefusedAnswer):
        await site.client.film_page("gone")


async def test_films_and_likes_are_read_page_by_page() -> None:
    site = Site(
        {
            "/alice/films/": films(judged(tile_2026("one")), announced="2", after=pagination("/alice/films/page/2/")),
            "/alice/films/page/2/": films(judged(tile_2026("two")), announced="2"),
            "/alice/likes/films/": likes(judged(tile_2026("one"), 8)),
        }
    )
    first = await site.client.films_page("Alice")
    second = await site.client.films_page("Alice", first.next_path)
    assert [film.slug for film in [*first.films, *second.films]] == ["one", "two"]
    assert [film.rating for film in (await site.client.likes_page("alice")).films] == [4.0]


async def test_sorted_films_are_not_asked_for() -> None:
    site = Site({})
    with pytest.raises(MarkupChanged):
        await site.client.films_page("alice", "/alice/films/by/rated-date/")
    assert site.asked == []


async def test_a_profile_is_read() -> None:
    assert (await Site({"/alice/": profile()}).client.profile("Alice")).display_name == "Alice M."


async def test_a_member_who_bears_another_name_is_told_by_it() -> None:
    with pytest.raises(Renamed) as renamed:
        await Site({"/alice/": redirect("/Alicia/"), "/Alicia/": profile()}).client.profile("alice")
    assert renamed.value.username == "alicia"


async def test_a_profile_that_leads_elsewhere_is_no_profile() -> None:
    with pytest.raises(RefusedAnswer):
        await Site({"/alice/": redirect("/sign-in/now/"), "/sign-in/now/": profile()}).client.profile("alice")
