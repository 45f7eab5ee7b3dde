"""The pages that the crawler reads, with the structure of the real ones."""

import json
import re
from typing import Any

import httpx
import pytest
from parsel import Selector

from worker.demo.world import World

OWN_GRID = "div.js-watchlist-content div.poster-grid > ul.grid.-p125 > li.griditem"


async def read(client: httpx.AsyncClient, path: str) -> Selector:
    return Selector((await client.get(path)).raise_for_status().text)


async def test_a_page_shows_28_tiles_in_its_own_grid_and_others_beside_it(
    client: httpx.AsyncClient, world: World
) -> None:
    page = await read(client, "/alice/watchlist/")
    tiles = page.css(f"{OWN_GRID} > div.react-component[data-component-class=LazyPoster]")
    assert tiles.css("::attr(data-item-slug)").getall() == list(world.members["alice"].watchlist[:28])
    assert len(page.css("[data-item-slug]")) > 28
    assert page.css("div.js-watchlist-content::attr(data-num-entries)").getall() == ["335"]
    assert page.css(".js-watchlist-count::text").get() == "335\u00a0films"
    assert page.css("h1")[0].css(".logo")


async def test_a_tile_carries_title_year_and_ids_as_in_2026(client: httpx.AsyncClient, world: World) -> None:
    page = await read(client, "/alice/watchlist/")
    for slug, tile in zip(world.members["alice"].watchlist, page.css(f"{OWN_GRID} > div"), strict=False):
        film = world.films[slug]
        assert tile.attrib["data-item-name"] == tile.attrib["data-item-full-display-name"] == film.name
        assert tile.attrib["data-item-link"] == f"/film/{slug}/"
        identifier = json.loads(tile.attrib["data-postered-identifier"])
        assert identifier == {"lid": film.lid, "uid": f"film:{film.film_id}", "type": "film", "typeName": "film"}
        assert json.loads(tile.attrib["data-resolvable-poster-path"])["postered"] == identifier
        assert not {"data-film-id", "data-poster-url"} & set(tile.attrib)


async def test_the_links_lead_through_every_page_once(client: httpx.AsyncClient, world: World) -> None:
    path: str | None = "/alice/watchlist/"
    slugs: list[str] = []
    read_pages = 0
    while path:
        page = await read(client, path)
        slugs += page.css(f"{OWN_GRID} > div::attr(data-item-slug)").getall()
        path = page.css(".paginate-nextprev a.next::attr(href)").get()
        read_pages += 1
    assert read_pages == 12
    assert slugs == list(world.members["alice"].watchlist)


@pytest.mark.parametrize(("member", "pages"), [("empty", 0), ("solo", 0), ("bob", 0), ("carol", 2)])
async def test_short_lists_have_no_pagination(client: httpx.AsyncClient, member: str, pages: int) -> None:
    page = await read(client, f"/{member}/watchlist/")
    assert len(page.css("li.paginate-page")) == pages


async def test_an_empty_list_announces_nothing(client: httpx.AsyncClient) -> None:
    page = await read(client, "/empty/watchlist/")
    assert page.css("div.js-watchlist-content::attr(data-num-entries)").get() == "0"
    assert not page.css(".js-watchlist-content [data-item-slug]")


async def test_a_page_beyond_the_last_is_empty_and_still_announces_everything(client: httpx.AsyncClient) -> None:
    page = await read(client, "/alice/watchlist/page/99/")
    assert page.css("div.js-watchlist-content::attr(data-num-entries)").get() == "335"
    assert not page.css(".js-watchlist-content [data-item-slug]")
    assert not page.css("a.next")


async def test_the_tiles_of_2025_have_the_film_id_and_a_poster_path(
    client: httpx.AsyncClient, control: Any, world: World
) -> None:
    await control("/settings", markup="2025")
    response = await client.get("/alice/watchlist/")
    tile = Selector(response.text).css(f"{OWN_GRID} > div")[0]
    film = world.films[world.members["alice"].watchlist[0]]
    assert tile.attrib["data-film-id"] == str(film.film_id)
    assert tile.attrib["data-poster-url"] == f"/film/{film.slug}/image-150/"
    assert json.loads(tile.attrib["data-postered-identifier"])["lid"] == film.lid
    assert 'data-postered-identifier=\'{"lid"' in response.text


async def test_the_old_tiles_have_neither_year_nor_lid(client: httpx.AsyncClient, control: Any, world: World) -> None:
    await control("/settings", markup="old")
    page = await read(client, "/alice/watchlist/")
    tiles = page.css("div.js-watchlist-content ul.poster-list li.poster-container > div.film-poster")
    film = world.films[world.members["alice"].watchlist[0]]
    assert len(tiles) == 28
    assert tiles[0].attrib["data-film-id"] == str(film.film_id)
    assert tiles[0].attrib["data-film-slug"] == f"/film/{film.slug}/"
    assert tiles[0].css("img::attr(alt)").get() == film.title
    assert not page.css("[data-item-slug], [data-postered-identifier]")
    assert page.css("div.js-watchlist-content::attr(data-num-entries)").get() == "335"


@pytest.mark.parametrize("case", ["plain", "series", "undated", "absent", "imdb", "stale", "contradicts"])
async def test_a_film_page_claims_the_links_of_its_case(client: httpx.AsyncClient, world: World, case: str) -> None:
    film = next(film for film in world.films.values() if film.case == case)
    page = await read(client, f"/film/{film.slug}/")
    footer = page.css("p.text-footer")
    link = re.search(r"/(movie|tv)/(\d+)/", footer.css('a[href*="themoviedb.org/"]::attr(href)').get(""))
    assert (link and (link[1], int(link[2]))) == film.tmdb_link
    imdb = re.search(r"tt\d+", footer.css('a[href*="imdb.com"]::attr(href)').get(""))
    assert (imdb and imdb[0]) == film.imdb_link
    assert page.css("body::attr(data-tmdb-id)").get() == film.body_id
    assert page.css('meta[property="og:title"]::attr(content)').get() == film.name
    assert page.css("h1.primaryname .name::text").get() == film.title
    assert page.css(".releasedate a::text").get() == (str(film.year) if film.year else None)
    assert page.css('input[value*="boxd.it/"]::attr(value)').get() == f"https://boxd.it/{film.lid}"
    assert f"/ajax/film:{film.film_id}/report-form" in page.css("::attr(data-report-url)").getall()
    assert f"{film.runtime}\u00a0mins" in " ".join(footer.css("::text").getall())


async def test_a_series_has_a_body_that_says_movie_without_an_id(client: httpx.AsyncClient) -> None:
    body = (await read(client, "/film/unbelievable/")).css("body").attrib
    assert (body["data-tmdb-type"], body["data-tmdb-id"]) == ("movie", "")


async def test_linked_data_is_json_between_its_comment_marks(client: httpx.AsyncClient) -> None:
    text = (await read(client, "/film/parasite/")).css('script[type="application/ld+json"]::text').get("")
    data = json.loads(re.sub(r"/\*\s*(?:<!\[CDATA\[|\]\]>)\s*\*/", "", text))
    assert data["name"] == "Parasite"
    assert data["releasedEvent"][0]["startDate"] == "2019"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/alice/watchlist", "/alice/watchlist/"),
        ("/ALICE/watchlist/page/2/", "/alice/watchlist/page/2/"),
        ("/film/goodfellas-1990/", "/film/goodfellas/"),
        ("/film/goodfellas-1990", "/film/goodfellas/"),
    ],
)
async def test_other_spellings_and_old_slugs_redirect(client: httpx.AsyncClient, path: str, target: str) -> None:
    response = await client.get(path)
    assert response.status_code == 301
    assert response.headers["location"] == target
    assert (await client.get(target)).status_code == 200


@pytest.mark.parametrize("path", ["/nobody/watchlist/", "/film/never-made/", "/", "/alice/x/y/z/"])
async def test_what_is_not_there_is_letterboxds_404(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 404
    assert Selector(response.text).css("body.error")
    assert response.headers["content-type"] == "text/html; charset=utf-8"


async def test_a_private_member_is_a_403_that_says_classified(client: httpx.AsyncClient) -> None:
    response = await client.get("/hidden/watchlist/")
    assert response.status_code == 403
    assert "Letterboxd - Forbidden" in response.text
    assert "classified" in response.text
    assert "cf-mitigated" not in response.headers


async def test_robots_txt_forbids_sorted_lists(client: httpx.AsyncClient) -> None:
    lines = (await client.get("/robots.txt")).text.splitlines()
    assert "Disallow: /*/by/*" in lines
    assert lines[-3:] == ["User-agent: CCBot", "User-agent: GPTBot", "Disallow: /"]


async def test_robots_txt_forbids_what_the_control_says(client: httpx.AsyncClient, control: Any) -> None:
    await control("/settings", disallowed=["/film/", "/*/rss/"])
    lines = (await client.get("/robots.txt")).text.splitlines()
    assert lines.index("Disallow: /film/") < lines.index("Disallow: /*/rss/") < lines.index("User-agent: CCBot")
    await control("/reset")
    assert "Disallow: /film/" not in (await client.get("/robots.txt")).text
