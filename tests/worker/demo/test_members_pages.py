"""A member's other pages."""

from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import httpx
import pytest
from parsel import Selector

from tests.worker.demo.conftest import Control
from worker.demo.situation import Situation
from worker.demo.world import World

SPACES = {"tmdb": "https://themoviedb.org", "letterboxd": "https://letterboxd.com"}


async def read(client: httpx.AsyncClient, path: str) -> Selector:
    return Selector((await client.get(path)).raise_for_status().text)


async def test_the_films_page_says_stars_and_likes(client: httpx.AsyncClient, world: World) -> None:
    page = await read(client, "/bob/films/")
    ratings = {rating.slug: rating for rating in Situation(world).opinions("bob")}
    tiles = page.css("div.poster-grid > ul.grid.-p70 > li.griditem")
    assert len(tiles) == 72
    assert page.css("h1.section-heading .tooltip::attr(title)").get() == "123\u00a0films"
    for tile in tiles:
        rating = ratings[tile.css("::attr(data-item-slug)").get("")]
        data = tile.css("p.poster-viewingdata")
        rated = data.css("[class*=rated-]::attr(class)").re_first(r"rated-(\d+)")
        assert (int(rated) / 2 if rated else None) == rating.stars
        assert bool(data.css(".icon-liked")) == rating.liked


async def test_films_can_be_asked_for_by_their_stars(client: httpx.AsyncClient, world: World) -> None:
    unrated = sum(rating.stars is None for rating in Situation(world).opinions("solo"))
    assert len((await read(client, "/solo/films/rated/none/")).css("li.griditem")) == unrated
    assert len((await read(client, "/solo/films/rated/.5-5/")).css("li.griditem")) == 3 - unrated


async def test_likes_are_only_likes(client: httpx.AsyncClient, world: World) -> None:
    page = await read(client, "/bob/likes/films/")
    liked = [rating.slug for rating in Situation(world).opinions("bob") if rating.liked]
    assert (
        page.css("ul.poster-list.-p70.-grid > li.posteritem [data-item-slug]::attr(data-item-slug)").getall()
        == liked[:72]
    )
    assert page.css("ul.sub-nav li.selected a.tooltip::attr(title)").get() == f"{len(liked)}\u00a0films"


async def test_following_names_every_friend(client: httpx.AsyncClient, world: World) -> None:
    names = (await read(client, "/alice/following/")).css("td.table-person a.name::attr(href)").getall()
    assert [name.strip("/") for name in names] == list(world.members["alice"].following)
    assert "is not following anyone" in (await client.get("/empty/following/")).text


async def test_the_profile_counts_and_has_favourites(client: httpx.AsyncClient) -> None:
    page = await read(client, "/alice/")
    assert page.css('meta[property="og:title"]::attr(content)').get() == "Alice Marlowe’s profile"
    assert page.css('h4.profile-statistic a[href="/alice/films/"] .value::text').get() == "93"
    assert page.css("section.watchlist-aside a.all-link::text").get() == "335"
    assert len(page.css("section#favourites li .react-component[data-item-slug]")) == 4


async def read_feed(client: httpx.AsyncClient, member: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring((await client.get(f"/{member}/rss/")).content).findall("channel/item")


def texts(items: list[ElementTree.Element], name: str) -> list[str | None]:
    return [item.findtext(name, namespaces=SPACES) for item in items]


async def test_the_feed_has_fifty_entries_with_the_ids_that_letterboxd_links_to(
    client: httpx.AsyncClient, world: World
) -> None:
    items = [item for item in await read_feed(client, "alice") if "list" not in (item.findtext("guid") or "")]
    assert len(items) == 50
    assert len(set(texts(items, "guid"))) == 50
    for item in items:
        film = world.films[(item.findtext("link") or "").split("/")[5]]
        element, other = ("tvId", "movieId") if film.tmdb_link and film.tmdb_link[0] == "tv" else ("movieId", "tvId")
        assert item.findtext(f"tmdb:{element}", namespaces=SPACES) == (
            str(film.tmdb_link[1]) if film.tmdb_link else None
        )
        assert item.findtext(f"tmdb:{other}", namespaces=SPACES) is None
        assert item.findtext("letterboxd:filmTitle", namespaces=SPACES) == film.title


async def test_a_feed_has_all_that_real_ones_have(client: httpx.AsyncClient, world: World) -> None:
    items = [item for name in ("alice", "bob", "frank") for item in await read_feed(client, name)]
    kinds = {(guid or "").split("-")[1] for guid in texts(items, "guid")}
    assert kinds == {"watch", "review", "list"}
    logged = [item for item in items if item.find("letterboxd:filmTitle", SPACES) is not None]
    for name in ("watchedDate", "memberRating"):
        found = texts(logged, f"letterboxd:{name}")
        assert None in found
        assert any(found)
    assert set(texts(logged, "letterboxd:rewatch")) == set(texts(logged, "letterboxd:memberLike")) == {"Yes", "No"}
    assert any((link or "").endswith("/1/") for link in texts(logged, "link"))
    assert all(" +1300" in (moment or "") for moment in texts(items, "pubDate"))


async def test_a_feed_goes_back_in_time(client: httpx.AsyncClient) -> None:
    moments = [parsedate_to_datetime(text or "") for text in texts(await read_feed(client, "alice"), "pubDate")]
    assert moments == sorted(moments, reverse=True)


async def test_alice_watched_some_films_that_are_still_on_her_watchlist(
    client: httpx.AsyncClient, world: World
) -> None:
    watched = {(link or "").split("/")[5] for link in texts(await read_feed(client, "alice"), "link")}
    assert len(watched & set(world.members["alice"].watchlist)) == 3


@pytest.mark.parametrize("header", ["etag", "last-modified"])
async def test_an_unchanged_feed_is_not_sent_again(client: httpx.AsyncClient, control: Control, header: str) -> None:
    first = await client.get("/alice/rss/")
    condition = {"if-none-match" if header == "etag" else "if-modified-since": first.headers[header]}
    again = await client.get("/alice/rss/", headers=condition)
    assert (again.status_code, again.content) == (304, b"")
    await control("/members/alice/diary/goodfellas", stars=4.5, liked=True)
    changed = await client.get("/alice/rss/", headers=condition)
    assert changed.status_code == 200
    newest = (await read_feed(client, "alice"))[0]
    assert newest.findtext("letterboxd:filmTitle", namespaces=SPACES) == "GoodFellas"
    assert newest.findtext("letterboxd:memberRating", namespaces=SPACES) == "4.5"


@pytest.mark.parametrize("page", ["", "films/", "likes/films/", "following/", "rss/"])
async def test_a_private_member_hides_every_page(client: httpx.AsyncClient, page: str) -> None:
    assert (await client.get(f"/hidden/{page}")).status_code == 403
