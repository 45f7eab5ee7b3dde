"""A member's other pages."""

from xml.etree import ElementTree

import httpx
import pytest
from parsel import Selector

from worker.demo.world import World


async def read(client: httpx.AsyncClient, path: str) -> Selector:
    return Selector((await client.get(path)).raise_for_status().text)


async def test_the_films_page_says_stars_and_likes(client: httpx.AsyncClient, world: World) -> None:
    page = await read(client, "/bob/films/")
    ratings = {rating.slug: rating for rating in world.members["bob"].ratings}
    tiles = page.css("div.poster-grid > ul.grid.-p70 > li.griditem")
    assert len(tiles) == 72
    assert page.css("h1.section-heading .tooltip::attr(title)").get() == "180\u00a0films"
    for tile in tiles:
        rating = ratings[tile.css("::attr(data-item-slug)").get("")]
        data = tile.css("p.poster-viewingdata")
        rated = data.css("[class*=rated-]::attr(class)").re_first(r"rated-(\d+)")
        assert (int(rated) / 2 if rated else None) == rating.stars
        assert bool(data.css(".icon-liked")) == rating.liked


async def test_films_can_be_asked_for_by_their_stars(client: httpx.AsyncClient, world: World) -> None:
    unrated = sum(rating.stars is None for rating in world.members["solo"].ratings)
    assert len((await read(client, "/solo/films/rated/none/")).css("li.griditem")) == unrated
    assert len((await read(client, "/solo/films/rated/.5-5/")).css("li.griditem")) == 3 - unrated


async def test_likes_are_only_likes(client: httpx.AsyncClient, world: World) -> None:
    page = await read(client, "/bob/likes/films/")
    liked = [rating.slug for rating in world.members["bob"].ratings if rating.liked]
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
    assert page.css('h4.profile-statistic a[href="/alice/films/"] .value::text').get() == "90"
    assert page.css("section.watchlist-aside a.all-link::text").get() == "335"
    assert len(page.css("section#favourites li .react-component[data-item-slug]")) == 4


async def test_the_feed_has_fifty_entries_with_tmdb_ids(client: httpx.AsyncClient, world: World) -> None:
    feed = ElementTree.fromstring((await client.get("/alice/rss/")).content)
    spaces = {"tmdb": "https://themoviedb.org", "letterboxd": "https://letterboxd.com"}
    items = feed.findall("channel/item")
    assert len(items) == 50
    for item, rating in zip(items, world.members["alice"].ratings, strict=False):
        film = world.films[rating.slug]
        element = "tvId" if film.tmdb and film.tmdb[0] == "tv" else "movieId"
        assert item.findtext(f"tmdb:{element}", namespaces=spaces) == (str(film.tmdb[1]) if film.tmdb else None)
        assert item.findtext("letterboxd:filmTitle", namespaces=spaces) == film.title


@pytest.mark.parametrize("page", ["", "films/", "likes/films/", "following/", "rss/"])
async def test_a_private_member_hides_every_page(client: httpx.AsyncClient, page: str) -> None:
    assert (await client.get(f"/hidden/{page}")).status_code == 403
