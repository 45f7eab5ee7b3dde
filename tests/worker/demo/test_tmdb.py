"""TMDB's answers and their shapes."""

from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from worker.demo.world import World


async def test_search_finds_the_film_with_its_date_and_other_films_of_the_name(tmdb: Any, world: World) -> None:
    answer = (await tmdb("/search/movie", query="Suspiria")).json()
    assert {"1977", "2018"} <= {row["release_date"][:4] for row in answer["results"]}
    assert answer["total_results"] == len(answer["results"])
    row = answer["results"][0]
    assert {"id", "title", "original_title", "release_date", "poster_path", "popularity", "video"} <= set(row)
    assert "media_type" not in row


async def test_search_ignores_case_accents_and_punctuation(tmdb: Any, world: World) -> None:
    for query in ("celine AND julie go boating", "wall·e", "the old man & the gun", "8½"):
        assert (await tmdb("/search/movie", query=query)).json()["total_results"] >= (
            query != "celine AND julie go boating"
        )


async def test_the_year_is_that_of_any_release_the_primary_year_that_of_the_date(tmdb: Any) -> None:
    premiere = (await tmdb("/search/movie", query="Nomadland", year="2020")).json()["results"]
    assert [row["release_date"][:4] for row in premiere] == ["2021"]
    assert (await tmdb("/search/movie", query="Nomadland", primary_release_year="2020")).json()["results"] == []


async def test_a_title_in_another_language_is_found_but_shown_as_tmdb_has_it(tmdb: Any) -> None:
    rows = (await tmdb("/search/movie", query="The 400 Blows")).json()["results"]
    assert [row["title"] for row in rows] == ["Les Quatre Cents Coups"]


async def test_series_are_found_among_series_and_in_multi(tmdb: Any, world: World) -> None:
    truth = world.films["small-axe"].tmdb
    row = (await tmdb("/search/tv", query="small axe")).json()["results"][0]
    assert ("tv", row["id"], row["name"]) == (*(truth or ()), "Small Axe")
    kinds = {
        (row["media_type"], row["id"]) for row in (await tmdb("/search/multi", query="small axe")).json()["results"]
    }
    assert truth in kinds


async def test_lists_have_twenty_rows_a_page(tmdb: Any) -> None:
    first = (await tmdb("/search/movie", query="the")).json()
    last = (await tmdb("/search/movie", query="the", page=first["total_pages"])).json()
    assert len(first["results"]) == 20
    assert (first["total_pages"] - 1) * 20 + len(last["results"]) == first["total_results"]
    beyond = await tmdb("/search/movie", query="the", page=501)
    assert (beyond.status_code, beyond.json()["status_code"]) == (400, 22)


async def test_search_without_a_query_is_refused(tmdb: Any) -> None:
    response = await tmdb("/search/movie")
    assert (response.status_code, response.json()) == (422, {"errors": ["query must be provided"]})


async def test_one_request_brings_details_providers_credits_and_ids(tmdb: Any, world: World) -> None:
    film = world.films["parasite"]
    names = "watch/providers,credits,external_ids,nonsense"
    answer = (await tmdb(f"/movie/{film.tmdb[1] if film.tmdb else 0}", append_to_response=names)).json()
    assert (answer["title"], answer["runtime"], answer["imdb_id"]) == ("Parasite", 133, film.imdb_link)
    assert [person["name"] for person in answer["credits"]["crew"] if person["job"] == "Director"] == ["Bong Joon Ho"]
    assert answer["external_ids"]["imdb_id"] == film.imdb_link
    assert "nonsense" not in answer
    told = {
        (country, entry["provider_id"], offer)
        for country, offers in answer["watch/providers"]["results"].items()
        for offer, entries in offers.items()
        if offer != "link"
        for entry in entries
    }
    assert told == {(o.country, o.provider_id, o.offer) for o in world.availability.yesterday[film.slug]}
    assert all("link" in offers for offers in answer["watch/providers"]["results"].values())


async def test_appending_agrees_with_asking_for_providers_alone(tmdb: Any, world: World) -> None:
    kind, tmdb_id = world.films["unbelievable"].tmdb or ("", 0)
    alone = (await tmdb(f"/{kind}/{tmdb_id}/watch/providers")).json()
    appended = (await tmdb(f"/{kind}/{tmdb_id}", append_to_response="watch/providers")).json()
    assert alone == {"id": tmdb_id, **appended["watch/providers"]}


async def test_a_series_has_a_name_and_no_imdb_id_of_its_own(tmdb: Any, world: World) -> None:
    kind, tmdb_id = world.films["unbelievable"].tmdb or ("", 0)
    answer = (await tmdb(f"/{kind}/{tmdb_id}", append_to_response="external_ids")).json()
    assert answer["name"] == "Unbelievable"
    assert not {"imdb_id", "runtime", "title"} & set(answer)
    assert answer["external_ids"]["imdb_id"] == world.films["unbelievable"].imdb_link
    assert (await tmdb(f"/movie/{tmdb_id}")).json()["title"] != "Unbelievable"


async def test_find_leads_from_an_imdb_id_to_the_title(tmdb: Any, world: World) -> None:
    film = world.films["the-salt-orchard"]
    answer = (await tmdb(f"/find/{film.imdb_link}", external_source="imdb_id")).json()
    assert [(row["media_type"], row["id"]) for row in answer["movie_results"]] == [film.tmdb]
    assert answer["tv_results"] == []
    assert not any((await tmdb("/find/tt0000001", external_source="imdb_id")).json().values())


async def test_an_unknown_id_is_code_34_and_too_much_appended_is_code_27(tmdb: Any, world: World) -> None:
    unknown = await tmdb("/movie/999999999")
    assert (unknown.status_code, unknown.json()["status_code"]) == (404, 34)
    much = await tmdb("/movie/999", append_to_response=",".join(f"block{number}" for number in range(21)))
    assert much.status_code in (400, 404)
    kind, tmdb_id = world.films["parasite"].tmdb or ("", 0)
    much = await tmdb(f"/{kind}/{tmdb_id}", append_to_response=",".join(f"block{number}" for number in range(21)))
    assert (much.status_code, much.json()["status_code"]) == (400, 27)


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer bad"}, {"authorization": "Basic demo"}])
async def test_a_wrong_key_is_code_7_on_every_path(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    for path in ("/authentication", "/configuration", "/movie/1"):
        response = await client.get(f"/tmdb/3{path}", headers=headers)
        assert (response.status_code, response.json()["status_code"]) == (401, 7)


async def test_a_key_in_the_query_is_accepted(client: httpx.AsyncClient) -> None:
    assert (await client.get("/tmdb/3/authentication?api_key=demo")).json()["success"] is True
    assert (await client.get("/tmdb/3/authentication?api_key=bad")).status_code == 401


async def test_the_provider_lists_cover_every_offer(tmdb: Any, world: World) -> None:
    everywhere = {row["provider_id"] for row in (await tmdb("/watch/providers/movie")).json()["results"]}
    british = {
        row["provider_id"] for row in (await tmdb("/watch/providers/movie", watch_region="GB")).json()["results"]
    }
    offers = [offer for some in world.availability.yesterday.values() for offer in some]
    assert {offer.provider_id for offer in offers} <= everywhere
    assert {offer.provider_id for offer in offers if offer.country == "GB"} <= british < everywhere
    regions = (await tmdb("/watch/providers/regions")).json()["results"]
    assert {offer.country for offer in offers} <= {row["iso_3166_1"] for row in regions}


async def test_the_configuration_points_to_images_that_are_served(client: httpx.AsyncClient, tmdb: Any) -> None:
    images = (await tmdb("/configuration")).json()["images"]
    row = (await tmdb("/search/movie", query="Parasite")).json()["results"][0]
    poster = await client.get(f"{images['secure_base_url']}w342{row['poster_path']}")
    assert poster.headers["content-type"].startswith("image/svg+xml")
    assert "<title>Parasite</title>" in poster.text
    logo = (await tmdb("/watch/providers/movie")).json()["results"][0]["logo_path"]
    assert (await client.get(f"/tmdb/t/p/w92{logo}")).status_code == 200
    assert (await client.get("/tmdb/t/p/w342/nothing.jpg")).status_code == 404


async def test_every_poster_is_well_formed(client: httpx.AsyncClient, world: World) -> None:
    for path in world.drawings:
        ElementTree.fromstring((await client.get(f"/tmdb/t/p/w342{path}")).content)
